/** Every bench by name: the claim it checks. Its file is `<name>.mjs` beside this one. */
export const benches = {
  messaging:
    "messages within one thread: tells and asks in a second, with few actors and many; and what an idle one weighs",
  recovery: "a thread dies of an uncaught error with a request in flight: how long until the caller has the answer",
  supervision: "a handler throws: how long until the actor answers again; and what a hundred thousand children cost",
  transport: "a message to a worker thread and back: how many a second, how long alone, on all cores and on one",
  record: "what the flight recorder costs while nothing dies: messages with it and without it",
};
