import { Actor } from "holdfast";
import { batcher } from "holdfast/serving";

/** Works on four at once, as soon as they are there. What an item says is done to the batch that it is in. */
export class Batches extends Actor {
  static concurrency = 8;
  static onThrow = "reply";
  static methods = { work: { idempotent: true, limit: "1s" } };

  #batch = batcher((items) => this.#run(items), { max: 4, delay: "100ms", idempotent: true });

  work(item) {
    return this.#batch.add(item, this.call);
  }
  async #run(items) {
    this.props.gate.tell.jot(`ran ${items.join(" ")}`);
    if (items.includes("wait")) await this.props.gate.ask.pass("wait");
    // The note leaves before the thread does.
    if (items.some((item) => item !== item.toLowerCase())) await new Promise((resolve) => setTimeout(resolve, 20));
    if (items.includes("DIE")) process.exit(5);
    if (items.includes("HANG")) for (;;);
    if (items.includes("THROW")) throw new RangeError(`thrown for ${items.join(" ")}`);
    if (items.includes("LATER")) {
      setTimeout(() => {
        throw new Error("in nobody's handler");
      }, 1);
      await new Promise(() => {});
    }
    return items.map((item) => (item === "ALONE" ? new RangeError("alone") : `${item}!`));
  }
}
