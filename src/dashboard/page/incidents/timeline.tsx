import type { DeathReport } from "../../../system/death/report.js";
import type { Activity } from "./activity.js";

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

/**
 * When things happened, as a picture: deaths above the line, everything else below it. The list beside it says the same to
 * readers and to the keyboard.
 */
export function Timeline({ reports, activity, now, spanMs, onOpen }: TimelineProps) {
  const x = (at: number) => WIDTH * (1 - (now - at) / spanMs);
  const inSpan = ({ at }: { readonly at: number }) => at >= now - spanMs;
  return (
    <svg class="timeline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <line x1="0" x2={WIDTH} y1="30" y2="30" class="axis" />
      {[0.25, 0.5, 0.75].map((part) => (
        <line key={part} x1={WIDTH * part} x2={WIDTH * part} y1="26" y2="34" class="axis" />
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
  );
}
