import { Actor } from "holdfast";

/** Keeps what it should let go. */
export class Leaky extends Actor {
  static methods = { leak: { limit: "30s" }, together: { limit: "30s" } };
  kept = [];

  /** So many MB outside the heap, really there. */
  async leak(mb) {
    this.kept.push(new Uint8Array(mb * 1024 * 1024).fill(1));
    await new Promise((resolve) => setTimeout(resolve, 10));
    return this.self.incarnation;
  }
  /** So many MB in the heap. */
  async hoard(mb) {
    for (let i = 0; i < mb; i++) this.kept.push(Array.from({ length: 128 * 1024 }, (_, n) => n + 0.5));
    await new Promise((resolve) => setTimeout(resolve, 10));
    return this.self.incarnation;
  }
  /** Is far too heavy at once, and asks another so often before it ends. */
  async together(other, mb, times) {
    await this.leak(mb);
    let answers = 0;
    for (let i = 0; i < times; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      answers += await other.ask.incarnation();
    }
    return answers;
  }
  incarnation() {
    return this.self.incarnation;
  }
}
