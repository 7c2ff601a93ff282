import type { AskFrame } from "./frames.js";
import { type FrameLimits, frameLimits } from "./limits.js";
import { reader } from "./read-msgpack.js";
import { clientShapes } from "./shapes.js";
import { shortText } from "./short-text.js";

/** After the head of the map: "type": "ask". */
const ask = [...shortText("type"), ...shortText("ask")];
/** What precedes the first field: the map, and these two. */
const ITEMS = 3;

const fields = {
  id: shortText("id"),
  to: shortText("to"),
  method: shortText("method"),
  args: shortText("args"),
  timeout: shortText("timeout"),
};
const { ask: rules } = clientShapes;

/**
 * The frame of an ask, in one pass over its bytes: the same as `parseClientFrame(decodeFrame(bytes))`. Most frames that come to a
 * server are such, and to build a map of names of which only these are known takes twice as long.
 * @param bytes msgpack
 * @returns undefined for every other frame, for an ask with rarer fields, and for one that is wrong: what is wrong the others say
 * @throws HoldfastError BadFrame for what is no msgpack within the limits, as `decodeFrame` does
 */
export function readAsk(bytes: Uint8Array, limits: FrameLimits = frameLimits): AskFrame | undefined {
  const count = (bytes[0] ?? 0) - 0x80;
  if (count < 5 || count > 6) return undefined;
  for (let i = 0; i < ask.length; i++) if (bytes[i + 1] !== ask[i]) return undefined;
  try {
    reader.begin(bytes, limits, 1 + ask.length, ITEMS);
    return fieldsOf(count - 1);
  } finally {
    reader.release();
  }
}

function fieldsOf(count: number): AskFrame | undefined {
  let id: unknown;
  let to: unknown;
  let method: unknown;
  let args: unknown;
  let timeout: unknown;
  for (let i = 0; i < count; i++) {
    // In the order in which clients write them; in any other, each is looked for.
    if (reader.passes(fields.id)) id = reader.value(2);
    else if (reader.passes(fields.to)) to = reader.value(2);
    else if (reader.passes(fields.method)) method = reader.value(2);
    else if (reader.passes(fields.args)) args = reader.value(2);
    else if (reader.passes(fields.timeout)) timeout = reader.value(2);
    else return undefined;
  }
  if (!rules.id.holds(id) || !rules.to.holds(to) || !rules.method.holds(method) || !rules.args.holds(args))
    return undefined;
  // Of five or six fields, four are there: the fifth is the limit, or one of them is said twice.
  if (count > 4 && !rules.timeout.holds(timeout)) return undefined;
  reader.end();
  const frame = { type: "ask", id, to, method, args } as AskFrame;
  if (timeout !== undefined) frame.timeout = timeout as number;
  return frame;
}
