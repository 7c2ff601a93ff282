import {
  type ActorSpec,
  type App,
  type Children,
  type DeadLetter,
  type DeathReport,
  type HoldfastError,
  inline,
  type RefsOf,
  type SupervisorOptions,
  type SystemEvent,
  type SystemOptions,
  supervisor,
  system,
} from "holdfast";
import { afterEach } from "vitest";
import { castingFrom } from "./casting.js";
import { Gate, Plan } from "./gate.js";

/** The three isolation levels, each a column of the suite. */
export const levels = [{ level: "inline" }, { level: "thread" }, { level: "fork" }] as const;
/** Levels with a host of their own: inline, what ends a host ends the test. */
export const walls = [{ level: "thread" }, { level: "fork" }] as const;

/** One actor of the cast at an isolation level. */
export const at = castingFrom(new URL("../actors/cast.mjs", import.meta.url));

/** The reports of all deaths but the gate's own end. */
export function deaths(app: { reports(): readonly DeathReport[] }): DeathReport[] {
  return app.reports().filter(({ path }) => path !== "app/gate");
}

export interface Scene<C extends Children> {
  readonly app: App<RefsOf<C>>;
  readonly refs: RefsOf<C>;
  readonly events: SystemEvent[];
  readonly letters: DeadLetter[];
  /** Reports that are complete: service was back, or given up. */
  readonly reports: DeathReport[];
}

const running = new Set<App>();
const plans = new Set<Plan>();

afterEach(async () => {
  for (const plan of plans) plan.openAll();
  plans.clear();
  const apps = [...running];
  running.clear();
  await Promise.all(apps.map((app) => app.stop({ drain: 0 })));
});

export function plan(): Plan {
  const made = new Plan();
  plans.add(made);
  return made;
}

/** A gate for a plan, as a child: its ref goes into other actors' props or messages. */
export function gateOf(made: Plan): ActorSpec<Gate> {
  return inline(Gate, made.board, {
    mailbox: { messages: 100_000 },
    window: 256,
    // Who waits at it is not waited for.
    shutdown: "brutal",
  });
}

/** Starts a tree and stops it after the test. */
export async function play<C extends Children>(
  children: C,
  options: SupervisorOptions = {},
  systemOptions: SystemOptions = {},
): Promise<Scene<C>> {
  const app = await system(supervisor(options, children), systemOptions);
  running.add(app as unknown as App);
  const events: SystemEvent[] = [];
  const letters: DeadLetter[] = [];
  const reports: DeathReport[] = [];
  app.subscribe((event) => {
    events.push(event);
    if (event.type === "dead-letter") letters.push(event.letter);
    if (event.type === "report") reports.push(event.report);
  });
  return { app, refs: app.refs, events, letters, reports };
}

/** The error of a promise that must fail. */
export async function failure(promise: Promise<unknown>): Promise<HoldfastError> {
  return promise.then(
    (value) => {
      throw new Error(`expected a failure, got ${JSON.stringify(value)}`);
    },
    (error: HoldfastError) => error,
  );
}
