import { useLive } from "./kit/live.js";
import type { PageState, View } from "./page-state.js";

const names: readonly (readonly [View, string])[] = [
  ["live", "Live"],
  ["pools", "Pools"],
  ["models", "Models"],
  ["letters", "Dead letters"],
  ["audit", "Audit"],
];

/** The views of the page: links, so that each can be opened in a tab of its own and gone back from. */
export function Views({ state }: { readonly state: PageState }) {
  const view = useLive(state.view);
  return (
    <nav class="views" aria-label="Views">
      {names.map(([name, text]) => (
        <a key={name} href={`#${name}`} aria-current={name === view ? "page" : undefined}>
          {text}
        </a>
      ))}
    </nav>
  );
}

/** The view that an address names; undefined for a place within the page, such as the tree. */
export function viewOf(hash: string): View | undefined {
  const named = names.find(([name]) => hash === `#${name}`);
  return named?.[0] ?? (hash === "" ? "live" : undefined);
}
