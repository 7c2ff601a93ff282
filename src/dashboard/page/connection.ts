import { type Client, type ClientAdmin, connect, type News } from "../../client/browser.js";
import { isHoldfastError } from "../../errors.js";

export type LinkStatus =
  | { readonly kind: "connecting" }
  /** `http`: where the server speaks other protocols, such as "/v2". */
  | { readonly kind: "connected"; readonly http: readonly string[] }
  /** It was there; the client tries again by itself. */
  | { readonly kind: "lost" }
  /** No server has answered yet; tried again. */
  | { readonly kind: "absent"; readonly error: unknown }
  /** The server asks for a token. */
  | { readonly kind: "locked"; readonly error: unknown };

export interface ConnectionEvents {
  status(status: LinkStatus): void;
  news(news: News): void;
}

const name = "holdfast-page";
/** The client comes back silently, so the page looks whether it is there. */
const lookEveryMs = 250;
/** A server that stays away so long may have come back with another token, which ends a client for good. */
const probeEveryMs = 5000;

/**
 * The page's connection to the server that served it.
 *
 *   connecting ──▶ connected ◀──▶ lost
 *      │  ▲                        │
 *      ▼  └─ signIn ─┐             │ a probe is refused
 *   absent        locked ◀─────────┘
 */
export class Connection {
  readonly #url: string;
  readonly #events: ConnectionEvents;
  #status: LinkStatus = { kind: "connecting" };
  /** Empty, not absent, while there is none: a server that asks for a token answers a hello at once, silence late. */
  #token: string;
  #client: Client | undefined;
  #lostSince = 0;
  #admin: { readonly token: string; readonly client: Promise<Client> } | undefined;

  constructor(url: string, token: string | undefined, events: ConnectionEvents) {
    this.#url = url;
    this.#token = token ?? "";
    this.#events = events;
    setInterval(() => this.#look(), lookEveryMs);
  }

  /** As it was shown to the server; "" for none. */
  get token(): string {
    return this.#token;
  }

  /** @throws Error while there is none; panels are shown only when there is one */
  get client(): Client {
    if (!this.#client) throw new Error("There is no connection to the server yet: wait until the page is connected.");
    return this.#client;
  }

  /** Tries until a server answers; returns when it did, or when it asks for a token. */
  async start(): Promise<void> {
    this.#enter({ kind: "connecting" });
    for (;;) {
      try {
        this.#take(await connect(this.#url, { name, token: this.#token }));
        return;
      } catch (error) {
        if (isHoldfastError(error, "Unauthorized")) {
          this.#enter({ kind: "locked", error });
          return;
        }
        this.#enter({ kind: "absent", error });
      }
    }
  }

  /** @throws (rejects) Unauthorized for a wrong token */
  async signIn(token: string): Promise<void> {
    this.#take(await connect(this.#url, { name, token, connectTimeout: "5s" }));
    this.#token = token;
  }

  /**
   * Acts with the admin right, over a connection of its own that is kept: a wrong token costs that one only.
   * @throws (rejects) Unauthorized for a wrong token, and whatever the act rejects with
   */
  async asAdmin<T>(token: string, act: (admin: ClientAdmin) => Promise<T>): Promise<T> {
    const kept = this.#admin;
    if (kept?.token === token) {
      const client = await kept.client;
      if (client.connected) return act(client.admin);
    }
    // Somebody else may have opened one meanwhile.
    if (this.#admin === kept) this.#admin = this.#openAdmin(token);
    return act((await this.#admin!.client).admin);
  }

  #openAdmin(token: string): { readonly token: string; readonly client: Promise<Client> } {
    const before = this.#admin;
    before?.client.then((client) => client.close()).catch(() => {});
    // It does not come back by itself: that would show a server that began anew its old token once more than was asked for.
    const client = connect(this.#url, { name, adminToken: token, connectTimeout: "5s", reconnect: false });
    const opened = { token, client };
    client.catch(() => {
      if (this.#admin === opened) this.#admin = undefined;
    });
    return opened;
  }

  #take(client: Client): void {
    this.#client?.close();
    this.#client = client;
    this.#enter({ kind: "connected", http: client.http });
    client.watch((news) => this.#events.news(news), { stats: true });
  }

  #look(): void {
    const connected = this.#client?.connected;
    if (this.#status.kind === "connected" && !connected) {
      this.#lostSince = performance.now();
      this.#enter({ kind: "lost" });
    } else if (this.#status.kind === "lost") {
      if (connected) this.#enter({ kind: "connected", http: this.#client!.http });
      else if (performance.now() - this.#lostSince >= probeEveryMs) void this.#probe();
    }
  }

  async #probe(): Promise<void> {
    this.#lostSince = performance.now();
    try {
      (await connect(this.#url, { name, token: this.#token, connectTimeout: "2s" })).close();
    } catch (error) {
      if (isHoldfastError(error, "Unauthorized") && this.#status.kind === "lost")
        this.#enter({ kind: "locked", error });
    }
  }

  #enter(status: LinkStatus): void {
    this.#status = status;
    this.#events.status(status);
  }
}
