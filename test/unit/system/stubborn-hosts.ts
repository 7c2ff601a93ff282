import { controlBytes } from "../../../src/host/control-block.js";
import { readControl } from "../../../src/host/control-reader.js";
import type { Host, HostProvider } from "../../../src/host/host.js";
import type { ToHost, ToParent } from "../../../src/transport/frames.js";

/** A host that stays after its end until it is told to leave, as a thread in native code does. */
export interface StubbornHost extends Host {
  readonly told: ToHost["t"][];
  /** It really exits. */
  leave(): void;
}

/** Opens stubborn hosts and counts how many are there at once. */
export class StubbornProvider implements HostProvider {
  readonly isolation = "thread";
  readonly hosts: StubbornHost[] = [];
  /** How the next starts are answered; "started" when there is nothing left. */
  readonly answers: ("started" | "never" | "start-failed" | "ignored")[] = [];
  /** Killed ones do not even say so until they leave: a process in a hung disk call, whose SIGKILL does not land. */
  deaf = false;
  there = 0;
  most = 0;

  open(): Host {
    this.there++;
    this.most = Math.max(this.most, this.there);
    const told: ToHost["t"][] = [];
    let ended = false;
    let gone = () => {};
    const end = () => {
      if (ended) return;
      ended = true;
      host.onEnd({ kind: "killed" });
    };
    const tell = (frame: ToParent) => queueMicrotask(() => !ended && host.onFrame(frame));
    const host: StubbornHost = {
      isolation: "thread",
      name: `thread ${this.hosts.length + 1}`,
      control: readControl(new ArrayBuffer(controlBytes(1024))),
      told,
      onFrame: () => {},
      onEnd: () => {},
      gone: new Promise((resolve) => {
        gone = () => {
          this.there--;
          resolve();
        };
      }),
      send: (frame) => {
        told.push(frame.t);
        const answer = this.#answer(frame);
        if (answer) tell(answer);
        if (frame.t === "shut") queueMicrotask(() => host.kill());
      },
      kill: () => {
        if (!this.deaf) end();
      },
      leave() {
        end();
        gone();
        gone = () => {};
      },
    };
    this.hosts.push(host);
    tell({ t: "hello", name: host.name, thread: this.hosts.length });
    return host;
  }

  async close(): Promise<void> {
    for (const host of this.hosts) host.leave();
  }

  #answer(frame: ToHost): ToParent | undefined {
    if (frame.t === "boot") return { t: "booted", facts: { methods: {}, replayable: false, concurrency: 1 } };
    if (frame.t !== "start" && frame.t !== "stop") return undefined;
    const { actor, incarnation } = frame;
    if (frame.t === "stop") return { t: "stopped", actor, incarnation };
    const how = this.answers.shift() ?? "started";
    if (how === "never") return undefined;
    if (how === "start-failed")
      return { t: how, actor, incarnation, error: { name: "Error", message: "as told" } as never };
    return { t: how, actor, incarnation };
  }
}
