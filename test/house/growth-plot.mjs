// Draws docs/growth.svg from docs/figures/growth.json.
//   npm run bench -- growth --json docs/figures/growth.json && node test/house/growth-plot.mjs
// test/house/growth-plot.test.ts holds that the picture shows the figures.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const WIDTH = 720;
const HEIGHT = 300;
const BASE = 240;
const TOP = 60;

/** @param {Record<string, unknown>} figures what `npm run bench -- growth --json` wrote @returns {string} */
export function growthPlot(figures) {
  const actors = bars(figures, /^tell_per_s_(\d+)_actors$/);
  const workers = bars(figures, /^ask_per_s_(\d+)_workers$/);
  const { cpu, cores, node } = figures.meta;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12" fill="#7a828e" role="img" aria-label="Messages a second by the number of actors and of worker threads">`,
    ...panel("tells a second, by actors in one thread", actors, 20, 260),
    ...panel("asks a second, by worker threads", workers, 320, 380),
    `<text x="20" y="${HEIGHT - 8}">${cpu}, ${cores} cores, node ${node}; npm run bench -- growth</text>`,
    "</svg>",
    "",
  ].join("\n");
}

function bars(figures, name) {
  return Object.entries(figures).flatMap(([key, value]) => {
    const size = name.exec(key)?.[1];
    return size === undefined ? [] : [{ size: Number(size), value }];
  });
}

function panel(title, all, left, width) {
  const most = Math.max(...all.map(({ value }) => value));
  const step = width / all.length;
  const drawn = all.map(({ size, value }, i) => {
    const height = Math.max(1, (value / most) * (BASE - TOP));
    const x = left + i * step + step * 0.15;
    const middle = x + step * 0.35;
    return [
      `<rect x="${x.toFixed(1)}" y="${(BASE - height).toFixed(1)}" width="${(step * 0.7).toFixed(1)}" height="${height.toFixed(1)}" fill="#2f8f83"/>`,
      `<text x="${middle.toFixed(1)}" y="${(BASE - height - 6).toFixed(1)}" text-anchor="middle">${shown(value)}</text>`,
      `<text x="${middle.toFixed(1)}" y="${BASE + 18}" text-anchor="middle">${size.toLocaleString("en")}</text>`,
    ].join("\n");
  });
  return [
    `<text x="${left}" y="24" font-weight="600">${title}</text>`,
    ...drawn,
    `<line x1="${left}" y1="${BASE}" x2="${left + width}" y2="${BASE}" stroke="#7a828e"/>`,
  ];
}

/** 1.2 M, 340 k. */
function shown(value) {
  return value >= 1e6 ? `${(value / 1e6).toFixed(1)} M` : `${Math.round(value / 1e3)} k`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync("docs/growth.svg", growthPlot(JSON.parse(readFileSync("docs/figures/growth.json", "utf8"))));
}
