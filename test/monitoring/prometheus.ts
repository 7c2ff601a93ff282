import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const prometheus = process.env.PROMETHEUS_PATH ?? "/usr/bin/prometheus";
const promtool = process.env.PROMTOOL_PATH ?? "/usr/bin/promtool";

/** Why there is no Prometheus to test with; in CI that is a failure, never a reason to skip. */
export const noPrometheus =
  (existsSync(prometheus) && existsSync(promtool)) || process.env.CI
    ? undefined
    : `no Prometheus at ${prometheus} and ${promtool}: install one (apt-get install prometheus), or name it with PROMETHEUS_PATH and PROMTOOL_PATH`;

if (noPrometheus) console.warn(`monitoring is not tested: ${noPrometheus}`);

/** What promtool says. @throws Error with its output, where it finds something wrong */
export function checked(args: string[], input = "", cwd = "."): string {
  try {
    return execFileSync(promtool, args, { input, cwd, encoding: "utf8", stdio: ["pipe", "pipe", "pipe"] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`promtool ${args.join(" ")}:\n${stdout}${stderr}`);
  }
}

/** A Prometheus of its own, with its data in a folder that goes with it. */
export class Prometheus {
  readonly #folder: string;
  readonly #process: ChildProcess;
  readonly #url: string;
  #said = "";

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#url = `http://127.0.0.1:${port}`;
    const options = [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--log.level=warn",
    ];
    this.#process = spawn(prometheus, options, { stdio: ["ignore", "ignore", "pipe"] });
    this.#process.stderr!.on("data", (bytes) => {
      this.#said = `${this.#said}${bytes}`.slice(-4000);
    });
  }

  /** @param files beside its config, by name @param config in YAML; "FOLDER" is the folder that they are in */
  static async start(config: string, files: Readonly<Record<string, string>>): Promise<Prometheus> {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-prometheus-"));
    for (const [name, text] of Object.entries({ ...files, "prometheus.yml": config })) {
      writeFileSync(join(folder, name), text.replaceAll("FOLDER", folder));
    }
    const started = new Prometheus(folder, await freePort());
    try {
      await started.until("/-/ready", () => true);
    } catch (error) {
      await started.stop();
      throw error;
    }
    return started;
  }

  /** What its API answers, once it is what is waited for. The time limit of the test is that of the wait. */
  async until<T>(path: string, wanted: (answer: T) => unknown): Promise<T> {
    for (;;) {
      if (this.#process.exitCode !== null) throw new Error(`prometheus has ended:\n${this.#said}`);
      const answer = await fetch(this.#url + path).then(
        async (response) => (response.ok ? (response.text() as Promise<string>) : undefined),
        () => undefined,
      );
      if (answer !== undefined) {
        const value = (answer.startsWith("{") ? JSON.parse(answer) : answer) as T;
        if (wanted(value)) return value;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** The value of the first series that a query finds, once there is one that is wanted. */
  async value(query: string, wanted: (value: number) => boolean): Promise<number> {
    type Found = { data: { result: { value: [number, string] }[] } };
    const path = `/api/v1/query?query=${encodeURIComponent(query)}`;
    const first = ({ data }: Found) => Number(data.result[0]?.value[1]);
    return first(await this.until<Found>(path, (found) => wanted(first(found))));
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = new Promise((resolve) => this.#process.once("exit", resolve));
      this.#process.kill("SIGKILL");
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A port that was free just now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
