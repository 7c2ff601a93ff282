import type { Timer } from "../clock.js";
import { HoldfastError, isHoldfastError } from "../errors.js";
import { decodeFrame, encodeFrame } from "../protocol/codec.js";
import { type ClientFrame, closeCodes, type ServerFrame, type WelcomeFrame } from "../protocol/frames.js";
import { parseServerFrame } from "../protocol/validate.js";
import { fromWireError } from "../protocol/wire-error.js";
import { pause } from "../supervision/backoff.js";
import type { ClientSettings } from "./options.js";
import type { OpenSocket, WireSocket } from "./socket.js";

/**
 * One connection that comes back, to the same server or the next one; with `reconnect: false` its loss is the end.
 *
 *   connecting ──welcome──▶ open ──drop, half-open, moved──▶ connecting (next url)
 *       │  ▲                  │ drain: open, but nothing new is sent
 *       ▼  │                  │
 *     waiting (back-off)      └──close(), Unauthorized, refused by every url──▶ closed
 */
type State =
  | { readonly kind: "connecting"; readonly socket: WireSocket; readonly limit: Timer }
  | { readonly kind: "waiting"; readonly timer: Timer }
  | { readonly kind: "open"; readonly socket: WireSocket; draining: boolean }
  | { readonly kind: "closed"; readonly error: HoldfastError };

export interface LinkEvents {
  /** A connection is there: send what waits. */
  up(welcome: WelcomeFrame): void;
  /** It is gone; `again` says whether another one is being tried. */
  down(error: HoldfastError, again: boolean): void;
  /** Any frame but welcome, pong and drain. */
  frame(frame: ServerFrame): void;
  /** The server is stopping: finish what is under way, then `move()`. */
  draining(): void;
}

/** How long a socket may take from its first byte to `welcome`. */
const WELCOME_WITHIN_MS = 5000;
/** A connection that lasted so long was a good one: its loss is a blip, and the next attempt comes at once. */
const HEALTHY_AFTER_MS = 5000;

export class Link {
  readonly #settings: ClientSettings;
  readonly #open: OpenSocket;
  readonly #events: LinkEvents;
  #state: State;
  /** The next url to try, and attempts since the last welcome. */
  #turn = 0;
  #failures = 0;
  /** Urls that refused for good, until the first welcome. Who has served once is asked again whatever it answers. */
  readonly #refusedBy = new Set<string>();
  #admin: string | undefined;
  #welcome: WelcomeFrame | undefined;
  #beat: Timer | undefined;
  #heard = true;
  #upSince = 0;
  /** Why the latest attempt failed, for whoever waits for the first. */
  lastError = new HoldfastError("ConnectionLost", "no connection was tried yet", { retryable: true });

  constructor(settings: ClientSettings, open: OpenSocket, events: LinkEvents, admin: string | undefined) {
    this.#settings = settings;
    this.#open = open;
    this.#events = events;
    this.#admin = admin;
    this.#state = this.#connect();
  }

  /** New work may be sent now. */
  get ready(): boolean {
    return this.#state.kind === "open" && !this.#state.draining;
  }

  get connected(): boolean {
    return this.#state.kind === "open";
  }

  get isDraining(): boolean {
    return this.#state.kind === "open" && this.#state.draining;
  }

  /** Why it is over, once it is. */
  get closedBy(): HoldfastError | undefined {
    return this.#state.kind === "closed" ? this.#state.error : undefined;
  }

  /** The latest server's; kept while reconnecting. */
  get welcome(): WelcomeFrame | undefined {
    return this.#welcome;
  }

  get unsent(): number {
    return this.#state.kind === "open" ? this.#state.socket.unsent : 0;
  }

