import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { Packr } from "msgpackr";
import { now } from "../measure/now.mjs";

/*
 * Who calls, in a process of its own: `fork(this, [wire, port, connections, inFlight])`. It keeps that many requests
 * unanswered on each connection and writes the next ones when answers came. Requests are bytes made beforehand and answers
 * are only looked at, so that the callers cost little beside the server. Every answer must be a good one. Between two
 * measurements it asks nothing.
 *
 *   { for: ms } ──▶ … ──▶ { answers, ms } | { error }
 */

const [wire, port, connections, inFlight] = process.argv.slice(2).map((text) => (/^\d+$/.test(text) ? +text : text));
/** What is asked of each: the same for all. */
const value = { text: "hold fast", n: 1 };

/** A client's frame is masked; a mask of zeros leaves its bytes as they are. */
function frame(bytes) {
  const head = Buffer.alloc(bytes.length < 126 ? 6 : 8);
  head[0] = 0x82;
  if (bytes.length < 126) head[1] = 0x80 | bytes.length;
  else {
    head[1] = 0x80 | 126;
    head.writeUInt16BE(bytes.length, 2);
  }
  return Buffer.concat([head, bytes]);
}

const packr = new Packr({ useRecords: false, variableMapSize: true });
const asks = Array.from({ length: inFlight }, (_, id) =>
  frame(packr.pack({ type: "ask", id, to: "echo", method: "echo", args: [value] })),
);
/** A result's bytes before its id, and after: { type: "result", id, value } with an id below 128, one byte. */
const resultAt = Buffer.from(packr.pack({ type: "result", id: 0, value }));
const idAt = resultAt.indexOf(packr.pack("id")) + 3;

/** What answers a heartbeat: who gives no sign of life is dropped. */
const PING = 0x89;
const pong = frame(Buffer.alloc(0));
pong[0] = 0x8a;

/** Calls `each(bytes, start, end)` for every whole WebSocket frame, `pinged()` for a heartbeat; returns what is left. */
function eachFrame(bytes, each, pinged) {
  let at = 0;
  while (bytes.length - at >= 2) {
    let length = bytes[at + 1] & 0x7f;
    let start = at + 2;
    if (length === 126) {
      if (bytes.length - at < 4) break;
      length = bytes.readUInt16BE(at + 2);
      start = at + 4;
    }
    if (bytes.length < start + length) break;
    if (bytes[at] === PING) pinged?.();
    else each(bytes, start, start + length);
    at = start + length;
  }
  return bytes.subarray(at);
}

const upgrade = (protocol) =>
  `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\n${protocol}\r\n`;

/** Where requests have no number: whichever is next. */
const ANY = -1;

/** Each wire reads what has come, says which request each answer is of, and returns what is left. */
const wires = {
  holdfast: (bytes, answered, pinged) => {
    const each = (data, start, end) => {
      if (end - start !== resultAt.length || data.compare(resultAt, 0, idAt, start, start + idAt) !== 0) {
        throw new Error(`an answer is none: ${data.subarray(start, end).toString("latin1")}`);
      }
      answered(data[start + idAt]);
    };
    return eachFrame(bytes, each, pinged);
  },
  echo: (bytes, answered) => eachFrame(bytes, () => answered(ANY)),
  http: (bytes, answered) => {
    let at = 0;
    for (;;) {
      const head = bytes.indexOf("\r\n\r\n", at);
      if (head < 0) break;
      const text = bytes.latin1Slice(at, head);
      const length = /content-length: (\d+)/i.exec(text)?.[1];
      if (!text.startsWith("HTTP/1.1 200") || length === undefined) throw new Error(`an answer is none: ${text}`);
      const end = head + 4 + Number(length);
      if (bytes.length < end) break;
      answered(ANY);
      at = end;
    }
    return bytes.subarray(at);
  },
};

const json = JSON.stringify(value);
const post = Buffer.from(
  `POST /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${json.length}\r\n\r\n${json}`,
);

/** Every request in turn, twice over: what follows what came in turn is one piece of it, and is written without a copy. */
const each = wire === "http" ? Array(inFlight).fill(post) : wire === "echo" ? Array(inFlight).fill(asks[0]) : asks;
const size = each[0].length;
const inTurn = Buffer.concat([...each, ...each]);

let answers = 0;
let running = true;
/** Between two measurements: what is asked next waits. */
let resting = true;

async function open() {
  // Read into memory of its own: a buffer made for each read costs as much as all else that is done here.
  let hear = () => {};
  const callback = (count, buffer) => {
    hear(buffer.subarray(0, count));
    return true;
  };
  const onread = { buffer: Buffer.allocUnsafe(64 * 1024), callback };
  const socket = connect({ port, host: "127.0.0.1", onread }).setNoDelay(true);
  socket.on("error", fail);
  socket.on("close", () => running && fail(new Error("the server closed a connection")));
  await new Promise((resolve) => socket.once("connect", resolve));
  let rest = Buffer.alloc(0);
  if (wire !== "http") {
    socket.write(upgrade(wire === "holdfast" ? "Sec-WebSocket-Protocol: holdfast.v1\r\n" : ""));
    // Ours greets first: a frame before any answer.
    let greetings = wire === "holdfast" ? 1 : 0;
    let head = -1;
    while (head < 0 || greetings > 0) {
      rest = Buffer.concat([rest, await new Promise((resolve) => (hear = resolve))]);
      if (head < 0) {
        head = rest.indexOf("\r\n\r\n");
        if (head < 0) continue;
        rest = rest.subarray(head + 4);
      }
      if (greetings > 0 && eachFrame(rest, () => {}).length === 0 && rest.length > 0) {
        greetings = 0;
        rest = Buffer.alloc(0);
      }
    }
  }
  /** To be written: so many from the first on, */
  let first = 0;
  let count = inFlight;
  /** and those that were answered out of turn. */
  let strays = [];
  const answered = (id) => {
    answers++;
    if (count === 0) first = id === ANY ? 0 : id;
    if (id === ANY || id === (first + count) % inFlight) count++;
    else strays.push(each[id]);
  };
  const pinged = () => socket.write(pong);
  hear = (data) => {
    try {
      const left = wires[wire](rest.length > 0 ? Buffer.concat([rest, data]) : data, answered, pinged);
      rest = left.length > 0 ? Buffer.from(left) : left;
    } catch (error) {
      fail(error);
      return;
    }
    write();
  };
  const write = () => {
    if (count === 0 || !running || resting) return;
    const run = inTurn.subarray(first * size, (first + count) * size);
    socket.write(strays.length === 0 ? run : Buffer.concat([run, ...strays]));
    count = 0;
    strays = [];
  };
  return write;
}

function fail(error) {
  running = false;
  process.send({ error: error.message });
}

const goOn = await Promise.all(Array.from({ length: connections }, open));
process.on("message", async ({ for: ms }) => {
  const [before, at] = [answers, now()];
  resting = false;
  for (const write of goOn) write();
  await new Promise((resolve) => setTimeout(resolve, ms));
  resting = true;
  if (running) process.send({ answers: answers - before, ms: now() - at });
});
process.on("disconnect", () => process.exit(0));
process.send({ ready: true });
