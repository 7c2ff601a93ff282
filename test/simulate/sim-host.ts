import type { Clock } from "../../src/clock.js";
import { CellRunner } from "../../src/host/cell-runner.js";
import { controlBytes } from "../../src/host/control-block.js";
import { writeControlFile } from "../../src/host/control-file.js";
import { type ControlReader, readControl } from "../../src/host/control-reader.js";
import { writeControl } from "../../src/host/control-writer.js";
import type { Host, HostEnd, HostOptions } from "../../src/host/host.js";
import { Batch } from "../../src/transport/batch.js";
import { decodeError, encodeError } from "../../src/transport/error-codec.js";
import type { ToHost, ToParent } from "../../src/transport/frames.js";
import { answerForUnsent, insteadOfUnsent } from "../../src/transport/unsendable.js";
import { fileIn } from "./file-in.js";
import type { HostWorld, Moment } from "./host-world.js";
import { Lane } from "./lane.js";
import { reportedControl, watchedControl } from "./sim-control.js";

/** How a host can end by itself. */
export type HostFault = "exit" | "uncaught" | "heap";

/**
 * A thread or a process that is none: the real CellRunner and the real control block behind the host contract, its
 * frames on two lanes of the scheduler. It keeps to what the real ones promise, and to no more:
 *
 *   thread  kill(): over for the parent at once, after what had arrived; the thread itself goes on for a while (a zombie),
 *           hears and sends, and may even refuse to leave. It looks at the stop word before each message.
 *   fork    kill(): goes on until the signal arrives, and all it wrote before counts; then it is gone, and only then over.
 *   both    what was posted before a death may arrive, in order, or its tail may be lost; the control block survives.
 */
export class SimHost implements Host {
  readonly isolation: "thread" | "fork";
  readonly number: number;
  readonly control: ControlReader;
  readonly gone: Promise<void>;
  name: string;
  onFrame: (frame: ToParent) => void = () => {};
  onEnd: (end: HostEnd) => void = () => {};
  /** For the parent it is over. */
  ended = false;
  /** The parent has ended it; what its thread still does counts for nothing. */
  condemned = false;
  /** Its instructions have ended. */
  halted = false;
  end: HostEnd | undefined;
  /** The parent wants it gone. */
  killed = false;
  /** Kinds of frames that crossed: what the parent asked of it, and what the parent has heard. */
  readonly asked = new Set<ToHost["t"]>();
  readonly heard = new Set<ToParent["t"]>();
  frozen = false;
  #inKernel = false;
  readonly clock: Clock;
  readonly #world: HostWorld;
  readonly #runner: CellRunner;
  readonly #batch: Batch<ToHost>;
  readonly #out: Batch<ToParent>;
  readonly #toHost: Lane<ToHost>;
  readonly #toParent: Lane<ToParent>;
  readonly #whenThawed: (() => void)[] = [];
  #trip: { moment: Moment; after: number; fault: HostFault } | undefined;
  #lastWords: HostEnd | undefined;
  #leave: () => void = () => {};

