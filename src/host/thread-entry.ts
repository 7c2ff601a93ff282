import { getEnvironmentData, type MessagePort, receiveMessageOnPort, threadId } from "node:worker_threads";
import { realClock } from "../clock.js";
import { tensorsOf } from "../transport/lease.js";
import { PortLink } from "../transport/port-link.js";
import { RingLink, type Rings } from "../transport/ring-link.js";
import { Slab } from "../transport/slab.js";
import { Incoming, Outgoing } from "../transport/slab-link.js";
import { writeControl } from "./control-writer.js";
import { hostedCell } from "./hosted-cell.js";
import { quietLoop } from "./open-rings.js";
import { SOON } from "./soon.js";

/** How long a dying thread stands still after its last words: a core is free for its successor's start. */
const LINGER_MS = 60;

// Its task is on the way for 2 ms, and the first thing it brings is this module. If it cannot be imported, boot says so.
const soon = getEnvironmentData(SOON);
if (typeof soon === "string") setImmediate(() => void import(soon).catch(() => {}));

export interface ThreadTask {
  readonly port: MessagePort;
  readonly control: SharedArrayBuffer;
  /** Undefined: the port alone. */
  readonly rings: Rings | undefined;
  /** Of shared memory for its results, and as much for its tensors. */
  readonly sharedBytes: number;
}

/**
 * The one long task of a worker thread: a cell that talks over its own port until it is shut. After an uncaught error it
 * stands still while its successor starts, and then ends the thread.
 */
export function runCell({ port, control, rings, sharedBytes }: ThreadTask): Promise<never> {
  return new Promise(() => {
    const outgoing = new Outgoing(new Slab(realClock, sharedBytes), false);
    const incoming = new Incoming(realClock, false);
    let receive = (_message: unknown) => {};
    port.on("message", (message) => receive(message));
    const loop = quietLoop();
    receive = hostedCell({
      control: writeControl(control),
      name: `thread ${threadId}`,
      thread: threadId,
      arrays: {
        pack: (frame) => outgoing.pack(frame),
        unpack: (frame) => incoming.unpack(frame),
        unsend: (frame) => outgoing.unsend(frame),
      },
      tensor: tensorsOf(new Slab(realClock, sharedBytes)),
      link(own) {
        const post = (message: unknown) => port.postMessage(message);
        const ends = { ...own, port: { post, take: () => receiveMessageOnPort(port) } };
        return rings ? new RingLink("host", rings, loop, ends) : new PortLink(ends);
      },
      leave() {
        port.close();
        // Not by returning: Piscina would give this thread, with the module state of this cell, to the next one.
        process.exit(0);
      },
      die(lastWords, _runner, link) {
        link.send(lastWords);
        link.flush();
        // Taking a V8 heap down is 1-2 ms of work on the core where the words just woke the parent: it would hear them late.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LINGER_MS);
        process.exit(1);
      },
    });
  });
}
