import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Timer } from "../clock.js";
import { type Duration, milliseconds } from "../duration.js";
import type { HoldfastError } from "../errors.js";
import type { GatewayFigures } from "../observe/metrics/gateway-samples.js";
import { closeCodes } from "../protocol/frames.js";
import type { App } from "../system/app.js";
import { storeOf } from "../system/durable/store-of.js";
import { tracingOf } from "../system/trace/tracing-of.js";
import { Access, type Wanted } from "./access.js";
import { Auditor } from "./admin/auditor.js";
import { Canaries } from "./canaries.js";
import { cannotListen } from "./cannot-listen.js";
import { Exposure } from "./exposure.js";
import { HistoryKeeper } from "./history-keeper.js";
import { respond } from "./http.js";
import { HttpDoors } from "./http-doors.js";
import { metricsDoor } from "./metrics-door.js";
import { type GatewayOptions, type GatewaySettings, gatewaySettings } from "./options.js";
import { OtherProtocols, offersWebSocket } from "./other-protocols.js";
import type { Door, Peer } from "./peer.js";
import { readiness } from "./readiness.js";
import { toOriginForm } from "./request-target.js";
import type { Gateway } from "./running-gateway.js";
import { Session } from "./session.js";
import { StoredStreams } from "./stored-streams.js";
import { Streams } from "./streams.js";
import { requestRefusal, Upgrades } from "./upgrades.js";
import { Watchers } from "./watchers.js";

export type { Gateway } from "./running-gateway.js";

/**
 * Serves the exposed actors of an app on one port: WebSocket (holdfast.v1), health and pages over HTTP. Binds loopback
 * by default; a wider bind needs a token.
 * @throws HoldfastError InvalidSpec for options that cannot be, a port in use, or names that are not in the tree
 * @example
 * const door = await gateway(app, { expose: { digits: ["classify"] } });
 * console.log(`listening on ${door.url}, admin token ${door.adminToken}`);
 */
export async function gateway(app: App<unknown>, options: GatewayOptions): Promise<Gateway> {
  const settings = gatewaySettings(options);
  const server = new GatewayServer(app, settings, new Exposure(app, settings.expose));
  await server.listen();
  return server;
}

/** Connections for health and pages beside `maxConnections`. */
const HTTP_CONNECTIONS = 1000;
/** How long a stopping server waits for a client to have heard of it: a round trip, for those that live. */
const FAREWELL_MS = 1000;

class GatewayServer implements Gateway {
  readonly #settings: GatewaySettings;
  readonly #http: Server;
  /** Kept: a server that closes knows it no more, and what was on its way in still names it. */
  #port: number;
  readonly #sessions = new Set<Session>();
  readonly #door: Door;
  readonly #upgrades: Upgrades;
  readonly #canaries: Canaries;
  readonly #refusal: (request: IncomingMessage) => HoldfastError | undefined;
  readonly #httpDoors = new HttpDoors();
  #beats: Timer | undefined;
  /** While somebody waits in `until`. */
  #onSettled: (() => void) | undefined;
  #closing: Promise<void> | undefined;
  /** Closed again, with no time: nothing is waited for any more. */
  #hurried = false;

