import { WebSocket } from "ws";

/*
 * Pages that nobody looks at: `fork(this, [port])`. A number opens so many connections instead of those there are, each of which
 * watches the tree and the counters as the page does; it is answered with {} when all have their first tree. "bytes" is answered with what
 * has come since it was asked last.
 */

const port = process.argv[2];
const sockets = [];
let bytes = 0;

function watch() {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, ["holdfast.v1"], { perMessageDeflate: false });
  sockets.push(socket);
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    let frames = 0;
    socket.on("message", (data, binary) => {
      bytes += data.length;
      frames += 1;
      // The welcome comes in the format of a client that has said nothing yet; what follows, in that of its question.
      if (frames === 1 && binary) socket.send(JSON.stringify({ type: "watch", diffs: true, stats: true }));
      if (frames === 2) resolve();
    });
  });
}

process.on("message", async (message) => {
  if (message === "bytes") {
    process.send({ bytes });
    bytes = 0;
    return;
  }
  for (const socket of sockets.splice(0)) socket.terminate();
  try {
    for (let i = 0; i < message; i++) await watch();
    process.send({});
  } catch (error) {
    process.send({ error: String(error) });
  }
});
process.on("disconnect", () => process.exit(0));
process.send({});
