import { element } from "./element.js";
import { StatusLine } from "./status-line.js";

export interface DialogText {
  readonly title: string;
  readonly text: string;
  /** The button that does it. */
  readonly act: string;
  /** Something to choose before it is done: what is chosen is handed on. */
  readonly choice?: {
    readonly label: string;
    readonly options: readonly (readonly [string, string])[];
    readonly chosen: string;
  };
  /** Named when a password is to be typed as well. */
  readonly password?: string;
  /** The password as it was typed before. */
  readonly remembered?: string;
  readonly dangerous?: boolean;
}

/**
 * Asks before something is done, and stays open with the reason when it fails. It may be left before it is done: what is under
 * way goes on.
 * @param act does it, with the password typed and what was chosen; what it throws is shown
 * @returns what `act` gave, or undefined when the dialog was left before
 */
export function askAndAct<T>(
  text: DialogText,
  act: (password: string, chosen: string) => Promise<T>,
): Promise<T | undefined> {
  const status = new StatusLine();
  const password = element("input", { type: "password", autocomplete: "off", required: true, spellcheck: "false" });
  password.value = text.remembered ?? "";
  const choice = element("select", {});
  for (const [value, label] of text.choice?.options ?? []) choice.append(new Option(label, value));
  if (text.choice) choice.value = text.choice.chosen;
  const chosen = text.choice ? [element("label", {}, text.choice.label, choice)] : [];
  const fields = text.password === undefined ? [] : [element("label", {}, text.password, password)];
  const doIt = element("button", { type: "submit", class: text.dangerous ? "danger" : "primary" }, text.act);
  const leave = element("button", { type: "button" }, "Cancel");
  const buttons = element("div", { class: "buttons" }, doIt, leave);
  const form = element("form", { method: "dialog" }, ...chosen, ...fields, status.node, buttons);
  const heading = element("h2", { id: "dialog-title" }, text.title);
  const dialog = element("dialog", { "aria-labelledby": heading.id }, heading, element("p", {}, text.text), form);
  document.getElementById("dialogs")!.append(dialog);

  return new Promise((resolve) => {
    let result: T | undefined;
    leave.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(result);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      doIt.disabled = true;
      // Nothing is taken back any more.
      leave.textContent = "Leave";
      status.say("One moment…");
      act(password.value, choice.value).then(
        (value) => {
          result = value;
          dialog.close();
        },
        (error: unknown) => {
          doIt.disabled = false;
          leave.textContent = "Cancel";
          status.problem(error);
          password.select();
        },
      );
    });
    dialog.showModal();
    (fields.length > 0 && password.value === "" ? password : doIt).focus();
  });
}
