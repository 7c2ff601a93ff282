/** The style of the file, the whole of it: light and dark, screen and paper. */
export const incidentStyle = `
:root {
  color-scheme: light dark;
  --ground: #fbfaf7; --sheet: #ffffff; --ink: #1d2321; --soft: #59625e; --line: #d9d8d1;
  --bad: #b3261e; --warn: #8a5a00; --good: #1f6b45; --note: #3f5d8a;
  --detect: #8a5a00; --decide: #59625e; --restart: #3f5d8a; --warm: #1f6b45; --redeliver: #7a4a86;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #131816; --sheet: #1b211f; --ink: #e6e9e6; --soft: #a3ada8; --line: #343c39;
    --bad: #ff8a80; --warn: #f0bd62; --good: #7fd0a4; --note: #9dbdec;
    --detect: #f0bd62; --decide: #a3ada8; --restart: #9dbdec; --warm: #7fd0a4; --redeliver: #d3a5df;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 1rem; font-weight: 600; margin: 0; color: var(--soft); overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2.75rem 0 .9rem; }
h3 { font-size: 1rem; margin: 0 0 .35rem; overflow-wrap: anywhere; }
p { margin: .35rem 0; overflow-wrap: anywhere; }
.soft { color: var(--soft); }
.verdict { font-size: 1.6rem; line-height: 1.3; font-weight: 600; margin: 1rem 0 .5rem; max-width: 46rem; text-wrap: pretty; }
.figures { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; margin: 1.75rem 0 0; padding: 1.1rem 0; border-block: 1px solid var(--line); }
.figures div { display: flex; flex-direction: column-reverse; }
.figures dt { color: var(--soft); font-size: .85rem; }
.figures dd { margin: 0; font-size: 1.5rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.finding { background: var(--sheet); border: 1px solid var(--line); border-inline-start: .3rem solid var(--note); border-radius: .4rem; padding: .9rem 1.1rem; margin: 0 0 .8rem; }
.finding.critical { border-inline-start-color: var(--bad); }
.finding.warning { border-inline-start-color: var(--warn); }
.finding ul { margin: .3rem 0 .5rem; padding-inline-start: 1.2rem; color: var(--soft); }
.finding li { overflow-wrap: anywhere; }
.mark { font-size: .8rem; font-weight: 600; color: var(--note); }
.critical .mark, .bad { color: var(--bad); }
.warning .mark { color: var(--warn); }
.path { font-family: ui-monospace, monospace; font-size: .9rem; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: start; padding: .4rem .9rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; color: var(--soft); font-size: .85rem; }
.number { text-align: end; white-space: nowrap; }
.when { white-space: nowrap; color: var(--soft); font-family: ui-monospace, monospace; font-size: .85rem; }
.text { overflow-wrap: anywhere; min-width: 8rem; }
figure { margin: 0 0 1rem; }
figcaption { color: var(--soft); font-size: .85rem; }
svg { display: block; width: 100%; }
svg text { fill: var(--ink); font: 13px ui-monospace, monospace; }
svg .tick { fill: var(--soft); font: 12px system-ui, sans-serif; }
.lane { fill: var(--line); } .missing { fill: var(--warn); } .down { fill: var(--bad); } .grid { stroke: var(--line); }
.detect { fill: var(--detect); } .decide { fill: var(--decide); } .restart { fill: var(--restart); }
.warm { fill: var(--warm); } .redeliver { fill: var(--redeliver); }
.key { display: inline-block; width: .8rem; height: .8rem; margin-inline-end: .4rem; vertical-align: -.08rem; }
@media (max-width: 40rem) { .verdict { font-size: 1.25rem; } .figures dd { font-size: 1.2rem; } main { padding-top: 1.5rem; }
  .when, .when + .text { display: block; border: 0; padding-block: .2rem 0; } .when + .text { border-bottom: 1px solid var(--line); padding-bottom: .5rem; } }
@media print {
  :root { color-scheme: light; --ground: #fff; --sheet: #fff; --ink: #000; --soft: #444; --line: #bbb;
    --bad: #b3261e; --warn: #8a5a00; --good: #1f6b45; --note: #3f5d8a;
    --detect: #8a5a00; --decide: #59625e; --restart: #3f5d8a; --warm: #1f6b45; --redeliver: #7a4a86; }
  body { font-size: 11pt; } main { max-width: none; padding: 0; } h2 { break-after: avoid; }
  .finding, tr, figure { break-inside: avoid; } svg { print-color-adjust: exact; }
}
`;
