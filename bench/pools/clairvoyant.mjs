/**
 * What a pool would cost whose keeper knew all that is to come: the bar for the sizes that a rule chooses.
 *
 *   work due by t   = all whose arrival + target + service is not after t
 *   work done by t  ≥ work due by t,  ≤ work that has come by t             at every step
 *   cost            = members × time, each from the moment its start begins
 *
 * Sizes change at steps only. Within them work is taken to flow: any number of members may share one message, which no pool can
 * do, so real plans cost more and none costs less. Exact for that, by dynamic programming over (step, members, backlog).
 *
 * @typedef {{ at: number, serviceMs: number }} Arrival  milliseconds from the beginning; in order
 * @param {{ arrivals: readonly Arrival[], min: number, max: number, targetWaitMs: number, startMs: number, stepMs: number,
 *   forMs: number }} load  startMs: what a member costs before it serves; forMs: how long the pool is there
 * @returns {{ memberMs: number, sizes: number[] }} sizes: members that serve, per step
 * @throws {Error} where `max` members cannot do it
 */
export function clairvoyantPlan({ arrivals, min, max, targetWaitMs, startMs, stepMs, forMs }) {
  const steps = Math.ceil(forMs / stepMs);
  const { came, due } = workBySteps(arrivals, steps, stepMs, targetWaitMs);
  /** By size: the plans until now of which none is worse than another in both cost and backlog. */
  let plans = Array.from({ length: max + 1 }, (_, size) =>
    size === min ? [{ cost: 0, backlog: 0, size: min, before: undefined }] : [],
  );
  for (let step = 0; step < steps; step++) {
    // The least of the work that has come by the end of this step that is not due yet.
    const mayWait = came[step + 1] - due[step + 1];
    const fresh = came[step + 1] - came[step];
    plans = plans.map((_, size) =>
      size < min ? [] : undominated(extended(plans, size, { fresh, mayWait, stepMs, startMs })),
    );
    if (plans.every((of) => of.length === 0)) {
      throw new Error(`${max} members are too few: what is due at ${(step + 1) * stepMs} ms cannot be done by then`);
    }
  }
  let best;
  for (const plan of plans.flat()) if (best === undefined || plan.cost < best.cost) best = plan;
  const sizes = [];
  for (let plan = best; plan.before !== undefined; plan = plan.before) sizes.push(plan.size);
  return { memberMs: best.cost, sizes: sizes.reverse() };
}

/** Work in milliseconds that has come, and that is to be done, by the end of each step. */
function workBySteps(arrivals, steps, stepMs, targetWaitMs) {
  const came = new Float64Array(steps + 1);
  const due = new Float64Array(steps + 1);
  for (const { at, serviceMs } of arrivals) {
    // Taken as there from the beginning of its step on, and as due at the end of one: both in favour of the plan.
    const first = Math.floor(at / stepMs) + 1;
    const last = Math.ceil((at + targetWaitMs + serviceMs) / stepMs);
    if (first <= steps) came[first] += serviceMs;
    if (last <= steps) due[Math.max(first, last)] += serviceMs;
  }
  for (let step = 1; step <= steps; step++) {
    came[step] += came[step - 1];
    due[step] += due[step - 1];
  }
  return { came, due };
}

/** Every plan until now, gone on with for one step at a size. */
function* extended(plans, size, { fresh, mayWait, stepMs, startMs }) {
  for (const of of plans) {
    for (const before of of) {
      const backlog = Math.max(0, before.backlog + fresh - size * stepMs);
      if (backlog > mayWait + ROUNDING) continue;
      const cost = before.cost + size * stepMs + Math.max(0, size - before.size) * startMs;
      yield { cost, backlog, size, before };
    }
  }
}

/** Sums of thousands of fractions. */
const ROUNDING = 1e-6;

function undominated(plans) {
  const inOrder = [...plans].sort((a, b) => a.cost - b.cost || a.backlog - b.backlog);
  const kept = [];
  for (const plan of inOrder) {
    if (kept.length === 0 || plan.backlog < kept.at(-1).backlog - ROUNDING) kept.push(plan);
  }
  return kept;
}