  constructor(app: App<unknown>, settings: GatewaySettings, exposure: Exposure) {
    this.#settings = settings;
    this.#port = settings.port;
    const { clock, limits, serverName, loopback, maxStreams } = settings;
    const draining = () => this.#closing !== undefined;
    const onSettled = () => this.#settled();
    const onGone = (session: Session) => this.#gone(session);
    const store = storeOf(app);
    const stored = store && new StoredStreams(store);
    const release = (to: string, key: string) => app.release(to, key).catch(() => {});
    const { streamWindow: window, detachMs } = limits;
    const auditor = new Auditor(app, clock, settings.auditFile);
    const onWrong = (address: string, wanted: string, ask: Wanted) =>
      wanted === "admin" && auditor.stranger(address, ask);
    const access = new Access({ ...settings, now: () => clock.now(), onWrong });
    const streams = new Streams({
      exposure,
      clock,
      maxStreams,
      window,
      detachMs,
      draining,
      release,
      onSettled,
      stored,
    });
    const watchers = new Watchers(app, clock, limits.maxPayload);
    const history = settings.history ? new HistoryKeeper(app, clock) : undefined;
    const httpDoors = this.#httpDoors;
    this.#door = {
      app,
      get models() {
        return httpDoors.models;
      },
      get http() {
        return httpDoors.prefixes;
      },
      access,
      auditor,
      exposure,
      streams,
      watchers,
      history,
      limits,
      serverName,
      loopback,
      clock,
      draining,
      onSettled,
      onGone,
    };
    const rules = () => ({ ...settings, port: this.address.port });
    const refusal = (request: IncomingMessage) => requestRefusal(request, rules());
    this.#refusal = refusal;
    this.#canaries = new Canaries(app, exposure, settings.expose, clock);
    const ready = () => readiness(app.tree(), exposure.names, (name) => this.#problem(exposure, name));
    const others = () => this.#httpDoors.readiness();
    this.#http = createServer((request, response) => {
      toOriginForm(request);
      otherProtocols.note(request, response);
      if (this.#httpDoors.handle(request, response)) return;
      void respond(request, response, { pages: settings.pages, ready, draining, refusal, others });
    });
    const otherProtocols = new OtherProtocols(this.#http);
    this.#upgrades = new Upgrades({
      access,
      maxPayload: limits.maxPayload,
      refusal,
      full: () => draining() || this.#sessions.size >= settings.maxConnections,
      onPeer: (peer) => this.#admit(peer),
    });
    // Plain HTTP has room beside the WebSockets, but not without end.
    this.#http.maxConnections = settings.maxConnections + HTTP_CONNECTIONS;
    this.#http.on("upgrade", (request, socket, head) => {
      if (offersWebSocket(request)) this.#upgrades.take(request, socket as Socket, head);
      else otherProtocols.decline(request, socket as Socket, head);
    });
  }

  async listen(): Promise<void> {
    await this.#door.streams.restore();
    const { host, port, clock, limits, http: given, metrics, serverName, origins } = this.#settings;
    const { app, access, auditor, draining, onSettled } = this.#door;
    const figures = () => this.#figures();
    const http = metrics ? [...given, metricsDoor({ app, options: metrics, figures })] : given;
    const { maxPayload, maxInFlight } = limits;
    const refusal = this.#refusal;
    await this.#httpDoors.open(http, {
      access,
      auditor,
      clock,
      serverName,
      maxPayload,
      maxInFlight,
      origins,
      refusal,
      draining,
      tracing: tracingOf(this.#door.app),
      onSettled,
    });
    await new Promise<void>((resolve, reject) => {
      this.#http.once("error", (error: NodeJS.ErrnoException) => reject(cannotListen(error, host, port)));
      this.#http.listen(port, host.replace(/^\[(.*)\]$/, "$1"), resolve);
    }).catch(async (error) => {
      await this.#httpDoors.close();
      await auditor.close();
      throw error;
    });
    this.#port = (this.#http.address() as AddressInfo).port;
    this.#canaries.begin();
    this.#door.history?.begin();
    const beat = () => {
      for (const session of this.#sessions) session.beat();
      this.#beats = clock.after(limits.heartbeatMs, beat, { background: true });
    };
    this.#beats = clock.after(limits.heartbeatMs, beat, { background: true });
  }

  get url(): string {
    return `ws://${this.#authority}/`;
  }

  get pagesUrl(): string {
    return `http://${this.#authority}/`;
  }

  get address(): { host: string; port: number } {
    return { host: this.#settings.host, port: this.#port };
  }

  get adminToken(): string {
    return this.#settings.adminToken;
  }

  get connections(): number {
    return this.#sessions.size;
  }

  close(options: { drain?: Duration } = {}): Promise<void> {
    const drainMs = milliseconds(options.drain ?? "10s", "close.drain");
    if (this.#closing && drainMs === 0) {
      this.#hurried = true;
      this.#onSettled?.();
    }
    this.#closing ??= this.#close(drainMs);
    return this.#closing;
  }

  async #close(drainMs: number): Promise<void> {
    // The state must say "draining" before anybody is told: the promise is assigned after this turn.
    await Promise.resolve();
    for (const session of this.#sessions) session.drain(drainMs);
    await this.#until(() => this.#pending === 0, drainMs);
    // What was on its way when the clients heard of the drain is still told that it was not taken, so it may go elsewhere.
    await this.#until(
      () => [...this.#sessions].every((session) => session.knowsOfDrain),
      Math.min(drainMs, FAREWELL_MS),
    );
    // The port was open until here: who looks after the server's health is told that it stops, and does not find nobody.
    const closed = new Promise<void>((resolve) => this.#http.close(() => resolve()));
    this.#http.closeIdleConnections();
    this.#beats?.cancel();
    this.#canaries.close();
    this.#door.history?.close();
    for (const session of this.#sessions) session.close(closeCodes.goingAway, "the server is stopping");
    this.#door.streams.close();
    await this.#upgrades.closed();
    this.#http.closeAllConnections();
    await closed;
    await this.#httpDoors.close();
    await this.#door.auditor.close();
  }

  /** Resolves when this holds, looked at whenever something settles, or after so many milliseconds. */
  async #until(holds: () => boolean, limitMs: number): Promise<void> {
    if (holds() || this.#hurried) return;
    await new Promise<void>((resolve) => {
      const timer = this.#settings.clock.after(limitMs, resolve);
      this.#onSettled = () => {
        if (!holds() && !this.#hurried) return;
        timer.cancel();
        resolve();
      };
    });
    this.#onSettled = undefined;
  }

  get #pending(): number {
    let pending = this.#door.streams.pending + this.#httpDoors.pending;
    for (const session of this.#sessions) pending += session.pending;
    return pending;
  }

  get #authority(): string {
    const { host, port } = this.address;
    const name = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
    return `${name}:${port}`;
  }

  #figures(): GatewayFigures {
    const { refused: refusedTokens } = this.#door.access;
    return { connections: this.#sessions.size, pending: this.#pending, refusedTokens };
  }

  /** What the tree does not know of an exposed actor. */
  #problem(exposure: Exposure, name: string): string | undefined {
    const problem = exposure.problem(name);
    return problem === undefined ? this.#canaries.failure(name) : `its configuration ${problem}`;
  }

  #admit(peer: Peer): void {
    this.#sessions.add(new Session(peer, this.#door));
  }

  #gone(session: Session): void {
    this.#sessions.delete(session);
    this.#settled();
  }

  #settled(): void {
    this.#onSettled?.();
  }
}
