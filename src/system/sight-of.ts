import type { Sight } from "../actor/sight.js";
import type { SystemContext } from "./context.js";
import type { Receiver } from "./receiver.js";

/** What is known of a receiver, as it is when it is looked at. */
export function sightOf({ clock, chance, events }: SystemContext, receiver: Receiver): Sight {
  return {
    clock,
    chance,
    get facts() {
      return receiver.facts;
    },
    get load() {
      return receiver.load;
    },
    durable: receiver.durable ?? false,
    tell: (event) => events.emit(event),
  };
}
