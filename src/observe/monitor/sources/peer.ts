import { connect } from "node:net";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import type { Reading } from "../reading.js";
import { peerAddress } from "../rules/condition.js";
import type { Source } from "../source.js";

/** A peer that takes longer counts as unreachable, ms. */
const CONNECT_WITHIN_MS = 3000;

/** How often the loop is watched while a connect is under way, ms. */
const RESOLUTION_MS = 5;

/** What a try to connect came to. */
export interface Attempt {
  readonly outcome: "connected" | "refused" | "late";
  readonly ms: number;
  /** How long the event loop stood still meanwhile: in that time nobody would have heard of an answer. */
  readonly stoodStillMs: number;
}

/**
 * What an attempt says. Time that is this thread's own lateness says nothing, neither good nor bad; that somebody answered,
 * or refused, is true all the same.
 * @param lostMs how long no attempt has succeeded
 */
export function peerReadings(of: string, { outcome, ms, stoodStillMs }: Attempt, lostMs: number): readonly Reading[] {
  const ownLateness = stoodStillMs > Math.max(2 * RESOLUTION_MS, ms / 4);
  if (outcome === "connected") {
    const reached: Reading = { name: "unreachable", of, unit: "ms", value: 0 };
    return ownLateness ? [reached] : [reached, { name: "round-trip", of, unit: "ms", value: ms }];
  }
  return outcome === "late" && ownLateness ? [] : [{ name: "unreachable", of, unit: "ms", value: lostMs }];
}

/** How long a TCP connect to a peer takes, and for how long none has succeeded. Nothing is sent. */
export function peerSource(peer: string, tryOnce: (peer: string) => Promise<Attempt> = tryToConnect): Source {
  let goodAt = performance.now();
  let why: string | undefined;
  return {
    every: 5,
    names: ["round-trip", "unreachable"],
    of: peer,
    async read() {
      const attempt = await tryOnce(peer);
      const now = performance.now();
      if (attempt.outcome === "connected") goodAt = now;
      why = attempt.outcome === "connected" ? undefined : "no connect succeeds";
      return peerReadings(peer, attempt, now - goodAt);
    },
    absent: () => why,
  };
}

/** Resolves always. */
export function tryToConnect(peer: string): Promise<Attempt> {
  const { host, port } = peerAddress(peer, "peer");
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  const began = performance.now();
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const over = (outcome: Attempt["outcome"]) => {
      const ms = performance.now() - began;
      clearTimeout(limit);
      delays.disable();
      socket.destroy();
      const longestMs = delays.count === 0 ? 0 : delays.max / 1e6;
      resolve({ outcome, ms, stoodStillMs: Math.max(0, longestMs - RESOLUTION_MS) });
    };
    // Timers come before sockets in a turn: after a long one the answer may lie there already.
    const limit = setTimeout(() => setImmediate(() => over("late")), CONNECT_WITHIN_MS);
    limit.unref();
    socket.unref();
    socket.once("connect", () => over("connected"));
    // Also one that comes after the end: a socket without a listener would end the program.
    socket.on("error", () => over("refused"));
  });
}
