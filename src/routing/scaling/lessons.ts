/** What a load was once, and what speaks against it now; plain data. */
export interface Lesson {
  /** The load was so much at least, in members' worth of work. */
  readonly load: number;
  /** Evidence since then that the load is lower now, ms: a fifth less and below, and near to nothing. */
  readonly less: number;
  readonly still: number;
  /** When it was learned. */
  readonly at: number;
}

/** At index n, of n members: at which load they were too few. */
export type Lessons = readonly (Lesson | undefined)[];

/** Work that was done over a time; ms. */
interface Done {
  readonly now: number;
  readonly passedMs: number;
  readonly workedMs: number;
  /** What has to speak against a lesson. */
  readonly proofMs: number;
}

/**
 * A size that was outgrown is not returned to while the load is as it was. Chance makes a load look lower for a while, so
 * that must be proven: a lesson is forgotten when what was worked since would be seen once in e^16 (9 million) times if the
 * load were still the lesson's. That is a sequential test (CUSUM) for messages that come by chance and take what they take
 * by chance (compound Poisson, exponential):
 *
 *   evidence += u × (load ÷ (1 + u) × time − work), not below 0;   proven at 16 × service
 *
 * Under the lesson's load e^(evidence ÷ service) has no drift upwards, whatever u; u says what is noticed soonest: 1/4 a load that is a
 * fifth lower and less, 3 one that is a quarter and less. At 20 ms each and a load of 2, silence is proven in a fifth of a
 * second; at a second each and a load of a fifth, in a minute and a half.
 */
const EVIDENCE = 16;
const LESS = 0.25;
const STILL = 3;

/**
 * No more is asked for than this part of `shrinkAfter`, of one member's work: whoever lets members go so soon beside what a message
 * takes wants to pay for the next burst when it comes. (With a `shrinkAfter` of 30 s, messages of a second and more.)
 */
const PROOF_SHRINKS = 0.5;

/** What has to speak against a lesson before it is forgotten, ms of work that did not come. */
export function proofMs(serviceMs: number, shrinkAfterMs: number): number {
  return Math.min(EVIDENCE * serviceMs, PROOF_SHRINKS * shrinkAfterMs);
}

/** A lesson may come from one bad moment: this long, and it is tried again. ms */
const LONGEST_MS = 12 * 3_600_000;

/** The lessons once the sizes from one up to below another were found too small, at a load. */
export function teach(lessons: Lessons, from: number, below: number, load: number, now: number): Lessons {
  const taught = [...lessons];
  // That nobody is too few is known, and does not keep a pool from having nobody.
  for (let size = Math.max(1, from); size < below; size++)
    taught[size] = { load: Math.max(load, taught[size]?.load ?? 0), less: 0, still: 0, at: now };
  return taught;
}

/** A lesson after a time in which something was worked; undefined when it is forgotten. */
export function reviewed(lesson: Lesson, load: number, { now, passedMs, workedMs, proofMs }: Done): Lesson | undefined {
  if (now - lesson.at > LONGEST_MS) return undefined;
  // The load that made the pool grow is seen best after it did.
  if (load > lesson.load) return { ...lesson, load, less: 0, still: 0 };
  const added = (u: number) => u * ((lesson.load / (1 + u)) * passedMs - workedMs);
  const less = Math.max(0, lesson.less + added(LESS));
  const still = Math.max(0, lesson.still + added(STILL));
  const proven = proofMs > 0 && Math.max(less, still) >= proofMs;
  return proven ? undefined : { ...lesson, less, still };
}

/**
 * What a load is at least, where it was measured over a time: with the same certainty, for the same kind of messages. (The
 * root of a measured load varies by √(service ÷ 2 time), whatever the load.)
 */
export function leastLoad(measured: number, overMs: number, proofMs: number): number {
  const root = Math.sqrt(measured) - Math.sqrt(proofMs / overMs);
  return root > 0 ? root * root : 0;
}
