import { HoldfastError } from "../errors.js";
import type { KillFrame, ResizeFrame, ServerFrame } from "../protocol/frames.js";
import { toWireError } from "../protocol/wire-error.js";
import type { App } from "../system/app.js";
import type { Right } from "./access.js";

/** A frame by which an operator acts on the system. */
export type AdminFrame = KillFrame | ResizeFrame;

/** @throws Unauthorized for whoever has not shown the admin token */
export function mayAdminister(right: Right, { type, id }: AdminFrame): void {
  if (right === "admin") return;
  const message = `${type} needs the admin right: send hello with admin and the admin token`;
  throw new HoldfastError("Unauthorized", message, { details: { id } });
}

/** Does what an operator asked for, and tells how it ended; a death is certain at once, a size takes its starts. */
export async function administer(app: App<unknown>, frame: AdminFrame, address: string): Promise<ServerFrame> {
  const { id } = frame;
  try {
    return { type: "result", id, value: await act(app, frame, address) };
  } catch (error) {
    return { type: "error", id, error: toWireError(error) };
  }
}

function act(app: App<unknown>, frame: AdminFrame, address: string): boolean | Promise<boolean> {
  switch (frame.type) {
    case "kill": {
      const { path, key } = frame;
      return app.kill(path, { by: `an operator (${address})`, ...(key === undefined ? {} : { key }) });
    }
    case "resize":
      return app.resize(frame.path, frame.size).then(() => true);
  }
}
