import { HoldfastError, isHoldfastError } from "../errors.js";
import { decodeFrame } from "../protocol/codec.js";
import { type AskFrame, type ClientFrame, closeCodes, type ServerFrame, subprotocol } from "../protocol/frames.js";
import { badFrame } from "../protocol/limits.js";
import { readAsk } from "../protocol/read-ask.js";
import { parseClientFrame } from "../protocol/validate.js";
import type { Format } from "../protocol/values.js";
import { toWireError } from "../protocol/wire-error.js";
import { tracingOf } from "../system/trace/tracing-of.js";
import type { Right } from "./access.js";
import { isLoopbackAddress } from "./address.js";
import { type AdminFrame, administer, mayAdminister } from "./admin/admin-acts.js";
import { Calls } from "./calls.js";
import { closeReason, unsent } from "./close-reason.js";
import { encodedOnce } from "./encoded-once.js";
import { HeldStreams } from "./held-streams.js";
import { awaitHello } from "./hello.js";
import { lookBack, mayLook } from "./looks.js";
import { Outbox } from "./outbox.js";
import type { Door, Peer } from "./peer.js";
import type { Watcher } from "./watchers.js";

/** What the ping after a drain frame carries, and its pong again. */
const DRAIN_MARK = "drain";

/**
 * One connection: reads frames, checks the right to send them, and hands them to whoever does the work.
 *
 *   message ─▶ decode ─▶ parse ─▶ right? ─▶ calls (ask, tell) | streams (open, chunk) | watchers | admin
 *                │         │         └── error Unauthorized
 *                │         └── error{id} BadFrame, or close 1002 where there is no id
 *                └── close 1007
 */
export class Session implements Watcher {
  readonly #peer: Peer;
  readonly #door: Door;
  readonly #outbox: Outbox;
  readonly #calls: Calls;
  readonly #streams: HeldStreams;
  readonly #greeted: () => void = () => {};
  #right: Right;
  /** Of the admin's token that it has shown. */
  #name: string | undefined;
  /** That of the latest frame: pushes go in the format that the client speaks. */
  #format: Format;
  /** Heard of since the last beat. */
  #alive = true;
  #unsentAtBeat = 0;
  #drain: "no" | "told" | "known" = "no";

