// Draws docs/pools.svg from docs/figures/pools.json.
//   npm run bench -- pools --json docs/figures/pools.json && node test/house/pools-plot.mjs
// test/house/pools-plot.test.ts holds that the picture shows the figures.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const WIDTH = 720;
const HEIGHT = 400;
const LEFT = 40;
const RIGHT = 700;

const TEAL = "#2f8f83";
const AMBER = "#c9822b";
const GREY = "#7a828e";

/** @param {Record<string, unknown>} figures what `npm run bench -- pools` wrote @returns {string} */
export function poolsPlot(figures) {
  const { plot, meta, trace_target_ms: target } = figures;
  const until = plot.at(-1).ms + (plot[1].ms - plot[0].ms);
  const x = (ms) => LEFT + ((RIGHT - LEFT) * ms) / until;
  const most = Math.max(...plot.flatMap(({ load, members, planned }) => [load, members, planned]));
  const longest = Math.max(target, ...plot.map(({ p99 }) => p99)) * 1.1;
  const size = scale(230, 180, Math.ceil(most));
  const wait = scale(345, 70, longest);
  const { cpu, cores, node } = meta;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12" fill="${GREY}" role="img" aria-label="Load, members and the slowest waits of a pool over time">`,
    `<text x="${LEFT}" y="20" font-weight="600">members, as ${figures.trace_requests.toLocaleString("en")} recorded requests come</text>`,
    legend(LEFT + 330, 20, [
      ["load", TEAL],
      ["members", AMBER],
      ["known beforehand", GREY],
    ]),
    ...axis(size, [0, Math.ceil(most / 2), Math.ceil(most)], (value) => String(value)),
    `<path d="${steps(plot, "load", x, size, until)} V${size(0)} H${LEFT} Z" fill="${TEAL}" fill-opacity="0.35"/>`,
    `<path d="${steps(plot, "planned", x, size, until)}" fill="none" stroke="${GREY}" stroke-dasharray="3 2"/>`,
    `<path d="${steps(plot, "members", x, size, until)}" fill="none" stroke="${AMBER}" stroke-width="1.5"/>`,
    `<text x="${LEFT}" y="262" font-weight="600">wait, p99 of each half second, ms</text>`,
    ...axis(wait, [0, target], (value) => String(value)),
    `<path d="${steps(plot, "p99", x, wait, until)} V${wait(0)} H${LEFT} Z" fill="${AMBER}" fill-opacity="0.5"/>`,
    `<line x1="${LEFT}" y1="${wait(target)}" x2="${RIGHT}" y2="${wait(target)}" stroke="${GREY}" stroke-dasharray="3 2"/>`,
    ...[0, 5, 10, 15, 20, 25, 30]
      .filter((second) => second * 1000 <= until)
      .map((second) => `<text x="${x(second * 1000).toFixed(1)}" y="362" text-anchor="middle">${second} s</text>`),
    `<text x="${LEFT}" y="${HEIGHT - 12}">${cpu}, ${cores} cores, node ${node}; npm run bench -- pools</text>`,
    "</svg>",
    "",
  ].join("\n");
}

/** From a value to its height in the picture. */
function scale(base, height, most) {
  return (value) => Number((base - (height * value) / most).toFixed(1));
}

function axis(y, values, shown) {
  return values.flatMap((value) => [
    `<text x="${LEFT - 8}" y="${y(value) + 4}" text-anchor="end">${shown(value)}</text>`,
    `<line x1="${LEFT}" y1="${y(value)}" x2="${RIGHT}" y2="${y(value)}" stroke="${GREY}" stroke-opacity="0.3"/>`,
  ]);
}

/** Each slice's value, from its beginning to its end. */
function steps(plot, key, x, y, until) {
  const drawn = plot.map((slice, i) => {
    const end = plot[i + 1]?.ms ?? until;
    return `${i === 0 ? "M" : "L"}${x(slice.ms).toFixed(1)} ${y(slice[key])} H${x(end).toFixed(1)}`;
  });
  return drawn.join(" ");
}

function legend(left, y, names) {
  let x = left;
  return names
    .map(([name, colour]) => {
      const drawn = `<rect x="${x}" y="${y - 9}" width="10" height="10" fill="${colour}"/><text x="${x + 14}" y="${y}">${name}</text>`;
      x += 30 + name.length * 7;
      return drawn;
    })
    .join("");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync("docs/pools.svg", poolsPlot(JSON.parse(readFileSync("docs/figures/pools.json", "utf8"))));
}
