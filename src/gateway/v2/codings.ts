import { deflate as deflateZlib, gunzip, gzip, inflateRaw, inflate as inflateZlib } from "node:zlib";
import { HoldfastError } from "../../errors.js";
import { HttpProblem, tooLarge } from "./problem.js";

/** How a body is packed. */
export type Coding = "identity" | "gzip" | "deflate";

/** @throws HttpProblem 415 for one that is not understood, saying which are */
export function codingOf(header: string | undefined): Coding {
  const name = (header ?? "identity").trim().toLowerCase();
  if (name === "identity" || name === "") return "identity";
  if (name === "gzip" || name === "x-gzip") return "gzip";
  if (name === "deflate") return "deflate";
  throw new HttpProblem(415, `Content-Encoding is ${JSON.stringify(name.slice(0, 40))}: give gzip, deflate or none`, {
    "accept-encoding": "gzip, deflate",
  });
}

/**
 * Which coding an answer may have: the one with the higher weight, gzip of two as good; none where none is named, for packing
 * costs more than it saves on most networks.
 */
export function codingFor(accepted: string | undefined): Coding {
  let best: { coding: Coding; weight: number } = { coding: "identity", weight: 0 };
  for (const part of (accepted ?? "").toLowerCase().split(",")) {
    const [name = "", ...rest] = part.split(";").map((piece) => piece.trim());
    const quality = rest.find((piece) => piece.startsWith("q="));
    const weight = quality === undefined ? 1 : Number(quality.slice(2));
    const coding = name === "gzip" || name === "x-gzip" ? "gzip" : name === "deflate" ? "deflate" : undefined;
    if (coding === undefined || !(weight > 0)) continue;
    if (weight > best.weight || (weight === best.weight && coding === "gzip")) best = { coding, weight };
  }
  return best.coding;
}

/**
 * What was packed, in a thread of the pool. It stops at the bound: a bomb costs no more than a body of that size.
 * @throws HoldfastError InvalidValue for bytes that are not of that coding, PayloadTooLarge
 */
export function inflate(bytes: Uint8Array, coding: "gzip" | "deflate", maxBytes: number): Promise<Uint8Array> {
  const unpack = coding === "gzip" ? gunzip : isZlib(bytes) ? inflateZlib : inflateRaw;
  return new Promise((resolve, reject) => {
    unpack(bytes, { maxOutputLength: maxBytes }, (error, plain) => {
      if (!error) return resolve(plain);
      if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE")
        return reject(tooLarge("inflates to more", maxBytes));
      const told = `the body is no ${coding}, though Content-Encoding says so: ${error.message}`;
      reject(new HoldfastError("InvalidValue", told, { details: { path: "body" } }));
    });
  });
}

/** Packed in a thread of the pool, as fast as it goes. */
export function pack(bytes: Uint8Array, coding: "gzip" | "deflate"): Promise<Uint8Array> {
  const packer = coding === "gzip" ? gzip : deflateZlib;
  return new Promise((resolve, reject) => {
    packer(bytes, { level: 1 }, (error, packed) => (error ? reject(error) : resolve(packed)));
  });
}

/** HTTP's "deflate" has the head of zlib; some senders leave it out. */
function isZlib(bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes;
  return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
}
