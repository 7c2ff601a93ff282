import { Live } from "./live.js";

/** What the reader chose; "auto" follows the system. */
export type Theme = "auto" | "light" | "dark";

const key = "holdfast.theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

/** Nothing is kept before something is chosen. A browser that forbids storage has the switch for this visit. */
function remembered(): Theme {
  try {
    const kept = localStorage.getItem(key);
    return kept === "light" || kept === "dark" ? kept : "auto";
  } catch {
    return "auto";
  }
}

export const theme = new Live<Theme>(remembered());

/** Which colours are shown: charts are drawn in them. */
export const shownTheme = new Live<"light" | "dark">("light");

export function chooseTheme(chosen: Theme): void {
  try {
    if (chosen === "auto") localStorage.removeItem(key);
    else localStorage.setItem(key, chosen);
  } catch {
    // Kept for this visit only.
  }
  theme.set(chosen);
}

/** Colours the page from now on as chosen, or as the system changes. */
export function applyTheme(): void {
  const apply = () => {
    const shown = theme.value === "auto" ? (dark.matches ? "dark" : "light") : theme.value;
    document.documentElement.dataset.theme = shown;
    shownTheme.set(shown);
  };
  dark.addEventListener("change", apply);
  theme.subscribe(apply);
  apply();
}
