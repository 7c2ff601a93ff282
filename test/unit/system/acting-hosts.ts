import type { Clock } from "../../../src/clock.js";
import { CellRunner } from "../../../src/host/cell-runner.js";
import { controlBytes } from "../../../src/host/control-block.js";
import { readControl } from "../../../src/host/control-reader.js";
import { writeControl } from "../../../src/host/control-writer.js";
import type { Host, HostEnd, HostProvider } from "../../../src/host/host.js";
import type { ToHost, ToParent } from "../../../src/transport/frames.js";

/** A host in this thread that runs real actors, and whose end and frames the test decides. */
export interface ActingHost extends Host {
  readonly name: string;
  readonly told: ToHost[];
  /** Killed, it does not leave: nobody hears of its end, and what it says still comes. */
  deaf: boolean;
  /** It hears nothing more, as a loop that does not turn. */
  stuck: boolean;
  /** It ends by itself. */
  fail(end: HostEnd): void;
  /** Says this to its parent, now. */
  say(frame: ToParent): void;
}

/** Opens acting hosts: processes that are none, in virtual time, numbered as they come. */
export class ActingProvider implements HostProvider {
  readonly isolation = "fork";
  readonly hosts: ActingHost[] = [];
  /** Set before it opens: called with each new host. */
  onOpen: (host: ActingHost) => void = () => {};
  readonly #clock: Clock;
  readonly #module: object;

  /** @param module what each of them finds, whatever it is told to load */
  constructor(clock: Clock, module: object) {
    this.#clock = clock;
    this.#module = module;
  }

  open(): Host {
    const buffer = new SharedArrayBuffer(controlBytes(64));
    let ended = false;
    let gone = () => {};
    const over = (end: HostEnd) => {
      if (ended) return;
      ended = true;
      gone();
      host.onEnd(end);
    };
    const say = (frame: ToParent) => {
      if (!ended) host.onFrame(structuredClone(frame));
    };
    const runner = new CellRunner({
      control: writeControl(buffer),
      clock: this.#clock,
      sharesMemory: false,
      send: (frame) => queueMicrotask(() => say(frame)),
      flush() {},
      load: async () => this.#module,
      end: () => queueMicrotask(() => over({ kind: "killed" })),
    });
    const host: ActingHost = {
      isolation: "fork",
      name: `pid ${this.hosts.length + 1}`,
      control: readControl(buffer),
      told: [],
      deaf: false,
      stuck: false,
      onFrame: () => {},
      onEnd: () => {},
      gone: new Promise((resolve) => {
        gone = resolve;
      }),
      send(frame) {
        host.told.push(frame);
        if (!host.stuck) queueMicrotask(() => !ended && runner.receive(structuredClone(frame)));
      },
      kill: () => {
        if (!host.deaf) over({ kind: "killed" });
      },
      fail: over,
      say,
    };
    this.hosts.push(host);
    this.onOpen(host);
    queueMicrotask(() => say({ t: "hello", name: host.name, thread: 0 }));
    return host;
  }

  async close(): Promise<void> {
    for (const host of this.hosts) {
      host.deaf = false;
      host.kill();
    }
  }
}
