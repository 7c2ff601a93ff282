import { empty, floats, json } from "./work.mjs";

const methods = new Map(Object.entries({ empty, json, floats }));

/** Piscina's task: one function, told what to do. */
export default function task({ method, input }) {
  return methods.get(method)(input);
}
