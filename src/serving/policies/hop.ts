import { behindRef, createRef } from "../../actor/ref.js";
import { realClock } from "../../clock.js";
import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";
import { type HopEvent, telling } from "./hop-events.js";
import { checkHopOptions, type HopOptions, type HopStatistics } from "./hop-options.js";
import { HopTarget } from "./hop-target.js";
import { policiesOf } from "./policies-of.js";
import { loadOf } from "./ref-target.js";

/** A ref of any kind that answers with values: of an actor, a pool, a keyed group, over the wire. */
interface AnyRef {
  readonly ask: object;
  readonly path: string;
}

/** The names of a ref's methods. */
type MethodsOf<R extends AnyRef> = keyof R["ask"] & string;

/**
 * The same ref, with policies on its way. Asks go through them, from outside in:
 *
 *   fallback ▸ timeout ▸ cache ▸ retry ▸ breaker ▸ hedge ▸ ref
 *
 * Tells, and methods that answer with a stream, go straight to the ref. Each ask settles once, by its deadline. Sent in a message
 * it is the ref without them: policies stay where they were made.
 * @param ref any ref, also one with options of its own: `ref.with({ timeout: 500 })`
 * @throws HoldfastError InvalidSpec for an option that cannot be what it is, InvalidValue for what is no ref
 * @example
 * const digits = hop(app.refs.digits, {
 *   cache: { ttl: "10m", staleIfError: "1h" },
 *   retry: true,
 *   breaker: { failureRate: 0.3 },
 *   hedge: true,
 *   fallback: { to: ({ error }) => -1 },
 * });
 * const digit = await digits.ask.classify(pixels);
 */
export function hop<R extends AnyRef>(ref: R, given: HopOptions<MethodsOf<R>>): R {
  const options = given as unknown as HopOptions;
  const behind = typeof ref === "object" && ref !== null ? behindRef(ref) : undefined;
  if (!behind) throw new HoldfastError("InvalidValue", `hop() got ${shown(ref)}: give a ref, such as app.refs.digits`);
  const { target, options: own } = behind;
  const field = `hop(${target.path})`;
  checkHopOptions(options, field);
  const { clock = target.sight?.clock ?? realClock, chance = target.sight?.chance ?? Math.random } = options;
  const heard = telling(options.onEvent);
  const tell = (event: HopEvent) => {
    heard(event);
    if (event.type === "breaker") target.sight?.tell(event);
  };
  const policies = policiesOf(options, { clock, chance, tell, load: loadOf(target) }, field);
  const { idempotent = false } = options;
  const names = new Set<string>(typeof idempotent === "boolean" ? [] : idempotent);
  const declared = (method: string) => idempotent === true || names.has(method);
  return createRef(new HopTarget({ target, policies, clock, declared }), own) as unknown as R;
}

/**
 * What the policies of a hop have done so far.
 * @throws HoldfastError InvalidValue for what hop() has not made
 * @example
 * const digits = hop(app.refs.digits, { cache: true });
 * const hits = hopStatistics(digits).cache?.hits;
 */
export function hopStatistics(ref: { readonly path: string }): HopStatistics {
  const target = typeof ref === "object" && ref !== null ? behindRef(ref)?.target : undefined;
  if (target instanceof HopTarget) return target.statistics();
  throw new HoldfastError("InvalidValue", `hopStatistics() got ${shown(ref)}: give what hop() has returned`);
}