  constructor(world: HostWorld, isolation: "thread" | "fork", number: number, options: HostOptions) {
    this.#world = world;
    this.isolation = isolation;
    this.number = number;
    this.name = `${isolation} ${number}`;
    this.gone = new Promise((resolve) => {
      this.#leave = resolve;
    });
    const { scheduler } = world;
    this.clock = {
      now: () => scheduler.now(),
      wallTime: () => scheduler.wallTime(),
      after: (ms, callback) => scheduler.after(ms, () => this.#inside(callback), { background: true }),
    };
    this.#toHost = new Lane(scheduler, (frames) => this.#inside(() => this.#hear(frames)));
    this.#toParent = new Lane(scheduler, (frames) => this.#receive(frames));
    this.#batch = new Batch(
      (frames) => this.#toHost.post(structuredClone(frames)),
      (frame, error) => {
        const answer = answerForUnsent(frame, error);
        if (answer && !this.ended) this.onFrame(answer);
      },
    );
    this.#out = new Batch(
      (frames) => {
        if (!this.halted) this.#toParent.post(world.tamper(structuredClone(frames)));
      },
      (frame, error) => {
        const instead = insteadOfUnsent(frame, error);
        if (instead && !this.halted) this.#toParent.post([instead]);
      },
    );
    const bytes = new ArrayBuffer(controlBytes(options.entries));
    this.control = reportedControl(readControl(bytes), world.broken);
    const writer =
      isolation === "thread"
        ? writeControl(bytes)
        : writeControlFile(
            fileIn(bytes, () => this.clock.now()),
            bytes.byteLength,
          );
    this.#runner = new CellRunner({
      control: watchedControl(writer, (moment) => this.#passes(moment)),
      clock: this.clock,
      sharesMemory: false,
      send: (frame) => this.#send(frame),
      flush: () => this.#out.flush(),
      load: (module) => world.load(module, this),
      end: () => {
        if (this.halted) return;
        this.#out.flush();
        this.#halt();
        this.#over({ kind: "exit", code: 0, signal: null }, 1);
      },
    });
    const opening = world.opening(number);
    scheduler.at(scheduler.now() + opening.afterMs, `open ${this.name}`, () =>
      this.#inside(() => {
        if (opening.dies) this.fault("exit");
        else this.#send({ t: "hello", name: this.name, thread: number });
      }),
    );
  }

  send(frame: ToHost): void {
    if (this.ended) return;
    this.asked.add(frame.t);
    this.#batch.push(frame);
  }

  kill(): void {
    if (this.ended) return;
    this.killed = true;
    const { scheduler } = this.#world;
    if (this.isolation === "thread") {
      this.#end({ kind: "killed" });
      // It goes on until terminate() has worked: after milliseconds, or not for a long time.
      const stays = this.#world.refusesToLeave(this.number)
        ? 5000
        : scheduler.between(0.1, scheduler.int(4) === 0 ? 250 : 6);
      scheduler.at(scheduler.now() + stays, `leave ${this.name}`, () => this.#depart());
    } else if (this.#lastWords?.kind !== "killed") {
      this.#lastWords = { kind: "killed" };
      const takes = this.#world.refusesToLeave(this.number) ? 3000 : scheduler.between(0.1, 7);
      // One that cannot be killed stands in the kernel and runs nothing any more, whatever it stood still for before.
      if (takes === 3000) {
        this.#inKernel = true;
        this.freeze(takes + 1);
      }
      scheduler.at(scheduler.now() + takes, `SIGKILL ${this.name}`, () => {
        this.#halt();
        this.#over({ kind: "killed" }, 1);
      });
    }
  }

  /** It ends by itself, in the middle of whatever it does. */
  fault(kind: HostFault): void {
    if (this.halted || this.frozen) return;
    this.#world.note(`${this.name} faults: ${kind}`);
    const error = new Error(`simulated ${kind} of ${this.name}`);
    if (kind === "uncaught") {
      this.#out.flush();
      this.#toParent.post([{ t: "fault", error: encodeError(error), at: this.clock.now() }]);
    }
    this.#halt();
    if (kind === "heap" && this.isolation === "thread") this.#over({ kind: "heap", error }, 200);
    else this.#over({ kind: "exit", code: kind === "exit" ? 3 : 1, signal: null }, 10);
  }

  /** Its event loop is blocked: nothing in it moves, for so long. */
  freeze(ms: number): void {
    if (this.halted || this.frozen) return;
    this.#world.note(`${this.name} freezes for ${ms}`);
    this.frozen = true;
    const { scheduler } = this.#world;
    scheduler.at(scheduler.now() + ms, `thaw ${this.name}`, () => {
      if (this.#inKernel) return;
      this.frozen = false;
      for (const task of this.#whenThawed.splice(0)) this.#inside(task);
    });
  }

  /** It will end when it comes to such a moment for the `after`th time. */
  trip(moment: Moment, after: number, fault: HostFault): void {
    this.#trip = { moment, after, fault };
  }

  disarm(): void {
    this.#trip = undefined;
  }

  /** @returns whether it is still there after that moment */
  #passes(moment: Moment): boolean {
    const trip = this.#trip;
    if (!trip || this.halted || trip.moment !== moment || trip.after-- > 1) return !this.halted;
    this.#trip = undefined;
    this.fault(trip.fault);
    return !this.halted;
  }

  #send(frame: ToParent): void {
    this.#passes("before send");
    if (!this.halted) this.#out.push(frame);
    this.#passes("after send");
  }

  /** Something that runs in the host's own thread: not when it has ended, later when it is blocked. */
  #inside(task: () => void): void {
    if (this.halted) return;
    if (this.frozen) {
      this.#whenThawed.push(task);
      return;
    }
    try {
      task();
    } catch (error) {
      if (this.halted) return;
      this.#world.surprise(`${this.name}: the runner threw`, error);
      this.fault("uncaught");
    }
  }

  #hear(frames: ToHost[]): void {
    for (const frame of frames) {
      if (this.halted) return;
      if (frame.t !== "call")
        this.#world.note(`${this.name} ◂ ${frame.t}${"actor" in frame ? ` ${frame.actor}.${frame.incarnation}` : ""}`);
      this.#runner.receive(frame);
      if (this.#world.broken === "twice" && frame.t === "call") this.#runner.receive(frame);
    }
  }

  #receive(frames: ToParent[]): void {
    for (const frame of frames) {
      if (this.ended) return;
      this.heard.add(frame.t);
      if (frame.t !== "fault") this.onFrame(frame);
      else {
        const end = { kind: "uncaught", error: decodeError(frame.error), at: frame.at } as const;
        if (this.isolation === "thread") this.#end(end);
        else this.#lastWords ??= end;
      }
    }
  }

  /** The parent's side is over: hear what was already said, then nothing more. */
  #end(end: HostEnd): void {
    if (this.ended) return;
    if (this.isolation === "thread") {
      this.condemned = true;
      this.control.condemn();
      this.#toParent.hurry();
    }
    if (this.ended) return;
    this.ended = true;
    this.end = end;
    this.#world.ending(this);
    this.#toParent.close();
    this.#world.note(`${this.name} is over: ${end.kind}`);
    this.onEnd(end);
  }

  /** Its instructions end here; what it had not posted is lost. */
  #halt(): void {
    if (this.halted) return;
    this.halted = true;
    this.#world.halted(this);
    this.#toHost.close();
  }

  /** It has halted: some of what it posted still arrives, then the parent learns of the end. */
  #over(end: HostEnd, withinMs: number): void {
    const { scheduler } = this.#world;
    const last = this.#toParent.cut();
    const noticed = Math.max(last, scheduler.now() + scheduler.between(0.05, withinMs));
    scheduler.at(noticed, `end of ${this.name}`, () => {
      this.#end(this.#lastWords ?? end);
      this.#leave();
      this.#world.left(this);
    });
  }

  #depart(): void {
    this.#halt();
    this.#leave();
    this.#world.left(this);
  }
}
