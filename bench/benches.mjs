/** Every bench by name: the claim it checks. Its file is `<name>.mjs` beside this one. */
export const benches = {
  messaging: "messages within one thread: tells and asks in a second; and what an idle actor weighs",
  recovery: "a thread dies of an uncaught error with a request in flight: how long until the caller has the answer",
  supervision: "a handler throws: how long until the actor answers again; and what a hundred thousand children cost",
  transport: "a message to a worker thread and back: how many a second, how long alone, on all cores and on one",
  process: "large arrays to a child process and back: through files in memory, and through its channel",
  pools:
    "pools that grow and shrink: a second member, bursts, a slow member, a recorded load, beside four thread pools",
  serving: "models behind pools: efficiency, goodput under overload, batching, hedging, a swap under load",
  state: "state that survives: group commit, replay, snapshots with each message, failover, an erasure code",
  gateway: "requests over 100 connections: the gateway beside fastify with piscina, and beside a bare WebSocket echo",
  growth: "what a message costs as a system grows: 1, 100 and 10,000 actors in a thread, and 1 to 8 worker threads",
  observe:
    "what it costs to be seen: metrics on and scraped, over a thread and over the gateway; one look at 1,000 actors",
  record: "what the flight recorder costs while nothing dies: messages with it and without it",
};
