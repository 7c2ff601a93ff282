import { createRef, type KeyedRef } from "../actor/ref.js";
import { type Duration, milliseconds } from "../duration.js";
import { HoldfastError, isHoldfastError } from "../errors.js";
import type { EventQuery, KeptEvents } from "../observe/history/event-log.js";
import type { UnitHistory } from "../observe/history/history.js";
import type { ActFrame, ExposedActor, ServerFrame, WelcomeFrame } from "../protocol/frames.js";
import { fromWireError } from "../protocol/wire-error.js";
import { type ClientAdmin, clientAdmin } from "./admin.js";
import type { Answer, CallSpec } from "./call.js";
import { Calls } from "./calls.js";
import type { InputStream, StreamOptions } from "./input-stream.js";
import { Link } from "./link.js";
import { type ClientSettings, type ConnectOptions, clientSettings } from "./options.js";
import type { OpenSocket } from "./socket.js";
import { ClientStream } from "./stream.js";
import { Tells } from "./tells.js";
import { type News, Watching, type WatchOptions } from "./watching.js";
import { WireTarget } from "./wire-target.js";

export type { News, WatchOptions } from "./watching.js";

/** A connection to a holdfast server, or to one of several; it comes back by itself. */
export interface Client<Exposed = Record<string, unknown>> {
  /** The same typed ref as in process, to an exposed actor. */
  ref<Name extends keyof Exposed & string>(name: Name): KeyedRef<Exposed[Name]>;
  ref<A>(name: string): KeyedRef<A>;
  /** Opens a stream of chunks into one keyed actor; it outlives connections. */
  stream<Result = unknown, Args extends unknown[] = unknown[]>(
    name: string,
    options?: StreamOptions,
  ): InputStream<Result, Args>;
  /**
   * The live tree and every event, until the returned function is called; again after each reconnect.
   * @param options `{ stats: true }`: what the system has counted, too, once a second
   * @example
   * const client = await connect("ws://127.0.0.1:8080", { token });
   * const end = client.watch((news) => news.type === "stats" && console.log(news.stats.units), { stats: true });
   */
  watch(listener: (news: News) => void, options?: WatchOptions): () => void;
  /**
   * The last ten minutes of what is at a path, in steps of 2 s: rate, latencies, mail, members, heap. It needs what `watch` needs.
   * @param options.since ms since 1970; default: all that the server keeps
   * @returns undefined where nothing is kept of it
   * @example
   * const client = await connect("ws://127.0.0.1:8080", { token });
   * const digits = await client.history("digits");
   * console.log(digits?.columns.p99.at(-1));
   */
  history(path: string, options?: { since?: number }): Promise<UnitHistory | undefined>;
  /**
   * The events of the last hour, oldest first; the latest ones where there are more than `limit`. It needs what `watch` needs.
   * @example
   * const client = await connect("ws://127.0.0.1:8080", { token });
   * const { events } = await client.events({ since: Date.now() - 600_000, types: ["report"], path: "digits" });
   */
  events(query?: EventQuery): Promise<KeptEvents>;
  /** What operators do, once they have shown the admin token. */
  readonly admin: ClientAdmin;
  /** What the server lets callers use, by name. */
  readonly exposes: Readonly<Record<string, ExposedActor>>;
  /** Where the server speaks other protocols over HTTP, on the same port: "/v2" for the Open Inference Protocol. */
  readonly http: readonly string[];
  /** Whether the server lets this client watch: everybody on loopback, elsewhere whoever showed the admin token. */
  readonly mayWatch: boolean;
  /** Whether a connection is open now. */
  readonly connected: boolean;
  /** Ends the connection; what has no answer yet fails with ConnectionLost. */
  close(): void;
}

/** Connects through a door. @throws (rejects) Unauthorized, or ConnectionLost when no server answers in time */
export function connectThrough<Exposed>(
  open: OpenSocket,
  url: string | readonly string[],
  options: ConnectOptions,
): Promise<Client<Exposed>> {
  return new Promise((resolve, reject) => {
    new WireClient(clientSettings(url, options), open, options.adminToken, (client, error) => {
      if (error) reject(error);
      else resolve(client as Client<Exposed>);
    });
  });
}

type Started = (client: Client, error?: HoldfastError) => void;

class WireClient implements Client {
  readonly #settings: ClientSettings;
  readonly #link: Link;
  readonly #calls: Calls;
  readonly #tells: Tells;
  readonly #streams = new Set<ClientStream>();
  /** By the id that they have on the present connection. */
  readonly #streamsById = new Map<number, ClientStream>();
  readonly #watching = new Watching((frame) => this.#link.send(frame));
  #logins: { resolve(): void; reject(error: Error): void }[] = [];
  #started: Started | undefined;
  #lastId = 0;

