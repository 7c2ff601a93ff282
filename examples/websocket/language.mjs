import { Actor, refuse } from "holdfast";

/** Says which language a text is in: a model in plain JavaScript, from the package lande. */
export class Language extends Actor {
  // Asking twice does no harm: a message that was executing when its thread died is delivered again.
  static methods = { detect: { idempotent: true, limit: "2s" } };

  // Heavy and shared: once per thread.
  static async load() {
    const { default: lande } = await import("lande");
    return lande;
  }

  detect(text) {
    // A refusal is an answer: nothing restarts.
    if (typeof text !== "string" || text.length < 10) throw refuse("too-short", "give a text of 10 letters or more");
    const [language, probability] = this.shared(text)[0];
    return { language, probability: Math.round(probability * 1000) / 1000 };
  }
}
