/* What every contender's worker does: next to nothing, so that what is measured is the way there and back. */

export function empty() {}

/** @param {{ inputs: object[] }} request a request of 1 kB, answered with as much */
export function json(request) {
  return { ...request, done: request.inputs.length };
}

/** @param {Float32Array} values */
export function floats(values) {
  return values[0] + values[values.length - 1];
}
