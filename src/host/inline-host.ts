import type { ActorClass } from "../actor/actor.js";
import type { MakeTensor } from "../actor/tensor-lease.js";
import type { Clock } from "../clock.js";
import { Batch } from "../transport/batch.js";
import type { ToHost, ToParent } from "../transport/frames.js";
import { Lent } from "../transport/lent.js";
import { guardInPlace, lendInPlace } from "../transport/slab-link.js";
import { answerForUnsent, insteadOfUnsent } from "../transport/unsendable.js";
import { CellRunner } from "./cell-runner.js";
import { controlBytes } from "./control-block.js";
import { readControl } from "./control-reader.js";
import { recorderIn, writeOwnControl } from "./control-writer.js";
import type { Host, HostEnd, HostOptions, HostProvider } from "./host.js";
import { HostLog } from "./host-log.js";
import { OwnBlock } from "./own-record.js";

/**
 * Runs a cell in the parent's own thread. It contains what a handler throws and nothing else: an endless loop, an
 * uncaught error in a foreign timer or a full heap take the whole program.
 */
export class InlineProvider implements HostProvider {
  readonly isolation = "inline";
  readonly shares = true;
  readonly #classes = new Map<string, ActorClass>();
  readonly #names = new Map<ActorClass, string>();
  readonly #open = new Set<Host>();
  readonly #clone: boolean;
  readonly #clock: Clock;
  readonly #tensor: MakeTensor;

  /** @param clone frames are cloned, so that values behave as across a thread; for tests */
  constructor(clone: boolean, clock: Clock, tensor: MakeTensor) {
    this.#tensor = tensor;
    this.#clone = clone;
    this.#clock = clock;
  }

  /** Lets `boot` find a class that was handed over directly; returns the name to boot it by. */
  register(actorClass: ActorClass): string {
    const known = this.#names.get(actorClass);
    if (known !== undefined) return known;
    const name = `inline:${this.#classes.size + 1}:${actorClass.name}`;
    this.#classes.set(name, actorClass);
    this.#names.set(actorClass, name);
    return name;
  }

  /** The class behind a name that `register` gave. */
  classOf(name: string): ActorClass | undefined {
    return this.#classes.get(name);
  }

  open(options: HostOptions): Host {
    const control = new ArrayBuffer(controlBytes(options.entries));
    const lent = new Lent();
    const lend = (call: Extract<ToHost, { t: "call" }>) => {
      const pieces = lendInPlace(call);
      if (pieces.length > 0) lent.add(call, pieces);
    };
    let ended = false;
    let leave = (): void => {};
    const gone = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const end = (how: HostEnd): void => {
      if (ended) return;
      toParent.flush();
      ended = true;
      runner.fence();
      // A handler that still runs shares this thread, and what it was lent: it is no worse than any object it was passed.
      lent.all();
      this.#open.delete(host);
      leave();
      host.onEnd(how);
    };
    const toParent = new Batch<ToParent>(
      (frames) => {
        const carried = this.#carry(frames);
        undisturbed(() => {
          for (const frame of carried) {
            lent.heard(frame);
            guardInPlace(frame);
            if (!ended) host.onFrame(frame);
          }
        });
      },
      (frame, error) => {
        const instead = insteadOfUnsent(frame, error);
        if (!instead || ended) return;
        lent.heard(instead);
        host.onFrame(instead);
      },
    );
    const toHost = new Batch<ToHost>(
      (frames) => {
        const carried = this.#carry(frames);
        undisturbed(() => {
          for (const frame of carried) if (!ended) runner.receive(frame);
        });
      },
      (frame, error) => {
        const answer = answerForUnsent(frame, error);
        if (!answer || ended) return;
        lent.heard(answer);
        host.onFrame(answer);
      },
    );
    const recorder = recorderIn(control);
    const runner = new CellRunner({
      control: writeOwnControl(control, recorder),
      own: new OwnBlock(control, recorder),
      // The system's own: where a test holds its time, limits and timers of inline actors obey.
      clock: this.#clock,
      sharesMemory: true,
      tensor: this.#tensor,
      lend,
      send: (frame) => {
        if (!ended) toParent.push(frame);
      },
      unsent: toParent,
      openLog: (level) => new HostLog(level, this.#clock, (frame) => void (!ended && toParent.push(frame))),
      // Here a handler that never returns takes the program: nothing is gained by telling the parent sooner.
      flush() {},
      register: (actorClass) => this.register(actorClass),
      load: async (module) => this.#classes.get(module) ?? (await import(module)),
      end: () => end({ kind: "killed" }),
    });
    const host: Host = {
      isolation: "inline",
      name: "inline",
      control: readControl(control, { pull: () => recorder.settle(), push() {} }),
      send: (frame) => {
        if (ended) return;
        if (frame.t === "call" && frame.args.special === true) lend(frame);
        toHost.push(frame);
      },
      kill: () => end({ kind: "killed" }),
      endActor: (actor, incarnation) => {
        toParent.flush();
        const { stillRuns } = runner.end(actor, incarnation);
        lent.ended(actor, incarnation, stillRuns);
      },
      // Where values are cloned, they cross as frames.
      ...(this.#clone ? {} : { line: (actor, incarnation) => (ended ? undefined : runner.line(actor, incarnation)) }),
      onFrame: () => {},
      onEnd: () => {},
      gone,
    };
    this.#open.add(host);
    toParent.push({ t: "hello", name: "inline", thread: 0 });
    return host;
  }

  #carry<Frame>(frames: Frame[]): Frame[] {
    return this.#clone ? structuredClone(frames) : frames;
  }

  async close(): Promise<void> {
    for (const host of [...this.#open]) host.kill();
  }
}

/** What fails while frames are received is no failure to send them: it must not make the batch send them again. */
function undisturbed(receive: () => void): void {
  try {
    receive();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
