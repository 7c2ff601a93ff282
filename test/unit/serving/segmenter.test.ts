import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  noChunks,
  type Segment,
  segmentChunk,
  segmentEnd,
  segmentRules,
  segmentsOf,
} from "../../../src/serving/models/segmenter.js";

/** "··##": one chunk each, above the threshold or below. */
const drawn = (drawing: string) => [...drawing].map((mark) => (mark === "#" ? 0.9 : 0.1));
const inChunks = (segments: Segment[]) =>
  segments.map(({ start, end }) => [start / 0.032, end / 0.032].map(Math.round));
const three = { minSpeech: "96ms", minSilence: "96ms" } as const;

describe("segments of a recording", () => {
  test.each([
    ["nothing is said", "······", []],
    ["a segment has both its ends", "··#####···", [[2, 7]]],
    ["speech that is too short is none", "··##·······", []],
    ["a pause that is too short ends nothing", "####··####···", [[0, 10]]],
    [
      "a pause that is long enough does",
      "####···####···",
      [
        [0, 4],
        [7, 11],
      ],
    ],
    ["a short sound does not interrupt a pause", "####·#·····", [[0, 4]]],
    [
      "a short sound at the end of a pause may be the next segment",
      "####··#·####··",
      [
        [0, 4],
        [8, 12],
      ],
    ],
    ["the end of the recording ends the segment", "··####", [[2, 6]]],
    ["a pause at the end of the recording is not part of the segment", "··####·", [[2, 6]]],
    ["nor is a sound that had no time to become speech", "··####·##", [[2, 6]]],
  ])("%s", (_, drawing, expected) => {
    expect(inChunks(segmentsOf(drawn(drawing), three))).toEqual(expected);
  });

  test("are the runs of speech of the definition, whatever the recording", () => {
    const marks = fc.array(fc.boolean(), { maxLength: 80 });
    fc.assert(
      fc.property(marks, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), (loud, speech, silence) => {
        const options = { minSpeech: speech * 32, minSilence: silence * 32 };
        const found = segmentsOf(loud.map(Number), options);
        expect(inChunks(found)).toEqual(defined(loud, speech, silence));
      }),
      { numRuns: 2000 },
    );
  });
});

/** The definition, over the whole recording at once: runs of at least `speech`, joined over less than `silence`. */
function defined(loud: boolean[], speech: number, silence: number): number[][] {
  const runs: number[][] = [];
  for (let at = 0; at < loud.length; ) {
    let end = at;
    while (loud[end]) end++;
    if (end - at >= speech) runs.push([at, end]);
    at = end + 1;
  }
  const joined: number[][] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    if (last && run[0]! - last[1]! < silence) last[1] = run[1]!;
    else joined.push([...run]);
  }
  return joined;
}

test("a start is told when it is certain, and an end too", () => {
  const rules = segmentRules(three);
  let state = noChunks;
  const told = drawn("··####···").map((probability) => {
    const next = segmentChunk(rules, state, probability);
    state = next.state;
    return next.edge;
  });
  expect(told).toEqual([{}, {}, {}, {}, { start: 0.064 }, {}, {}, {}, { end: 0.192 }]);
  expect(segmentEnd(state)).toEqual({});
});

test("the threshold itself is speech", () => {
  expect(segmentsOf([0.5, 0.5, 0.5, 0.5], { threshold: 0.5 })).toHaveLength(1);
  expect(segmentsOf([0.5, 0.5, 0.5, 0.5], { threshold: 0.51 })).toHaveLength(0);
});

test("options are checked, and rounded up to whole chunks", () => {
  expect(segmentRules()).toEqual({ threshold: 0.5, minSpeech: 4, minSilence: 4 });
  expect(segmentRules({ minSpeech: 0, minSilence: "1s" })).toMatchObject({ minSpeech: 1, minSilence: 32 });
  const wrong = expect.objectContaining({ code: "InvalidSpec" });
  for (const threshold of [0, 1, -1, Number.NaN]) expect(() => segmentRules({ threshold })).toThrow(wrong);
  expect(() => segmentRules({ minSpeech: -1 })).toThrow(wrong);
  expect(() => segmentRules({ minSilence: Number.POSITIVE_INFINITY })).toThrow(wrong);
});
