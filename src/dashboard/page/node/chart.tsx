import { useLayoutEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { useLive } from "../kit/live.js";
import { shownTheme } from "../kit/theme.js";
import type { Measure, Points } from "../series/points.js";

export interface ChartLine {
  readonly name: string;
  readonly measure: Measure;
  /** A custom property of the page's colours: "--accent". */
  readonly colour: string;
  /** Drawn over another line that may be equal to it: both are seen then. */
  readonly dashed?: true;
}

interface ChartProps {
  readonly title: string;
  readonly lines: readonly ChartLine[];
  readonly points: Points;
  readonly text: (value: number) => string;
  /** Changes with each look at the system. */
  readonly looked: number;
}

const HEIGHT = 104;

/** The last minutes of one or two measures; what they are now, or under the pointer, stands above them in words. */
export function Chart({ title, lines, points, text, looked }: ChartProps) {
  const theme = useLive(shownTheme);
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const [under, setUnder] = useState<number | undefined>(undefined);

  // Made anew for other lines and other colours; fed with each look.
  useLayoutEffect(() => {
    const { current } = place;
    if (!current) return;
    const made = new uPlot(optionsOf(current, lines, text, setUnder), dataOf(points, lines), current);
    plot.current = made;
    const fit = new ResizeObserver(() => made.setSize({ width: current.clientWidth, height: HEIGHT }));
    fit.observe(current);
    return () => {
      fit.disconnect();
      made.destroy();
      plot.current = undefined;
      // What lay under the pointer was a place of this plot.
      setUnder(undefined);
    };
  }, [theme, points, lines]);
  useLayoutEffect(() => plot.current?.setData(dataOf(points, lines)), [looked, points]);

  const told = lines.map((line) => {
    const value = under === undefined ? points.latest(line.measure) : points.column(line.measure)[under];
    return { ...line, text: value === undefined || value === null ? "–" : text(value) };
  });
  const label = `${title}: ${told.map(({ name, text: value }) => `${name} ${value}`).join(", ")}`;
  return (
    <figure class="chart">
      <figcaption>
        <span class="chart-title">{title}</span>
        {told.map(({ name, colour, dashed, text: value }) => (
          <span key={name} class="chart-value">
            <span class="swatch" data-dashed={dashed} style={{ color: `var(${colour})` }} />
            {name} <b>{value}</b>
          </span>
        ))}
      </figcaption>
      <div ref={place} class="plot" role="img" aria-label={label} />
    </figure>
  );
}

function dataOf(points: Points, lines: readonly ChartLine[]): uPlot.AlignedData {
  return [points.times(), ...lines.map(({ measure }) => points.column(measure))];
}

function optionsOf(
  node: HTMLElement,
  lines: readonly ChartLine[],
  text: (value: number) => string,
  onUnder: (index: number | undefined) => void,
): uPlot.Options {
  const style = getComputedStyle(node);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis = { stroke: colour("--soft"), font: "11px system-ui", ticks: { show: false }, gap: 4 };
  return {
    width: Math.max(80, node.clientWidth),
    height: HEIGHT,
    padding: [6, 4, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 }, sync: { key: "node" } },
    scales: { y: { range: (_, _low, high) => [0, Math.max(1, (high ?? 0) * 1.1)] } },
    axes: [
      { ...axis, size: 20, space: 90, grid: { show: false }, values: clockTimes },
      {
        ...axis,
        size: 46,
        space: 28,
        grid: { stroke: colour("--line"), width: 1 },
        values: (_, values) => values.map(text),
      },
    ],
    series: [
      {},
      ...lines.map((line) => ({
        stroke: colour(line.colour),
        fill: lines.length === 1 ? `${colour(line.colour)}22` : "",
        width: line.dashed ? 2.5 : 1.5,
        ...(line.dashed && { dash: [5, 7] }),
        points: { show: false },
      })),
    ],
    hooks: { setCursor: [({ cursor }) => onUnder(cursor.idx ?? undefined)] },
  };
}

function clockTimes(_: uPlot, seconds: readonly number[]): string[] {
  return seconds.map((at) => new Date(at * 1000).toLocaleTimeString([], { hour12: false }));
}
