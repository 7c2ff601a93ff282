import type { IncomingMessage } from "node:http";
import type { Clock } from "../../clock.js";
import { HoldfastError } from "../../errors.js";
import type { BodyAccount } from "./body-ledger.js";
import { codingOf, inflate } from "./codings.js";
import { HttpProblem, tooLarge } from "./problem.js";

export interface BodyRules {
  readonly clock: Clock;
  /** As it came, and again after it was inflated. */
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly account: BodyAccount;
}

/**
 * The whole body of a request, inflated.
 *
 *   Content-Length above the bound ─▶ 413 before a byte is read
 *   more bytes than the bound ──────▶ 413    not whole in time ─▶ 408    no room for it ─▶ 429
 *   an unknown Content-Encoding ────▶ 415    does not inflate ──▶ 400    inflates above the bound ─▶ 413
 *
 * @throws HoldfastError or HttpProblem as drawn; Cancelled when its sender goes away in the middle
 */
export async function readBody(request: IncomingMessage, rules: BodyRules): Promise<Uint8Array> {
  const coding = codingOf(request.headers["content-encoding"]);
  const told = Number(request.headers["content-length"] ?? 0);
  if (told > rules.maxBytes) throw tooLarge(`has ${told} bytes`, rules.maxBytes);
  const raw = await collect(request, rules);
  if (coding === "identity") return raw;
  // Counted when it is there: as many as the pool has threads may be on their way, each within the bound.
  const plain = await inflate(raw, coding, rules.maxBytes);
  rules.account.take(plain.length);
  return plain;
}

function collect(request: IncomingMessage, { clock, maxBytes, timeoutMs, account }: BodyRules): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const settle = (outcome: () => void) => {
      timer.cancel();
      request.off("data", onData).off("end", onEnd).off("close", onGone).off("error", onGone);
      outcome();
    };
    const fail = (error: Error) => settle(() => reject(error));
    const onData = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) return fail(tooLarge("goes on", maxBytes));
      try {
        account.take(chunk.length);
      } catch (error) {
        return fail(error as HoldfastError);
      }
      chunks.push(chunk);
    };
    const onEnd = () => settle(() => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes)));
    const onGone = () => fail(new HoldfastError("Cancelled", "the client went away in the middle of its body"));
    const timer = clock.after(timeoutMs, () => {
      fail(new HttpProblem(408, `the body was not whole within ${timeoutMs} ms: ${bytes} bytes had come`));
    });
    request.on("data", onData).on("end", onEnd).on("close", onGone).on("error", onGone);
  });
}
