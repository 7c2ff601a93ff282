import { countText, durationText } from "../kit/number-text.js";
import type { Measure, Points } from "../series/points.js";
import { Chart, type ChartLine } from "./chart.js";

interface ChartsProps {
  readonly points: Points | undefined;
  readonly looked: number;
}

const perSecond = (value: number) => `${countText(value)}/s`;

const charts: readonly {
  readonly title: string;
  readonly text: (value: number) => string;
  readonly lines: readonly ChartLine[];
}[] = [
  {
    title: "Messages",
    text: perSecond,
    lines: [
      { name: "settled", measure: "rate", colour: "--accent" },
      { name: "failed", measure: "failed", colour: "--bad" },
    ],
  },
  {
    title: "Latency",
    text: durationText,
    lines: [
      { name: "p50", measure: "p50", colour: "--accent" },
      { name: "p99", measure: "p99", colour: "--busy" },
    ],
  },
  {
    title: "Mailbox",
    text: countText,
    lines: [
      { name: "waiting", measure: "waiting", colour: "--accent" },
      { name: "executing", measure: "executing", colour: "--good" },
    ],
  },
  {
    title: "Members",
    text: countText,
    lines: [
      { name: "ready", measure: "ready", colour: "--accent" },
      { name: "all", measure: "members", colour: "--soft", dashed: true },
    ],
  },
];

/** What has been measured of the chosen node in the last minutes. */
export function Charts({ points, looked }: ChartsProps) {
  if (!points) return null;
  const known = charts.filter(({ lines }) => lines.some(({ measure }: { measure: Measure }) => points.knows(measure)));
  return (
    <div class="charts">
      {known.map((chart) => (
        <Chart key={chart.title} {...chart} points={points} looked={looked} />
      ))}
    </div>
  );
}
