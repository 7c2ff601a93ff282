import { HoldfastError } from "../../errors.js";
import type { ActFrame, KillFrame, ResizeFrame, ServerFrame } from "../../protocol/frames.js";
import { toWireError } from "../../protocol/wire-error.js";
import type { Right } from "../access.js";
import { type Ask, actOf, perform, reads, type Stage } from "./acts.js";
import type { Auditor, Who } from "./auditor.js";

/** A frame by which an operator acts on the system. */
export type AdminFrame = KillFrame | ResizeFrame | ActFrame;

/** Who does it. */
export interface Operator extends Who {
  readonly right: Right;
}

/** What it is done with. */
export interface AdminStage extends Omit<Stage, "by"> {
  readonly auditor: Auditor;
}

/** @throws HoldfastError Unauthorized for whoever has not shown the admin token */
export function mayAdminister({ auditor }: AdminStage, { right, address }: Operator, frame: AdminFrame): void {
  if (right === "admin") return;
  const { type, id } = frame;
  auditor.stranger(address, askIn(frame));
  const message = `${type} needs the admin right: send hello with admin and the admin token`;
  throw new HoldfastError("Unauthorized", message, { details: { id } });
}

/** Does what an operator asked for, and tells how it ended; a death is certain at once, a size takes its starts. */
export async function administer(
  { app, models, auditor }: AdminStage,
  frame: AdminFrame,
  { address, name }: Operator,
): Promise<ServerFrame> {
  const { id } = frame;
  try {
    const ask = askIn(frame);
    const by = `${name === undefined || name === "admin" ? "an operator" : name} (${address})`;
    const run = async () => perform(actOf(ask), { app, models, by }, ask);
    return { type: "result", id, value: reads(ask.act) ? await run() : await auditor.act({ address, name }, ask, run) };
  } catch (error) {
    return { type: "error", id, error: toWireError(error) };
  }
}

/** The two frames that came before the others say the same in words of their own. */
function askIn(frame: AdminFrame): Ask {
  switch (frame.type) {
    case "kill":
      return { act: "kill", on: frame.path, key: frame.key };
    case "resize":
      return { act: "resize", on: frame.path, with: { to: frame.size } };
    case "act":
      return frame;
  }
}
