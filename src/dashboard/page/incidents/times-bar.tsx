import type { DeathTimes } from "../../../system/death/report.js";
import { durationText } from "../kit/number-text.js";
import { steps } from "./report-text.js";

/** Where the milliseconds went, as lengths; `TimesList` says them in numbers. */
export function TimesBar({ times }: { readonly times: DeathTimes }) {
  const parts = steps.map(([step, name]) => ({ name, ms: times[step] ?? 0 })).filter(({ ms }) => ms > 0);
  const all = parts.reduce((sum, { ms }) => sum + ms, 0);
  return (
    <span class="times-bar" aria-hidden="true">
      {parts.map(({ name, ms }) => (
        <span key={name} data-step={name} style={{ flexGrow: String(ms / all) }} />
      ))}
    </span>
  );
}

/** The five times in numbers. */
export function TimesList({ times }: { readonly times: DeathTimes }) {
  return (
    <dl class="times">
      {steps.map(([step, name, title]) => {
        const ms = times[step];
        return (
          <div key={name} title={title} class={ms === undefined ? "none" : ""}>
            <dt data-step={name}>{name}</dt>
            <dd>{ms === undefined ? "–" : durationText(ms)}</dd>
          </div>
        );
      })}
    </dl>
  );
}
