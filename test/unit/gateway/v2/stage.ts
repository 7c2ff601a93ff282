import { connect } from "node:net";
import { type Gateway, gateway } from "../../../../src/gateway/gateway.js";
import type { GatewayOptions } from "../../../../src/gateway/options.js";
import type { V2DoorOptions } from "../../../../src/gateway/v2/options.js";
import { v2Door } from "../../../../src/gateway/v2/v2-door.js";
import type { ModelPort, ModelTensor } from "../../../../src/serving/runtimes/model.js";
import { fakeApp } from "../fake-app.js";
import { type FakeModel, type FakeModels, fakeModels } from "./fake-models.js";

export interface Stage {
  readonly door: Gateway;
  readonly models: FakeModels;
  /** "http://127.0.0.1:1234/v2" */
  readonly url: string;
}

const port = (name: string, dtype: string, shape: ModelPort["shape"]): ModelPort => ({ name, dtype, shape });

/** Gives each input back under its own name. */
export const identity: FakeModel = {
  inputs: [port("x", "float32", ["batch", 2])],
  outputs: [port("x", "float32", ["batch", 2])],
  run: ({ inputs }) => ({ outputs: inputs }),
};

/** Adds and subtracts two rows, as Triton's "simple" does. */
export const simple: FakeModel = {
  inputs: ["INPUT0", "INPUT1"].map((name) => port(name, "int32", [1, 4])),
  outputs: ["OUTPUT0", "OUTPUT1"].map((name) => port(name, "int32", [1, 4])),
  run({ inputs }) {
    const [a, b] = [inputs.INPUT0, inputs.INPUT1].map((tensor) => tensor!.data as Int32Array);
    const row = (values: Int32Array): ModelTensor => ({ dtype: "int32", shape: [1, 4], data: values });
    const sum = a!.map((value, i) => value + b![i]!);
    return { outputs: { OUTPUT0: row(sum), OUTPUT1: row(a!.map((value, i) => value - b![i]!)) } };
  },
};

const doors: Gateway[] = [];

/** Serves fake models on a port of its own, until `closeAll`. */
export async function serve(
  models: Record<string, FakeModel>,
  options: Partial<GatewayOptions> = {},
  v2: V2DoorOptions = {},
): Promise<Stage> {
  const fake = fakeModels(models);
  const app = fakeApp({ math: { add: () => 1 } });
  const door = await gateway(app, { port: 0, expose: { math: ["add"] }, http: [v2Door(fake, v2)], ...options });
  doors.push(door);
  return { door, models: fake, url: `${door.pagesUrl}v2` };
}

export async function closeAll(): Promise<void> {
  await Promise.all(doors.splice(0).map((door) => door.close({ drain: 0 })));
}

export const post = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: "POST",
    headers,
    body: typeof body === "string" || body instanceof Uint8Array ? (body as never) : JSON.stringify(body),
  });

/** What comes back for bytes that no client would send, until the server closes or `until` says that it is enough. */
export function talk(stage: Stage, bytes: string | Uint8Array, until: (text: string) => boolean = () => false) {
  return new Promise<string>((resolve, reject) => {
    const socket = connect(stage.door.address.port, "127.0.0.1", () => socket.write(bytes));
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (until(text)) socket.destroy();
    });
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
  });
}