  /**
   * Sends on the open connection; also while it drains, for acks and ends.
   * @returns whether it was handed to a socket
   * @throws HoldfastError InvalidValue or PayloadTooLarge; nothing was sent then
   */
  send(frame: ClientFrame): boolean {
    if (this.#state.kind !== "open") return false;
    const data = encodeFrame(frame, "binary") as Uint8Array;
    const limit = this.#welcome!.limits.maxPayload;
    if (data.length > limit) {
      throw new HoldfastError(
        "PayloadTooLarge",
        `the ${frame.type} is ${data.length} bytes, the server takes ${limit}`,
      );
    }
    this.#state.socket.send(data);
    return true;
  }

  /** Asks for the admin right, now and after every reconnect; undefined asks no more. */
  admin(token: string | undefined): void {
    this.#admin = token;
    if (token !== undefined) this.send({ type: "hello", admin: true, token });
  }

  /** Leaves a draining server for the next one. */
  move(): void {
    if (this.#state.kind !== "open") return;
    this.#state.socket.end(closeCodes.normal, "moving on");
    this.#lost(new HoldfastError("ConnectionLost", "the server is stopping"));
  }

  close(error: HoldfastError): void {
    const { kind } = this.#state;
    if (kind === "closed") return;
    this.#abandon(error.message);
    this.#state = { kind: "closed", error };
    this.#events.down(error, false);
  }

  #connect(): State {
    const { clock } = this.#settings;
    const url = this.#nextUrl();
    const failed = (problem: string) =>
      this.#failed(new HoldfastError("ConnectionLost", `${url}: ${problem}`, { retryable: true }));
    const socket = this.#open(url, {
      opened: () => this.#greet(socket),
      message: (data) => this.#receive(socket, data),
      closed: (code, reason, refusal) => {
        if (code === closeCodes.policy && reason.startsWith("Unauthorized")) {
          this.close(new HoldfastError("Unauthorized", `${url}: ${reason}`));
        } else if (this.#state.kind === "open") {
          this.#lost(
            new HoldfastError("ConnectionLost", `${url} closed the connection (${code}${reason && `: ${reason}`})`),
          );
        } else if (refusal) {
          this.#turnedAway(url, refusal);
        } else {
          failed(reason || `no connection (${code})`);
        }
      },
    });
    const late = () => {
      socket.end(closeCodes.normal, "no welcome");
      failed(`no welcome within ${WELCOME_WITHIN_MS / 1000} s`);
    };
    return { kind: "connecting", socket, limit: clock.after(WELCOME_WITHIN_MS, late) };
  }

  #nextUrl(): string {
    const { urls } = this.#settings;
    const from = this.#turn % urls.length;
    const ahead = [...urls.slice(from), ...urls.slice(0, from)];
    const skipped = Math.max(
      0,
      ahead.findIndex((url) => !this.#refusedBy.has(url)),
    );
    this.#turn += skipped + 1;
    return ahead[skipped]!;
  }

  /** The server answered the upgrade with an HTTP status: on to the next url, and the end when each has refused for good. */
  #turnedAway(url: string, refusal: HoldfastError): void {
    if (!refusal.retryable && !this.#welcome) this.#refusedBy.add(url);
    if (this.#settings.urls.every((one) => this.#refusedBy.has(one))) this.close(refusal);
    else this.#failed(refusal);
  }

  #greet(socket: WireSocket): void {
    const { token, name } = this.#settings;
    const shown = this.#admin === undefined ? { ...(token && { token }) } : { admin: true, token: this.#admin };
    // Also without a token: a server that asks for one says so at once, instead of waiting for a late hello.
    socket.send(encodeFrame({ type: "hello", client: name, ...shown }, "binary") as Uint8Array);
  }

  #receive(socket: WireSocket, data: Uint8Array | string): void {
    this.#heard = true;
    let frame: ServerFrame;
    try {
      frame = parseServerFrame(decodeFrame(data));
    } catch (error) {
      // Not our protocol, or broken: no answer from it can be trusted.
      socket.end(closeCodes.normal, "unreadable frame");
      this.#lost(new HoldfastError("ConnectionLost", `the server sent what is no frame: ${(error as Error).message}`));
      return;
    }
    if (frame.type === "welcome") this.#welcomed(socket, frame);
    else if (frame.type === "drain") this.#drain();
    else if (frame.type === "error" && this.#state.kind === "connecting") this.#refused(fromWireError(frame.error));
    else if (frame.type !== "pong") this.#events.frame(frame);
  }

  #welcomed(socket: WireSocket, welcome: WelcomeFrame): void {
    // A server that needs no token greets before it has read our hello: the right comes with its second welcome.
    if (this.#admin !== undefined && !welcome.admin) return;
    const known = this.#state.kind === "open" && !welcome.admin;
    this.#welcome = welcome;
    this.#refusedBy.clear();
    // An open server greets at once and again after our hello: the second says nothing new.
    if (known) return;
    if (this.#state.kind === "connecting") {
      this.#state.limit.cancel();
      this.#state = { kind: "open", socket, draining: false };
      this.#upSince = this.#settings.clock.now();
      this.#startBeat(welcome.limits.heartbeatMs);
    }
    this.#events.up(welcome);
  }

  #drain(): void {
    if (this.#state.kind !== "open") return;
    this.#state.draining = true;
    this.#events.draining();
  }

  #refused(error: HoldfastError): void {
    if (isHoldfastError(error, "Unauthorized")) this.close(error);
  }

  /** Half-open: no frame for two beats, although a ping asked for one. */
  #startBeat(everyMs: number): void {
    this.#heard = true;
    this.#beat?.cancel();
    const beat = () => {
      if (this.#state.kind !== "open") return;
      if (!this.#heard) {
        this.#state.socket.end(closeCodes.normal, "silent");
        this.#lost(new HoldfastError("ConnectionLost", `the server was silent for ${everyMs} ms`));
        return;
      }
      this.#heard = false;
      this.send({ type: "ping", n: 0 });
      this.#beat = this.#settings.clock.after(everyMs, beat, { background: true });
    };
    this.#beat = this.#settings.clock.after(everyMs, beat, { background: true });
  }

  #lost(error: HoldfastError): void {
    if (this.#welcome && !this.#settings.reconnects) {
      this.close(error);
      return;
    }
    if (this.#settings.clock.now() - this.#upSince < HEALTHY_AFTER_MS) {
      this.#failed(error);
    } else {
      this.#beat?.cancel();
      this.#failures = 0;
      this.lastError = error;
      this.#state = this.#connect();
    }
    this.#events.down(error, true);
  }

  /** An attempt failed: on to the next url, with a pause after each round of all of them. */
  #failed(error: HoldfastError): void {
    if (this.#state.kind === "closed") return;
    this.#abandon(error.message);
    this.lastError = error;
    this.#failures += 1;
    const { urls, backoff, chance, clock } = this.#settings;
    const rounds = Math.floor(this.#failures / urls.length);
    const pauseMs = this.#failures % urls.length === 0 ? pause(backoff, rounds + 1, chance) : 0;
    const retry = () => {
      this.#state = this.#connect();
    };
    this.#state = { kind: "waiting", timer: clock.after(pauseMs, retry) };
  }

  #abandon(reason: string): void {
    this.#beat?.cancel();
    const state = this.#state;
    if (state.kind === "waiting") state.timer.cancel();
    if (state.kind === "connecting") state.limit.cancel();
    if (state.kind === "connecting" || state.kind === "open") state.socket.end(closeCodes.normal, reason.slice(0, 60));
  }
}
