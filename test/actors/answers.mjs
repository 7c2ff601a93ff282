import { Actor, refuse } from "holdfast";

/** A linear model with a member that can be made to lie, to be late, or to die: by its name. */
export class Scorer extends Actor {
  /** 2x + 1 of each number, but for what the member is told to do. */
  async score(values, orders = {}) {
    const name = this.self.path.split("/").at(-1);
    const order = orders[name];
    if (order === "die") process.kill(process.pid, "SIGKILL");
    if (order === "throw") throw new Error("no paper");
    if (order === "wait") await new Promise(() => {});
    if (order === "refuse") throw refuse("too-long", "too long");
    const skew = typeof order === "number" ? order : 0;
    return values instanceof Float32Array || values instanceof Float64Array
      ? values.map((value) => 2 * value + 1 + skew)
      : { total: 2 * values.total + 1 + skew, label: values.label };
  }
  member() {
    return this.self.path.split("/").at(-1);
  }
  sum({ data }) {
    return data.reduce((total, each) => total + each, 0);
  }
  squared(x) {
    return x * x;
  }
}
