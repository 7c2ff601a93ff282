import { HoldfastError } from "../../errors.js";
import type { ActFrame, KillFrame, ResizeFrame, ServerFrame } from "../../protocol/frames.js";
import { toWireError } from "../../protocol/wire-error.js";
import type { Right } from "../access.js";
import { type Ask, actOf, perform, type Stage } from "./acts.js";

/** A frame by which an operator acts on the system. */
export type AdminFrame = KillFrame | ResizeFrame | ActFrame;

/** Who does it. */
export interface Operator {
  readonly right: Right;
  /** The remote address. */
  readonly address: string;
}

/** @throws HoldfastError Unauthorized for whoever has not shown the admin token */
export function mayAdminister({ right }: Operator, { type, id }: AdminFrame): void {
  if (right === "admin") return;
  const message = `${type} needs the admin right: send hello with admin and the admin token`;
  throw new HoldfastError("Unauthorized", message, { details: { id } });
}

/** Does what an operator asked for, and tells how it ended; a death is certain at once, a size takes its starts. */
export async function administer(
  stage: Omit<Stage, "by">,
  frame: AdminFrame,
  { address }: Operator,
): Promise<ServerFrame> {
  const { id } = frame;
  try {
    const ask = askIn(frame);
    const by = `an operator (${address})`;
    return { type: "result", id, value: await perform(actOf(ask), { ...stage, by }, ask) };
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
