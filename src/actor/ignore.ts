/**
 * Return it from `start()`: this actor has nothing to do here, and that is no failure (OTP's `ignore`). Its host is let
 * go, no budget is charged, its mail is refused, and it stays down until somebody restarts it by hand. A member of a pool
 * and a key of a keyed group have to serve: for them it is a failed start.
 *
 * Two copies of the package agree on it.
 * @example
 * import { Actor, ignore } from "holdfast";
 *
 * class Printer extends Actor<{ port?: string }> {
 *   start() {
 *     if (this.props.port === undefined) return ignore;
 *     return undefined;
 *   }
 * }
 */
export const ignore: unique symbol = Symbol.for("holdfast.ignore");
