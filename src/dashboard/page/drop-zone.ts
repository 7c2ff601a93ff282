import { element } from "./element.js";

/** Where a file is dropped, or chosen with the keyboard: the label of a real file input. */
export class DropZone {
  readonly node: HTMLElement;
  readonly #input: HTMLInputElement;

  /** @param text such as "Drop a WAV file here", to which ", or choose one" is added */
  constructor(text: string, accept: string, onFile: (file: File) => void) {
    this.#input = element("input", { type: "file", accept });
    this.node = element(
      "label",
      { class: "drop" },
      element("span", {}, `${text}, or `, element("u", {}, "choose one")),
      this.#input,
    );
    this.#input.addEventListener("change", () => {
      const file = this.#input.files?.[0];
      // The same file may be chosen again.
      this.#input.value = "";
      if (file) onFile(file);
    });
    this.node.addEventListener("dragover", (event) => {
      event.preventDefault();
      this.node.classList.add("over");
    });
    this.node.addEventListener("dragleave", () => this.node.classList.remove("over"));
    this.node.addEventListener("drop", (event) => {
      event.preventDefault();
      this.node.classList.remove("over");
      const file = event.dataTransfer?.files[0];
      if (file && !this.#input.disabled) onFile(file);
    });
  }

  set disabled(disabled: boolean) {
    this.#input.disabled = disabled;
    this.node.classList.toggle("disabled", disabled);
  }
}
