import { element, setText } from "./element.js";
import { problemText } from "./problem.js";

/** One line that says how things go; screen readers speak it, and problems at once. */
export class StatusLine {
  readonly #said = element("p", { class: "said", role: "status" });
  readonly #problem = element("p", { class: "problem", role: "alert", hidden: true });
  readonly node = element("div", { class: "status" }, this.#said, this.#problem);

  say(text: string): void {
    setText(this.#said, text);
    this.#problem.hidden = true;
    setText(this.#problem, "");
  }

  /** @param context what was being done: "jfk.wav" */
  problem(thrown: unknown, context?: string): void {
    setText(this.#said, "");
    setText(this.#problem, context === undefined ? problemText(thrown) : `${context}: ${problemText(thrown)}`);
    this.#problem.hidden = false;
  }
}
