import { milliseconds } from "../../duration.js";
import { CircuitBreaker } from "./breaker/breaker.js";
import { ResponseCache } from "./cache/response-cache.js";
import { Fallback } from "./fallback.js";
import { Hedge } from "./hedge/hedge.js";
import type { HopOptions, HopStatistics } from "./hop-options.js";
import type { Around, Next, Policy } from "./policy.js";
import { Retry } from "./retry/retry.js";

/** The policies of one hop, put together. */
export interface Policies {
  /** All of them around what is innermost. */
  around(innermost: Next): Next;
  statistics(): HopStatistics;
}

/** Makes those that the options name, in their order from outside in. @throws HoldfastError InvalidSpec */
export function policiesOf(options: HopOptions, around: Around, field: string): Policies {
  const { fallback, timeout, cache, retry, breaker, hedge } = options;
  const own = {
    fallback: fallback && new Fallback(fallback, around, `${field}.fallback`),
    cache:
      cache && (cache instanceof ResponseCache ? cache : new ResponseCache(given(cache), around, `${field}.cache`)),
    retry: retry && new Retry(given(retry), around, `${field}.retry`),
    breaker:
      breaker &&
      (breaker instanceof CircuitBreaker ? breaker : new CircuitBreaker(given(breaker), around, `${field}.breaker`)),
    hedge: hedge && new Hedge(given(hedge), around, `${field}.hedge`),
  };
  const limit = timeout === undefined ? undefined : limited(milliseconds(timeout, `${field}.timeout`), around);
  const order = [own.fallback, limit, own.cache, own.retry, own.breaker, own.hedge];
  const present = order.filter((policy): policy is Policy => Boolean(policy));
  return {
    around: (innermost) => present.reduceRight<Next>((next, policy) => (call) => policy.run(call, next), innermost),
    statistics() {
      const found = Object.entries(own).flatMap(([name, policy]) =>
        policy ? [[name, policy.statistics] as const] : [],
      );
      return Object.fromEntries(found) as HopStatistics;
    },
  };
}

/** `true` stands for the defaults. */
function given<T extends object>(options: T | true): T | Record<string, never> {
  return options === true ? {} : options;
}

/** What is inside has so long, whatever its caller would wait. */
function limited(ms: number, { clock }: Around): Policy {
  return { run: (call, next) => next({ ...call, deadline: Math.min(call.deadline, clock.now() + ms) }) };
}
