import { Next } from "./actor.mjs";

export class LimitedNext extends Next {
  static methods = { next: { idempotent: true, limit: "100ms" } };
}
