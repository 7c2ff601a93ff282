import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { isHoldfastError } from "../../../../src/errors.js";
import { type Manifest, manifestText, parseManifest } from "../../../../src/state/backup/manifest.js";

const sum = (text: string) => createHash("sha256").update(text).digest("hex");
const manifest: Manifest = {
  number: 42,
  at: Date.parse("2026-05-01T12:00:00.123Z"),
  partBytes: 4,
  keys: ["2026-05"],
  files: [{ name: "journal-1.log", bytes: 6, sha256: sum("abcdef"), parts: [sum("abcd"), sum("ef")] }],
};

/** A manifest with any content, whose checksum is right. */
function written(json: unknown, format = 1): string {
  const text = `holdfast backup ${format}\n${JSON.stringify(json)}\n`;
  return `${text}sha256 ${sum(text)}\n`;
}

it("a manifest is read as it was written", () => {
  expect(parseManifest(manifestText(manifest), "m")).toEqual(manifest);
});

it("every flipped bit, and every missing end, of a manifest is found", () => {
  const text = manifestText(manifest);
  for (let at = 0; at < text.length; at++) {
    for (let bit = 0; bit < 7; bit++) {
      const changed = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << bit)) + text.slice(at + 1);
      const error = refusalOf(changed);
      expect(isHoldfastError(error, "StoreDamaged"), `${at}.${bit}`).toBe(true);
    }
    expect(isHoldfastError(refusalOf(text.slice(0, at)), "StoreDamaged")).toBe(true);
  }
  expect(isHoldfastError(refusalOf(`${text}\n`), "StoreDamaged")).toBe(true);
});

it("a newer format is told as that", () => {
  expect(() => parseManifest(written({}, 2), "backup-2.json")).toThrow(
    "backup-2.json is of format 2, this holdfast reads 1: use the one that wrote it",
  );
});

it("a manifest of another shape is refused though its checksum is right: its names become paths", () => {
  const file = { name: "journal-1.log", bytes: 6, sha256: sum(""), parts: [sum("a"), sum("b")] };
  const good = { number: 1, at: "2026-05-01T12:00:00.000Z", partBytes: 4, keys: [], files: [file] };
  expect(parseManifest(written(good), "m").number).toBe(1);
  const bad: object[] = [
    { ...good, number: -1 },
    { ...good, at: "yesterday" },
    { ...good, partBytes: 0 },
    { ...good, keys: [7] },
    { ...good, files: "all" },
    { ...good, files: [file, file] },
    ...["../etc/passwd", "a/b", "", ".hidden", "a\\b", 7].map((name) => ({ ...good, files: [{ ...file, name }] })),
    { ...good, files: [{ ...file, parts: [sum("a")] }] },
    { ...good, files: [{ ...file, parts: [sum("a"), "../../x"] }] },
    { ...good, files: [{ ...file, bytes: 1e300 }] },
    { ...good, files: [null] },
  ];
  for (const json of [...bad, null, [], 7]) {
    expect(() => parseManifest(written(json), "m"), JSON.stringify(json)).toThrow(/another shape/);
  }
});

function refusalOf(text: string): unknown {
  try {
    return parseManifest(text, "m");
  } catch (error) {
    return error;
  }
}
