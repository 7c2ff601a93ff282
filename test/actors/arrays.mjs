import { execFileSync } from "node:child_process";
import { closeSync, readdirSync, readlinkSync } from "node:fs";
import { Actor } from "holdfast";

/** Works on large arrays. */
export class Arrays extends Actor {
  static methods = { doubled: { idempotent: true }, borrowed: { borrows: true } };
  #kept = [];
  #seen = [];

  doubled(array) {
    for (let i = 0; i < array.length; i++) array[i] *= 2;
    this.#kept.push(array);
    return array.slice();
  }

  kept() {
    return this.#kept.map((array) => array[7]);
  }

  facts(array) {
    return {
      shared: array.buffer instanceof SharedArrayBuffer,
      exact: array.buffer.byteLength === array.byteLength,
    };
  }

  borrowed(array) {
    return { shared: array.buffer instanceof SharedArrayBuffer, at7: array[7] };
  }

  async later(array, ms) {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return array[7];
  }

  /** Of this process: what it has open. */
  openFiles() {
    const files = readdirSync("/proc/self/fd").map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return "";
      }
    });
    return { pid: process.pid, files };
  }

  filesOfChild() {
    return execFileSync("ls", ["-l", "/proc/self/fd"], { encoding: "utf8" });
  }

  closeFiles() {
    for (const fd of [4, 5]) closeSync(fd);
  }

  order(i, _arrayOrNumber) {
    this.#seen.push(i);
  }

  seen() {
    return this.#seen;
  }
}
