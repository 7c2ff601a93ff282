import { getHeapStatistics } from "node:v8";
import type { MakeTensor } from "../actor/tensor-lease.js";
import { monotonicNow, realClock } from "../clock.js";
import { markNative } from "../native-mark.js";
import { encodeError } from "../transport/error-codec.js";
import type { ToHost, ToParent } from "../transport/frames.js";
import type { Link, LinkEnds } from "../transport/link.js";
import { insteadOfUnsent } from "../transport/unsendable.js";
import { captureOutput } from "./capture-output.js";
import { CellRunner } from "./cell-runner.js";
import type { ControlWriter } from "./control-writer.js";
import { HostLog } from "./host-log.js";
import { callFor, whoseError } from "./own-errors.js";
import { runNative } from "./run-native.js";

/** Frames as they cross, and as they were sent. */
export interface OwnArrays {
  pack(frame: ToParent): ToParent;
  unpack(frame: ToHost): ToHost;
  /** It was packed and could not be sent. */
  unsend(frame: ToParent): void;
}

/** What a thread's cell and a process's do in ways of their own. */
export interface OwnHost {
  readonly control: ControlWriter;
  /** "thread 7", "pid 4711". */
  readonly name: string;
  /** Its end of what large arrays go through beside their frames. */
  readonly arrays: OwnArrays;
  readonly tensor: MakeTensor;
  /** 0 in a process. */
  readonly thread: number;
  /** Opens its end of the line to the parent. */
  link(ends: Omit<LinkEnds<ToParent, ToHost>, "port">): Link<ToParent>;
  /** Everything is shut and said. */
  leave(): void;
  /** Says the last words and ends the host, before anything else may begin. Whatever was sent before is said. */
  die(lastWords: ToParent, runner: CellRunner, link: Link<ToParent>): void;
}

/**
 * The cell of a host that is its alone, a thread or a process, with the trap for uncaught errors: it reports them at
 * once, in 0.2-0.4 ms, where Node's own events for the end of a host take 2 and more.
 *
 *   uncaught error ─▶ flush what was sent ─▶ fault, the last words ─▶ exit 1
 *        └─ of an incarnation that has ended ─▶ late-error: its successor has nothing to do with it
 *
 * @returns takes the messages that come from the parent
 */
export function hostedCell(host: OwnHost): (message: unknown) => void {
  const { arrays } = host;
  const link = host.link({
    open: (frame) => arrays.unpack(frame),
    onFrame: (frame) => runner.receive(frame),
    onTurn: () => runner.turn(),
    unsent(frame, error) {
      arrays.unsend(frame);
      const instead = insteadOfUnsent(frame, error);
      if (!instead) throw error;
      link.send(instead);
    },
  });
  const runner = new CellRunner({
    control: host.control,
    clock: realClock,
    sharesMemory: false,
    memory: () => {
      const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
      return { heap, external, resident: host.thread === 0 ? process.memoryUsage.rss() : 0 };
    },
    callFor,
    whoseError,
    tensor: host.tensor,
    openLog(level, path) {
      const log = new HostLog(level, realClock, (frame) => {
        link.send(frame);
        // What was written before a loop that never ends is what one looks for.
        link.flush(false);
      });
      captureOutput(log, () => whoseError()?.of ?? { path, incarnation: 0 });
      return log;
    },
    send: (frame) => link.send(arrays.pack(frame)),
    answer: link.answer && ((actor, incarnation, seq, result) => link.answer!(actor, incarnation, seq, result)),
    flush: (patient) => link.flush(patient),
    load: (module) => import(module),
    idle: () => void import("./rehearse.js").then(({ rehearse }) => rehearse()),
    end: () => {
      link.flush();
      host.leave();
    },
  });
  markNative((run) => runNative(host.control, run));
  const trap = (error: unknown) => {
    const origin = whoseError();
    if (origin?.of.ended) {
      const { id: actor, incarnation, path } = origin.of;
      link.send({ t: "late-error", actor, incarnation, path, error: encodeError(error) });
      return;
    }
    const from = origin && { actor: origin.of.id, seq: origin.seq };
    const lastWords: ToParent = { t: "fault", error: encodeError(error), at: monotonicNow(), from };
    link.flush();
    host.die(lastWords, runner, link);
  };
  process.on("uncaughtException", trap);
  process.on("unhandledRejection", trap);
  link.send({ t: "hello", name: host.name, thread: host.thread });
  return (message) => link.heard(message);
}