  constructor(peer: Peer, door: Door) {
    this.#peer = peer;
    this.#door = door;
    ({ right: this.#right, name: this.#name } = peer);
    this.#format = peer.socket.protocol === subprotocol ? "binary" : "text";
    const { maxPayload, maxInFlight, streamWindow } = door.limits;
    this.#outbox = new Outbox(peer.socket, peer.raw, {
      maxPayload,
      hardLimit: 4 * maxPayload + 16 * 1024 * 1024,
      onOverflow: () => this.close(closeCodes.policy, "reads too slowly: too many bytes are waiting for it"),
    });
    const sender = `${door.serverName} ${peer.id}`;
    const send = (frame: ServerFrame, format: Format) => this.#outbox.send(frame, format);
    const { exposure, draining, onSettled } = door;
    this.#streams = new HeldStreams(door.streams, sender, send);
    this.#calls = new Calls({
      exposure,
      tensor: door.app.tensor,
      maxInFlight,
      streamWindow,
      sender,
      send,
      room: () => this.#outbox.room(),
      draining,
      tracing: tracingOf(door.app),
      onSettled,
    });
    this.#listen();
    if (this.#right !== "none") this.#welcome();
    else this.#greeted = awaitHello(peer.raw, door.clock, (reason) => this.close(closeCodes.policy, reason));
  }

  /** Asks and streams' parts without their answer; chunks are counted by the streams. */
  get pending(): number {
    return this.#calls.size;
  }

  get congested(): boolean {
    return this.#outbox.slow;
  }

  /** The client knows that the server stops: whatever it sent before it knew has been read and answered. */
  get knowsOfDrain(): boolean {
    return this.#drain === "known";
  }

  drain(graceMs: number): void {
    this.push({ type: "drain", graceMs });
    this.#drain = "told";
    // Its pong comes after everything it sent before it read the drain frame.
    this.#outbox.flush();
    this.#peer.socket.ping(DRAIN_MARK);
  }

  push(frame: ServerFrame): void {
    this.#say(frame, this.#format, encodedOnce);
  }

  /** What cannot be sent is too large: an answer fails its ask, and without what was pushed the connection is of no use. */
  #say(frame: ServerFrame, format: Format, encode?: typeof encodedOnce): void {
    try {
      this.#outbox.send(frame, format, encode);
    } catch (error) {
      if (frame.type === "result")
        this.#outbox.send({ type: "error", id: frame.id, error: toWireError(error) }, format);
      else this.close(closeCodes.policy, unsent(frame, (error as Error).message));
    }
  }

  /** Called once per heartbeat: who gave no sign of life since the last one is dropped. */
  beat(): void {
    const { socket } = this.#peer;
    const progress = this.#outbox.unsent < this.#unsentAtBeat;
    this.#unsentAtBeat = this.#outbox.unsent;
    // While it is congested it is not read, so its pongs are not seen: its sign of life is that it takes bytes.
    if (this.#alive || progress) socket.ping();
    else socket.terminate();
    this.#alive = false;
  }

  /** Closes with a reason; a peer that does not answer the close is cut off after a second. */
  close(code: number, reason: string): void {
    const { socket } = this.#peer;
    this.#outbox.flush();
    socket.close(code, closeReason(reason));
    this.#door.clock.after(1000, () => socket.terminate(), { background: true });
  }

  #listen(): void {
    const { socket } = this.#peer;
    socket.on("message", (data: Buffer, isBinary) => {
      this.#alive = true;
      this.#receive(isBinary ? data : data.toString(), isBinary ? "binary" : "text");
    });
    socket.on("pong", (data: Buffer) => {
      this.#alive = true;
      // That of a heartbeat may have been on its way before.
      if (this.#drain !== "told" || data.toString() !== DRAIN_MARK) return;
      this.#drain = "known";
      this.#door.onSettled();
    });
    // ws answers protocol errors and oversized frames with the right close code by itself (1002, 1007, 1009).
    socket.on("error", () => {});
    socket.on("close", () => this.#gone());
  }

  #gone(): void {
    this.#greeted();
    this.#outbox.closed();
    this.#calls.close();
    this.#streams.close();
    this.#door.watchers.remove(this);
    this.#door.onGone(this);
  }

  #receive(data: Uint8Array | string, format: Format): void {
    if (this.#peer.socket.readyState !== this.#peer.socket.OPEN) return;
    this.#format = format;
    let ask: AskFrame | undefined;
    let decoded: unknown;
    try {
      ask = typeof data === "string" ? undefined : readAsk(data);
      decoded = ask ?? decodeFrame(data);
    } catch (error) {
      this.close(closeCodes.unreadable, (error as Error).message);
      return;
    }
    try {
      this.#perform(ask ?? parseClientFrame(decoded), format);
    } catch (error) {
      this.#refuse(error, format);
    }
  }

  #refuse(error: unknown, format: Format): void {
    const { id, ...details } = isHoldfastError(error) ? error.details : {};
    if (isHoldfastError(error, "Unauthorized") && this.#right === "none") {
      this.close(closeCodes.policy, `Unauthorized: ${error.message}`);
    } else if (isHoldfastError(error, "BadFrame") && id === undefined) {
      this.close(closeCodes.protocolError, error.message);
    } else {
      const wire = { ...toWireError(error), details: Object.keys(details).length > 0 ? details : undefined };
      this.#say({ type: "error", id: id as number | undefined, error: wire }, format);
    }
  }

  #perform(frame: ClientFrame, format: Format): void {
    if (this.#right === "none" && frame.type !== "hello" && frame.type !== "ping") {
      throw new HoldfastError("Unauthorized", `send hello with a token before ${frame.type}`);
    }
    switch (frame.type) {
      case "hello":
        this.#greet(frame);
        break;
      case "ping":
        this.#say({ type: "pong", n: frame.n }, format);
        break;
      case "ask":
        if (this.#isFree(frame.id, format)) this.#calls.ask(frame, format);
        break;
      case "tell":
        this.#calls.tell(frame, format);
        break;
      case "cancel":
        if (this.#streams.has(frame.id)) this.#streams.cancel(frame.id);
        else this.#calls.cancel(frame);
        break;
      case "credit":
        this.#calls.credit(frame);
        break;
      case "open":
        if (this.#isFree(frame.id, format)) this.#streams.open(frame, format);
        break;
      case "chunk":
        this.#streams.chunk(frame, format, this.#door.draining());
        break;
      case "ack":
        this.#streams.ack(frame);
        break;
      case "end":
        this.#streams.end(frame);
        break;
      case "detach":
        this.#streams.detach(frame.id);
        break;
      case "watch":
        mayLook(this.#mayWatch, frame);
        this.#door.watchers.add(this, frame);
        break;
      case "history":
      case "events":
        mayLook(this.#mayWatch, frame);
        this.#say(lookBack(this.#door.history, frame), format);
        break;
      case "unwatch":
        this.#door.watchers.remove(this);
        break;
      case "kill":
      case "resize":
      case "act":
        this.#administer(frame, format);
        break;
    }
  }

  /** An id in use is refused without an id: an error with it would pass for the answer of the frame that has it. */
  #isFree(id: number, format: Format): boolean {
    if (!this.#calls.has(id) && !this.#streams.has(id)) return true;
    const error = toWireError(badFrame(`id ${id} is in use by an unanswered frame: take another`));
    this.#say({ type: "error", error }, format);
    return false;
  }

  #greet({ token, admin }: { token?: string; admin?: boolean }): void {
    const wanted = admin || this.#peer.wants === "admin" ? "admin" : "call";
    if (token !== undefined) {
      const granted = this.#door.access.identify(token, wanted, this.#peer.address);
      // A second hello with the smaller token takes nothing away.
      if (this.#right !== "admin" || granted.right === "admin") ({ right: this.#right, name: this.#name } = granted);
    } else if (this.#right === "none" || (admin && this.#right !== "admin")) {
      throw new HoldfastError(
        "Unauthorized",
        `hello has no token: give the ${wanted === "admin" ? "admin token" : "token"}`,
      );
    }
    this.#greeted();
    this.#welcome();
  }

  #administer(frame: AdminFrame, format: Format): void {
    const operator = { right: this.#right, name: this.#name, address: this.#peer.address };
    mayAdminister(this.#door, operator, frame);
    void administer(this.#door, frame, operator).then((answer) => this.#say(answer, format));
  }

  /** A proxy on this machine speaks for others: where it is trusted, they are who asks. */
  get #mayWatch(): boolean {
    return this.#right === "admin" || (this.#door.loopback && isLoopbackAddress(this.#peer.address));
  }

  #welcome(): void {
    const { serverName: server, exposure, limits } = this.#door;
    const admin = this.#right === "admin";
    const [exposes, session, watch, http] = [exposure.describe(), this.#peer.id, this.#mayWatch, [...this.#door.http]];
    this.push({ type: "welcome", protocol: subprotocol, server, session, admin, watch, exposes, http, limits });
  }
}
