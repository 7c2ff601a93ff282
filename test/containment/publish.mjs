import { writeFileSync } from "node:fs";
import { arch, platform } from "node:os";
import { buildAddon } from "../addons/build.mjs";
import { markdown } from "./markdown.mjs";
import { judge, matrix } from "./matrix.mjs";
import { levels, observe } from "./observe.mjs";

/* Measures the whole matrix on this machine and writes docs/containment.json and docs/containment.md. */

const docs = new URL("../../docs/", import.meta.url);
const addon = buildAddon("null-write");
if (!addon) throw new Error("no C compiler (cc): native-null-write cannot be measured, so nothing is published");
const cells = [];
for (const fault of Object.keys(matrix)) {
  for (const level of levels) {
    const seen = await observe(fault, level, fault === "native-null-write" ? addon.file : undefined);
    cells.push({ fault, level, ...judge(seen, matrix[fault][level]) });
    console.log(JSON.stringify(cells.at(-1)));
  }
}
addon.remove();
const measured = { node: process.version, platform: platform(), arch: arch(), cells };
writeFileSync(new URL("containment.json", docs), `${JSON.stringify(measured, null, 2)}\n`);
writeFileSync(new URL("containment.md", docs), markdown(measured));
