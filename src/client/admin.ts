import { type Duration, milliseconds } from "../duration.js";
import type { ActFrame } from "../protocol/frames.js";
import type { SwapOutcome } from "../serving/repository/swap/swap-options.js";
import type { RemoteSwapOptions } from "../serving/repository/swap/told-from-afar.js";
import type { AuditEntry } from "../system/audit.js";
import type { DeathReport } from "../system/death/report.js";
import { type ClientLetters, clientLetters } from "./client-letters.js";

/** How long a model may take to load, where nothing says otherwise: a swap proves it on real requests. */
const MODEL_TIMEOUT: Duration = "10m";

/** How long the caller waits; the act itself goes on. */
interface Patience {
  /** Default that of the client, for models 10 min. */
  readonly timeout?: Duration;
}

/** What operators do to a server's models. */
export interface ClientModels {
  /** Loads a model, or what is new of it; resolves when it is ready. */
  load(model: string, options?: { version?: string | number } & Patience): Promise<void>;
  /** Lets what is under way finish, then stops it. */
  unload(model: string, options?: Patience): Promise<void>;
  /** Puts another version in the place of the one that answers. @returns how it ended: "promoted", or "rolled-back" and why */
  swap(model: string, options?: RemoteSwapOptions & Patience): Promise<SwapOutcome>;
  /** Ends a swap in favour of the old version; else puts the one before back. */
  rollback(model: string, options?: Patience): Promise<void>;
}

/** Whatever an operator may do over a connection that has shown the admin token. */
export interface ClientAdmin {
  /** Shows the admin token. @throws (rejects) Unauthorized */
  login(token: string): Promise<void>;
  /** Kills what runs at a path, as a fault would. @returns whether something was running there */
  kill(path: string, options?: { key?: string }): Promise<boolean>;
  /** Holds a pool (a keyed group) at so many members (cells); "auto" gives it back to its rule. Resolves once it has them. */
  resize(path: string, size: number | "auto"): Promise<void>;
  /** Stops what is at a path when it has finished what executes, and starts it again. Resolves when it runs. */
  restart(path: string, options?: Patience): Promise<void>;
  /**
   * Keeps new mail away from what is at a path, until `resume`.
   * @param options.within how long the server waits for what it has. Default 10 s
   * @returns whether it has finished by then
   */
  drain(path: string, options?: { within?: Duration }): Promise<boolean>;
  /** Lets mail come to it again. @returns whether it was drained */
  resume(path: string): Promise<boolean>;
  /**
   * Blocks the event loop of a thread or process, as a handler that never returns would.
   * @param options.for default 5 min, at most 1 h
   * @returns whether something was running there
   */
  hang(path: string, options?: { key?: string; for?: Duration }): Promise<boolean>;
  /** One of the last 200 death reports, with all of its flight recorder, up to 256 events; undefined where it is not kept. */
  report(id: number): Promise<DeathReport | undefined>;
  /** What operators have done, and what they were refused, newest last. @param options.limit default 100 */
  audits(options?: { limit?: number; before?: number }): Promise<readonly AuditEntry[]>;
  readonly models: ClientModels;
  readonly deadLetters: ClientLetters;
}

/** Sends an act and waits for its answer. @param slow that of an act on models */
export type SendAct = (act: Omit<ActFrame, "type" | "id">, timeout?: Duration) => Promise<unknown>;

/** An operator's calls as `act` frames. */
export function clientAdmin(act: SendAct, login: (token: string) => Promise<void>): ClientAdmin {
  return {
    login,
    kill: async (on, { key } = {}) => (await act({ act: "kill", on, ...keyed(key) })) === true,
    resize: async (on, to) => void (await act({ act: "resize", on, with: { to } })),
    restart: async (on, { timeout } = {}) => void (await act({ act: "restart", on }, timeout)),
    drain: async (on, options = {}) => {
      const { within = "10s" } = options;
      return (await act({ act: "drain", on, with: { within } }, longerThan(within))) === true;
    },
    resume: async (on) => (await act({ act: "resume", on })) === true,
    hang: async (on, { key, ...options } = {}) =>
      (await act({ act: "hang", on, ...keyed(key), with: options })) === true,
    report: async (id) => ((await act({ act: "report", with: { id } })) ?? undefined) as DeathReport | undefined,
    audits: async (options = {}) => (await act({ act: "audits", with: options })) as AuditEntry[],
    deadLetters: clientLetters(act),
    models: {
      load: async (on, { timeout = MODEL_TIMEOUT, ...options } = {}) =>
        void (await act({ act: "load", on, with: options }, timeout)),
      unload: async (on, { timeout = MODEL_TIMEOUT } = {}) => void (await act({ act: "unload", on }, timeout)),
      swap: async (on, { timeout = MODEL_TIMEOUT, ...options } = {}) =>
        (await act({ act: "swap", on, with: options }, timeout)) as SwapOutcome,
      rollback: async (on, { timeout = MODEL_TIMEOUT } = {}) => void (await act({ act: "rollback", on }, timeout)),
    },
  };
}

function keyed(key: string | undefined): { key?: string } {
  return key === undefined ? {} : { key };
}

/** The server waits that long before it answers. */
function longerThan(within: Duration): Duration {
  return milliseconds(within, "within") + 10_000;
}
