import type { Sight } from "../actor/sight.js";
import type { SystemContext } from "./context.js";
import type { Receiver } from "./receiver.js";

/** What is known of a receiver, as it is when it is looked at. */
export function sightOf({ clock, chance, events, following: { tracing } }: SystemContext, receiver: Receiver): Sight {
  return {
    clock,
    chance,
    get facts() {
      return receiver.facts;
    },
    get load() {
      return receiver.load;
    },
    span: tracing && ((name, given) => tracing.call(name, given)),
    durable: receiver.durable ?? false,
    tell: (event) => events.emit(event),
  };
}
