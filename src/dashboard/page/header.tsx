import { treeSummary } from "../../observe/tree-rows.js";
import type { LinkStatus } from "./connection.js";
import { useLive } from "./kit/live.js";
import { countText, durationText } from "./kit/number-text.js";
import { chooseTheme, type Theme, theme } from "./kit/theme.js";
import type { PageState } from "./page-state.js";
import { problemText } from "./problem.js";
import { Views } from "./views.js";

const linkTexts: Record<LinkStatus["kind"], string> = {
  connecting: "Connecting…",
  connected: "Connected",
  lost: "Connection lost, trying again…",
  absent: "No server answers, trying again…",
  locked: "A token is needed",
};

const themes: readonly (readonly [Theme, string])[] = [
  ["auto", "Auto"],
  ["light", "Light"],
  ["dark", "Dark"],
];

/** The name, what runs, whether the server is there, and the colours. */
export function Header({ state }: { readonly state: PageState }) {
  const tree = useLive(state.tree);
  const link = useLive(state.link);
  const chosen = useLive(theme);
  return (
    <header class="top">
      <h1>
        <img src="icon.svg" alt="" width="26" height="26" />
        holdfast
      </h1>
      <Views state={state} />
      <p id="summary">{tree ? treeSummary(tree) : ""}</p>
      <Vitals state={state} />
      <p id="link" role="status" data-link={link.kind} title={"error" in link ? problemText(link.error) : ""}>
        {linkTexts[link.kind]}
      </p>
      <label class="theme">
        <span class="unseen">Colours</span>
        <select value={chosen} onChange={({ currentTarget }) => chooseTheme(currentTarget.value as Theme)}>
          {themes.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </label>
    </header>
  );
}

/** What the whole system does: a rate, a time, what nobody handled, since when. */
function Vitals({ state }: { readonly state: PageState }) {
  const counted = useLive(state.counted);
  const tree = useLive(state.tree);
  if (!counted || !tree) return null;
  const points = state.series.of(tree.path);
  const p99 = points?.latest("p99");
  const letters = Object.values(counted.deadLetters).reduce((sum, count) => sum + count, 0);
  return (
    <dl class="vitals">
      <Vital name="Rate">{`${countText(points?.latest("rate") ?? 0)}/s`}</Vital>
      <Vital name="p99">{p99 === undefined ? "–" : durationText(p99)}</Vital>
      <Vital name="Deaths">{countText(counted.reports)}</Vital>
      <Vital name="Dead letters">{countText(letters)}</Vital>
      <Vital name="Up">{durationText(counted.uptimeMs)}</Vital>
    </dl>
  );
}

function Vital({ name, children }: { readonly name: string; readonly children: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
