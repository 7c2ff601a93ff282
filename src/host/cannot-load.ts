import { HoldfastError, isHoldfastError } from "../errors.js";

/**
 * A module that could not be imported, by name: V8's own message of a syntax error says neither file nor line, and the
 * error of a module that threw says its place in the stack only.
 */
export function cannotLoad(module: string, error: Error): HoldfastError {
  // One module that stands for another has named that one.
  if (isHoldfastError(error) && error.details.cannotLoad !== undefined) return error;
  const place = /file:\/\/[^\s()]+?:\d+(?::\d+)?/.exec(error.stack ?? "")?.[0];
  const where =
    place !== undefined && !place.includes("/node_modules/") && !error.message.includes(place)
      ? ` (at ${place})`
      : error.name === "SyntaxError"
        ? " (in it or in a module that it imports)"
        : "";
  return new HoldfastError("StartFailed", `cannot load ${module}: ${error.name}: ${error.message}${where}`, {
    cause: error,
    details: { cannotLoad: module },
  });
}
