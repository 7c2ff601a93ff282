import { now } from "../measure/now.mjs";

/**
 * Sends each job at its time, whatever became of those before, and counts from that time: a sender who waits for answers, or comes
 * late, hides the very delays that are to be measured (coordinated omission).
 *
 * @param {readonly { at: number, serviceMs: number }[]} arrivals  ms from the beginning, in order
 * @param {(job: { id: number, ms: number }) => Promise<unknown>} ask  answers with the job's id
 * @param {{ from?: number }} [ids]  the first id
 * @returns {Promise<{ took: number[], failed: Error[] }>} took: ms from when each should have been sent to its answer; of those
 *   that failed, NaN
 */
export async function openLoop(arrivals, ask, { from = 0 } = {}) {
  const took = new Array(arrivals.length).fill(Number.NaN);
  const failed = [];
  const answers = [];
  const began = now() + LEAD_MS;
  const send = (i) => {
    const { at, serviceMs } = arrivals[i];
    const id = from + i;
    const answered = ask({ id, ms: serviceMs }).then(
      (answer) => {
        took[i] = now() - began - at;
        if (answer !== id) failed.push(new Error(`the answer to ${id} was ${JSON.stringify(answer)}`));
      },
      (error) => failed.push(error),
    );
    answers.push(answered);
  };
  await new Promise((resolve) => {
    let next = 0;
    const due = () => {
      const passed = now() - began;
      while (next < arrivals.length && arrivals[next].at <= passed) send(next++);
      if (next === arrivals.length) resolve();
      else setTimeout(due, Math.max(0, arrivals[next].at - (now() - began)));
    };
    due();
  });
  const lost = setTimeout(() => {
    const ids = took.flatMap((ms, i) => (Number.isNaN(ms) ? [from + i] : []));
    failed.push(new Error(`${ids.length} calls were never answered, the first is number ${ids[0]}`));
    giveUp();
  }, LOST_AFTER_MS);
  let giveUp = () => {};
  await Promise.race([
    Promise.all(answers),
    new Promise((resolve) => {
      giveUp = resolve;
    }),
  ]);
  clearTimeout(lost);
  return { took, failed };
}

/** After the last was sent: a pool that has lost a call must not keep the bench for ever. */
const LOST_AFTER_MS = 20_000;

/** The first is not late for want of time to get ready. */
const LEAD_MS = 5;

/**
 * Independent arrivals at a rate, the same for everybody who is given the same seed.
 *
 * @param {{ perSecond: number, fromMs?: number, untilMs: number, serviceMs: number, chance: () => number }} load
 * @returns {{ at: number, serviceMs: number }[]}
 */
export function poisson({ perSecond, fromMs = 0, untilMs, serviceMs, chance }) {
  const arrivals = [];
  for (let at = fromMs; ; ) {
    at += (-Math.log(1 - chance()) * 1000) / perSecond;
    if (at >= untilMs) return arrivals;
    arrivals.push({ at, serviceMs });
  }
}
