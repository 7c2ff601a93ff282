import { Actor, type ActorOptions, type ActorSpec, type App, ignore, inline, type Ref, type TreeNode } from "holdfast";
import { until } from "../behaviour/until.js";

/** How one start of a child ends: it throws this, waits until it is let go, or answers ignore. Nothing planned: it comes up. */
type Start = { readonly fails: string } | { readonly held: Promise<void> } | "ignores" | "comes up";

/** A child's props: who it is, and whose. */
export interface Role {
  readonly name: string;
  readonly cast: number;
}

const casts: Cast[] = [];

/** A child that notes its steps, and whose starts and ends the test decides. */
export class Child extends Actor<Role> {
  start(): Promise<void | typeof ignore> {
    const { name, cast } = this.props;
    return casts[cast]!.starts(name);
  }
  stop(): Promise<void> {
    const { name, cast } = this.props;
    return casts[cast]!.stops(name);
  }
  say<T>(value: T): T {
    return value;
  }
  /** How many times it has been built: another number is another child, as another pid is. */
  built(): number {
    return this.self.incarnation;
  }
  /** Dies of a fault that no message is guilty of, now or in a while: OTP's abnormal exit. */
  die(ms = 0): void {
    this.after(ms, () => {
      throw new Error(`${this.props.name} died`);
    });
  }
  /** Ends by itself and cleanly: OTP's exit with reason normal, shutdown or {shutdown, Term}. */
  leave(): void {
    this.stopSelf();
  }
  /** The same in a while. */
  leaveIn(ms: number): void {
    this.after(ms, () => this.stopSelf());
  }
  /** A handler that never ends. */
  hang(): Promise<never> {
    return new Promise(() => {});
  }
}

/** The children of one test: what they did, in order, and what they shall do. */
export class Cast {
  /** `start a`, `stop a` … in order; a start is noted when it has succeeded. */
  readonly notes: string[] = [];
  readonly #id = casts.push(this) - 1;
  readonly #starts = new Map<string, Start[]>();
  readonly #fails = new Map<string, string>();
  readonly #stops = new Map<string, Promise<void>>();
  /** Starts begun, by name. */
  readonly #begun = new Map<string, number>();

  child(name: string, options: ActorOptions = {}): ActorSpec<Child> {
    return inline(Child, this.role(name), options);
  }

  role(name: string): Role {
    return { name, cast: this.#id };
  }

  /** Its next starts end so, one after the other. */
  plan(name: string, ...starts: Start[]): void {
    this.#starts.set(name, starts);
  }

  /** Every start of it fails from now on, until it is `mended`. */
  breaks(name: string, why = `${name} cannot start`): void {
    this.#fails.set(name, why);
  }

  mended(name: string): void {
    this.#fails.delete(name);
  }

  /** Its stop ends with this promise. */
  slowStop(name: string, until: Promise<void>): void {
    this.#stops.set(name, until);
  }

  begun(name: string): number {
    return this.#begun.get(name) ?? 0;
  }

  /** The notes since then. */
  since(from: number): string[] {
    return this.notes.slice(from);
  }

  async starts(name: string): Promise<void | typeof ignore> {
    this.#begun.set(name, this.begun(name) + 1);
    const plan = this.#starts.get(name)?.shift() ?? "comes up";
    if (plan === "ignores") return ignore;
    if (typeof plan === "object" && "held" in plan) await plan.held;
    const why = typeof plan === "object" && "fails" in plan ? plan.fails : this.#fails.get(name);
    if (why) throw new Error(why);
    this.notes.push(`start ${name}`);
  }

  async stops(name: string): Promise<void> {
    await this.#stops.get(name);
    this.notes.push(`stop ${name}`);
  }
}

/** A promise that the test settles. */
export function held(): { promise: Promise<void>; letGo: () => void } {
  let letGo = (): void => {};
  const promise = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  return { promise, letGo };
}

/** Has it settled, after everything that can happen without time passing? */
export async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  const end = () => {
    done = true;
  };
  void promise.then(end, end);
  await turns();
  return done;
}

/** Enough turns of the event loop for everything that can happen without time passing. */
export async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}

/** A child's own budget and back-off out of the way: OTP has neither, there the supervisor's intensity decides alone. */
export const asOtp: ActorOptions = {
  intensity: { restarts: Number.POSITIVE_INFINITY, within: "1h" },
  backoff: { initial: 0 },
};

/** OTP's flags `{Strategy, Intensity, Period}`, in seconds. */
export const times = (restarts: number, seconds: number) => ({ restarts, within: seconds * 1000 });

/** The ways in which a child ends without being asked to by its supervisor. */
export const ways = ["leaves", "dies", "is killed"] as const;

/** Ends the child at a path so; resolves when it is on its way out. */
export async function ends(app: Pick<App, "ref" | "kill">, path: string, how: (typeof ways)[number]): Promise<void> {
  const child = app.ref(path) as Ref<Child>;
  if (how === "leaves") await child.ask.leave();
  else if (how === "dies") await child.ask.die();
  else app.kill(path);
}

export function node(app: Pick<App, "tree">, path: string): TreeNode | undefined {
  let found: TreeNode | undefined = app.tree();
  for (const name of path.split("/")) found = found?.children?.find((child) => child.name === name);
  return found;
}

/** Waits until the child at a path runs, having been restarted so many times in all. */
export function restarted(app: Pick<App, "tree">, path: string, total: number): Promise<void> {
  return until(() => {
    const there = node(app, path);
    return there?.state === "running" && there.restarts === total;
  }, `restart ${total} of ${path}`);
}
