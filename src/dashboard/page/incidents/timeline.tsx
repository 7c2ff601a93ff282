import type { DeathReport } from "../../../system/death/report.js";
import type { Activity } from "./activity.js";
import { timeTicks } from "./time-ticks.js";

interface TimelineProps {
  readonly reports: readonly DeathReport[];
  readonly activity: readonly Activity[];
  /** Milliseconds since 1970: the right edge. */
  readonly now: number;
  readonly spanMs: number;
  onOpen(id: number): void;
}

const WIDTH = 1000;
const HEIGHT = 44;
const clock = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/**
 * When things happened, as a picture: deaths above the line, everything else below it, and below that what time it was, by the
 * reader's clock. The list beside it says the same to readers and to the keyboard.
 */
export function Timeline({ reports, activity, now, spanMs, onOpen }: TimelineProps) {
  const x = (at: number) => WIDTH * (1 - (now - at) / spanMs);
  const ticks = timeTicks(now, spanMs, -new Date(now).getTimezoneOffset() * 60_000);
  const inSpan = ({ at }: { readonly at: number }) => at >= now - spanMs;
  return (
    <div class="timeline" aria-hidden="true">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <line x1="0" x2={WIDTH} y1="30" y2="30" class="axis" />
        {ticks.map(({ at, part }) => (
          <line key={at} x1={WIDTH * part} x2={WIDTH * part} y1="26" y2="34" class="axis" />
        ))}
        {activity.filter(inSpan).map(({ id, at, type }) => (
          <rect key={id} x={x(at) - 1.5} y="31" width="3" height="9" data-type={type} class="happened" />
        ))}
        {reports.filter(inSpan).map(({ id, at, decision }) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: the list offers the same to the keyboard
          <rect
            key={id}
            x={x(at) - 2.5}
            y="6"
            width="5"
            height="24"
            rx="1.5"
            data-decision={decision}
            class="death"
            onClick={() => onOpen(id)}
          />
        ))}
      </svg>
      <div class="times-of-day">
        {ticks.map(({ at, part }) => (
          <time key={at} dateTime={new Date(at).toISOString()} style={{ left: `${part * 100}%` }}>
            {clock.format(at)}
          </time>
        ))}
        <span class="right-edge">now</span>
      </div>
    </div>
  );
}
