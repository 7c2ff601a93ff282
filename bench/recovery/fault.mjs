import { closeSync, existsSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { now } from "../measure/now.mjs";

/*
 * How a fault is ordered and dated, the same way for every contender, threads and processes alike: two numbers in a
 * small file (in memory where there is some; reading or writing one costs about 1.5 us).
 *
 *   bench                       file              worker
 *     │ arm ───────────────────▶ armed = 1
 *     │ ask ────────────────────────────────────────▶ strikes? armed = 0, setTimeout
 *     │                                                  … the answer stays open: the request is in flight
 *     │                         struck = now  ◀──────── timer: stamp, throw
 *     │ answer ◀──────────────────────────────────────── (whoever came back) the same request, not armed any more
 *     │ time = now - struck
 */

const ARMED = 0;
const STRUCK = 8;

/** What is ordered: an error that nobody catches, or a handler that never ends. */
const THROW = 1;
const HANG = 2;

/** Where fault files live for the time of one bench. */
export function faultFolder() {
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "holdfast-bench-"));
  return { file: (name) => join(folder, name), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** One side's hold on a fault file. */
export class FaultFile {
  #file;
  #number = new Float64Array(1);

  /** @param {string} path @param {"r+" | "w+"} flags "w+" makes the file */
  constructor(path, flags = "r+") {
    this.#file = openSync(path, flags);
    if (flags === "w+") {
      this.#write(ARMED, 0);
      this.#write(STRUCK, 0);
    }
  }

  /** The next request will be in flight when its worker dies. */
  arm() {
    this.#order(THROW);
  }

  /** The next request will turn its worker round for ever. */
  armHang() {
    this.#order(HANG);
  }

  /** When the worker threw, or began to hang, on the clock of `now()`. @returns {number} */
  struckAt() {
    const at = this.#read(STRUCK);
    if (at === 0) throw new Error("the fault was ordered and did not happen: the answer is no recovery");
    return at;
  }

  /** In the worker, at each request: whether this one is never to be answered because the thread is about to die. */
  strikes() {
    const order = this.#read(ARMED);
    if (order === 0) return false;
    this.#write(ARMED, 0);
    if (order === HANG) {
      this.#write(STRUCK, now());
      for (;;);
    }
    setTimeout(() => {
      this.#write(STRUCK, now());
      throw new Error("an error that nobody catches");
    }, 1);
    return true;
  }

  close() {
    closeSync(this.#file);
  }

  #order(fault) {
    this.#write(STRUCK, 0);
    this.#write(ARMED, fault);
  }

  #read(at) {
    readSync(this.#file, this.#number, 0, 8, at);
    return this.#number[0];
  }

  #write(at, value) {
    this.#number[0] = value;
    writeSync(this.#file, this.#number, 0, 8, at);
  }
}

/** The answer of a request that its worker does not live to give. @returns {Promise<never>} */
export const neverAnswered = () => new Promise(() => {});