  constructor(settings: ClientSettings, open: OpenSocket, adminToken: string | undefined, started: Started) {
    this.#settings = settings;
    this.#started = started;
    const link = () => this.#link;
    this.#calls = new Calls(
      settings,
      link,
      () => ++this.#lastId,
      () => this.#moveWhenQuiet(),
    );
    this.#tells = new Tells(settings, link);
    const limit = settings.clock.after(settings.connectTimeoutMs, () => this.#giveUp());
    this.#link = new Link(
      settings,
      open,
      {
        up: (welcome) => {
          limit.cancel();
          this.#up(welcome);
        },
        down: (error, again) => {
          if (!again) limit.cancel();
          this.#down(error, again);
        },
        frame: (frame) => this.#receive(frame),
        draining: () => this.#moveWhenQuiet(),
      },
      adminToken,
    );
  }

  ref<A>(name: string): KeyedRef<A> {
    return createRef<A>(new WireTarget(name, this.#settings, this.#link, this.#calls, this.#tells));
  }

  stream<Result, Args extends unknown[]>(name: string, options: StreamOptions = {}): InputStream<Result, Args> {
    const stream = new ClientStream(
      {
        to: name,
        link: () => this.#link,
        trace: this.#settings.trace(),
        maxBuffered: this.#settings.maxBuffered,
        onOver: () => {
          this.#streams.delete(stream);
          this.#moveWhenQuiet();
        },
        onQuiet: () => this.#moveWhenQuiet(),
      },
      options,
    );
    this.#streams.add(stream);
    const { closedBy } = this.#link;
    if (closedBy) stream.fail(closedBy);
    else if (this.#link.ready) this.#attach(stream);
    return stream as unknown as InputStream<Result, Args>;
  }

  watch(listener: (news: News) => void, options?: WatchOptions): () => void {
    return this.#watching.add(listener, options);
  }

  async history(path: string, { since }: { since?: number } = {}): Promise<UnitHistory | undefined> {
    const answer = await this.#look(`history ${path}`, (id) => ({ type: "history", id, path, since }));
    return (answer ?? undefined) as UnitHistory | undefined;
  }

  async events(query: EventQuery = {}): Promise<KeptEvents> {
    const { since, types, path, limit } = query;
    const frame = (id: number) => ({ type: "events" as const, id, since, types: types && [...types], path, limit });
    return (await this.#look("events", frame)) as KeptEvents;
  }

  readonly admin = clientAdmin(
    (act, timeout) => this.#act(act, timeout),
    (token) =>
      new Promise<void>((resolve, reject) => {
        this.#logins.push({ resolve, reject });
        this.#link.admin(token);
      }),
  );

  get exposes(): Readonly<Record<string, ExposedActor>> {
    return this.#link.welcome?.exposes ?? {};
  }

  get http(): readonly string[] {
    return this.#link.welcome?.http ?? [];
  }

  get mayWatch(): boolean {
    return this.#link.welcome?.watch ?? false;
  }

  get connected(): boolean {
    return this.#link.connected;
  }

  close(): void {
    this.#link.close(new HoldfastError("ConnectionLost", "the client was closed"));
  }

  #look(name: string, frame: CallSpec["frame"]): Answer {
    const deadline = this.#settings.clock.now() + this.#settings.timeoutMs;
    return this.#calls.make({ name, idempotent: () => true, deadline, bytes: 64, frame });
  }

  #act(act: Omit<ActFrame, "type" | "id">, timeout: Duration = this.#settings.timeoutMs): Answer {
    const deadline = this.#settings.clock.now() + milliseconds(timeout, "timeout");
    const name = `${act.act} ${act.on ?? ""}`.trimEnd();
    const frame: CallSpec["frame"] = (id) => ({ type: "act", id, ...act });
    return this.#calls.make({ name, idempotent: () => false, deadline, bytes: 64, frame });
  }

  #up(welcome: WelcomeFrame): void {
    if (this.#started) {
      this.#started(this);
      this.#started = undefined;
    }
    if (welcome.admin) {
      for (const login of this.#logins.splice(0)) login.resolve();
    }
    // The same connection greets again after a hello: what it has, it keeps.
    for (const stream of this.#streams) {
      if (stream.state.state === "detached" && !stream.opening) this.#attach(stream);
    }
    this.#watching.up();
    this.#tells.pump();
    this.#calls.pump();
  }

  #down(error: HoldfastError, again: boolean): void {
    this.#streamsById.clear();
    this.#calls.dropped(error, again);
    for (const stream of [...this.#streams]) {
      if (again) stream.detach(error.message);
      else stream.fail(error);
    }
    for (const login of this.#logins.splice(0)) login.reject(error);
    this.#watching.lost(error, again);
    if (again || !this.#started) return;
    this.#started(this, error);
    this.#started = undefined;
  }

  #receive(frame: ServerFrame): void {
    if (this.#watching.receive(frame)) return;
    if (!("id" in frame) || frame.id === undefined) {
      this.#answerLogin(frame);
      return;
    }
    const stream = this.#streamsById.get(frame.id);
    if (stream) stream.receive(frame);
    else this.#calls.receive(frame);
  }

  #answerLogin(frame: ServerFrame): void {
    if (frame.type !== "error") return;
    const error = fromWireError(frame.error);
    if (!isHoldfastError(error, "Unauthorized") || this.#logins.length === 0) return;
    this.#link.admin(undefined);
    for (const login of this.#logins.splice(0)) login.reject(error);
  }

  #attach(stream: ClientStream): void {
    const id = ++this.#lastId;
    this.#streamsById.set(id, stream);
    stream.attach(id);
  }

  /** Leaves a draining server as soon as nothing of ours is under way there. */
  #moveWhenQuiet(): void {
    if (!this.#link.isDraining || this.#calls.written > 0) return;
    if ([...this.#streams].some((stream) => stream.underWay)) return;
    this.#link.move();
  }

  #giveUp(): void {
    const { urls, connectTimeoutMs } = this.#settings;
    const { lastError } = this.#link;
    const message = `no server answered within ${connectTimeoutMs} ms at ${urls.join(", ")}: ${lastError.message}`;
    this.#link.close(new HoldfastError("ConnectionLost", message, { retryable: true, cause: lastError }));
  }
}
