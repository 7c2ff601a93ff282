import { afterEach, describe, expect, test } from "vitest";
import { closeAll, identity, serve, talk } from "./stage.js";

afterEach(closeAll);

const body = JSON.stringify({ inputs: [{ name: "x", datatype: "FP32", shape: [1, 2], data: [1, 2] }] });
const live = (host: string) => `GET /v2/health/live HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;

describe("a request that offers another protocol", () => {
  /** As Java's HttpClient sends its first request, and `curl --http2`. */
  const offering = (host: string, length = body.length) =>
    `POST /v2/models/m/infer HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n` +
    `HTTP2-Settings: AAEAAEAAAAIAAAAB\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

  test("is answered as one that offers none, and its connection goes on", async () => {
    const stage = await serve({ m: identity });
    const host = `127.0.0.1:${stage.door.address.port}`;
    const text = await talk(stage, `${offering(host)}${body}${offering(host)}${body}${live(host)}`);
    expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(3);
    expect(text.match(/"data":\[1,2\]/g)).toHaveLength(2);
    expect(text).not.toMatch(/ 101 | 404 /);
    expect(stage.models.calls).toHaveLength(2);
  });

  test("may be followed by its body later, in pieces", async () => {
    const stage = await serve({ m: identity });
    const host = `127.0.0.1:${stage.door.address.port}`;
    const text = await talkInPieces(stage.door.address.port, [
      offering(host),
      body.slice(0, 10),
      body.slice(10),
      live(host),
    ]);
    expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    expect(text).toContain('"data":[1,2]');
  });

  test("is refused for the same reasons as any", async () => {
    const stage = await serve({ m: identity });
    const text = await talk(stage, `${offering("elsewhere.example", 2)}{}`, (got) => got.includes("elsewhere"));
    expect(text).toMatch(/^HTTP\/1\.1 403 /);
    expect(stage.models.calls).toHaveLength(0);
  });

  test("leaves nothing behind: the server closes", async () => {
    const stage = await serve({ m: identity });
    const host = `127.0.0.1:${stage.door.address.port}`;
    // Its body never comes. The server says when it has read the head.
    const patient = offering(host).replace("Upgrade: h2c", "Upgrade: h2c\r\nExpect: 100-continue");
    let heard = () => {};
    const begun = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const text = talk(stage, patient, (got) => {
      if (got.includes("100 Continue")) heard();
      return false;
    });
    await begun;
    await closeAll();
    expect(await text).not.toContain("200 OK");
  });
});

describe("a request for a whole URL", () => {
  test("is one for its path", async () => {
    const stage = await serve({ m: identity });
    const host = `127.0.0.1:${stage.door.address.port}`;
    const text = await talk(stage, live("x").replace("/v2", `http://${host}/v2`));
    expect(text).toMatch(/^HTTP\/1\.1 200 OK/);
  });

  test("names its server there: the Host header does not count", async () => {
    const stage = await serve({ m: identity });
    const host = `127.0.0.1:${stage.door.address.port}`;
    const text = await talk(stage, live(host).replace("/v2", "http://elsewhere.example/v2"));
    expect(text).toMatch(/^HTTP\/1\.1 403 /);
  });
});

/** Each piece is written once the one before it has left. */
async function talkInPieces(port: number, pieces: readonly string[]): Promise<string> {
  const { connect } = await import("node:net");
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
  });
  for (const piece of pieces) {
    await new Promise<void>((resolve) => socket.write(piece, () => resolve()));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await new Promise((resolve) => socket.on("close", resolve));
  return text;
}
