import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ActorContext, construct } from "../../../src/actor/actor-context.js";
import type { Segment, SpeechChunk } from "../../../src/serving/models/models.js";
import { Speech } from "../../../src/serving/models/speech.js";
import type { LoadedModel } from "../../../src/serving/runtimes/onnx.js";
import { clipChunks, clipSegments } from "./clip.js";
import { noNative } from "./native.js";

const chunks = clipChunks();

function contextOf(shared: LoadedModel, props: object = {}): ActorContext {
  return {
    props,
    shared,
    self: { path: "ears", key: "mic", incarnation: 0 },
    after: () => ({ cancel() {} }),
    signal: () => new AbortController().signal,
  };
}

async function pushAll(speech: Speech, from = 0, to = chunks.length): Promise<SpeechChunk[]> {
  const answers: SpeechChunk[] = [];
  for (let i = from; i < to; i++) answers.push(await speech.push(chunks[i]!));
  return answers;
}

function segmentsIn(answers: readonly SpeechChunk[]): Segment[] {
  const starts = answers.flatMap(({ start }) => start ?? []);
  const ends = answers.flatMap(({ end }) => end ?? []);
  expect(ends).toHaveLength(starts.length);
  return starts.map((start, i) => ({ start, end: ends[i]! }));
}

/** A sequence of chunk numbers that is the same on every run. */
function somewhere(count: number): number[] {
  let seed = 7;
  return Array.from({ length: count }, () => {
    seed = (seed * 48271) % 0x7fffffff;
    return 1 + (seed % (chunks.length - 1));
  });
}

describe.each(["wasm", "native"] as const)("Speech on %s", (runtime) => {
  const reason = runtime === "native" ? noNative : undefined;
  let model: LoadedModel;
  let whole: SpeechChunk[];
  const fresh = () => construct(Speech, contextOf(model));

  beforeAll(async () => {
    if (reason) return;
    model = await Speech.load({ runtime });
    whole = await pushAll(fresh());
  });
  afterAll(() => model && Speech.unload(model));

  const it = (name: string, run: () => Promise<void>) =>
    test(name, async ({ skip }) => {
      skip(reason !== undefined, reason);
      await run();
    });

  it("finds the five segments of the clip", async () => {
    const found = segmentsIn(whole);
    expect(found).toHaveLength(clipSegments.length);
    for (const [i, [start, end]] of clipSegments.entries()) {
      expect(Math.abs(found[i]!.start - start)).toBeLessThan(0.05);
      expect(Math.abs(found[i]!.end - end)).toBeLessThan(0.05);
    }
    expect(whole.map(({ index }) => index)).toEqual(chunks.map((_, i) => i));
    expect(whole[100]!.seconds).toBeCloseTo(3.2);
  });

  it("goes on bit for bit in another actor, from a snapshot at any chunk", async () => {
    for (const at of somewhere(8)) {
      const first = fresh();
      const before = await pushAll(first, 0, at);
      const packed = structuredClone(first.snapshot());
      const second = fresh();
      second.restore(packed);
      expect([...before, ...(await pushAll(second, at))]).toEqual(whole);
      expect(first.snapshot()).toEqual(packed); // a snapshot shares nothing with whoever goes on from it
    }
  });

  it("goes on when it was restored after every single chunk", async () => {
    let speech = fresh();
    const answers: SpeechChunk[] = [];
    for (const chunk of chunks) {
      answers.push(await speech.push(chunk));
      const next = fresh();
      next.restore(structuredClone(speech.snapshot()));
      speech = next;
    }
    expect(answers).toEqual(whole);
  });

  it("is visibly wrong when its state is lost: the snapshot is what makes the tests above pass", async () => {
    const share = (answers: SpeechChunk[]) =>
      answers.filter(({ probability }) => probability >= 0.5).length / answers.length;
    const forgetful: SpeechChunk[] = [];
    for (const chunk of chunks) forgetful.push(await fresh().push(chunk));
    expect(share(whole)).toBeGreaterThan(0.6);
    expect(share(forgetful)).toBeLessThan(0.3);
  });

  it("keeps streams apart that share the model", async () => {
    const streams = [fresh(), fresh(), fresh()];
    const answers = await Promise.all(streams.map((speech) => pushAll(speech, 0, 120)));
    for (const answer of answers) expect(answer).toEqual(whole.slice(0, 120));
  });

  it("refuses a chunk that is none, and goes on as if it had not come", async () => {
    const speech = fresh();
    await pushAll(speech, 0, 50);
    const bad = async (chunk: unknown, message: string) => {
      const pushed = speech.push(chunk as Float32Array);
      const details = { reason: "bad-chunk" };
      await expect(pushed).rejects.toMatchObject({
        code: "Refused",
        details,
        message: expect.stringContaining(message),
      });
    };
    await bad(new Float32Array(511), "this one has 511");
    await bad(new Float32Array(0), "this one has 0");
    await bad(new Int16Array(512), "not Int16Array");
    await bad(
      Array.from({ length: 512 }, () => 0),
      "not Array",
    );
    await bad(undefined, "not undefined");
    await bad(new Float32Array(512).fill(Number.NaN, 17, 18), "sample 17 is NaN");
    await bad(new Float32Array(512).fill(Number.POSITIVE_INFINITY), "sample 0 is Infinity");
    await bad(new Float32Array(512).fill(12000), "divided by 32768");
    expect(await pushAll(speech, 50)).toEqual(whole.slice(50));
  });

  it("closes the open segment at the end of the stream and begins again from nothing", async () => {
    const speech = fresh();
    await pushAll(speech, 0, 40);
    expect(speech.finish()).toEqual({ chunks: 40, seconds: 1.28, end: 1.28 });
    expect(speech.finish()).toEqual({ chunks: 0, seconds: 0 });
    expect(await pushAll(speech, 0, 60)).toEqual(whole.slice(0, 60));
  });

  it("counts chunks past what a float32 can count", async () => {
    const speech = fresh();
    const packed = speech.snapshot();
    packed[2] = 100; // 100 * 2^20 chunks: 38 days
    speech.restore(packed);
    const index = 100 * 2 ** 20;
    expect((await speech.push(chunks[0]!)).index).toBe(index);
    const next = fresh();
    next.restore(speech.snapshot());
    expect((await next.push(chunks[1]!)).index).toBe(index + 1);
  });

  it("does not restore what is not a snapshot of its own", async () => {
    const speech = fresh();
    const wrong = (packed: unknown) => () => speech.restore(packed as Float32Array);
    const failed = expect.objectContaining({ code: "StartFailed", retryable: false });
    expect(wrong(new Float32Array(10))).toThrow(failed);
    expect(wrong(speech.snapshot().fill(9, 0, 1))).toThrow(failed);
    expect(wrong(undefined)).toThrow(failed);
  });
});

test("both runtimes hear the same within 1e-5", async ({ skip }) => {
  skip(noNative !== undefined, noNative);
  const heard = [];
  for (const runtime of ["wasm", "native"] as const) {
    const model = await Speech.load({ runtime });
    heard.push((await pushAll(construct(Speech, contextOf(model)))).map(({ probability }) => probability));
    await Speech.unload(model);
  }
  for (const [i, probability] of heard[0]!.entries()) {
    expect(Math.abs(probability - heard[1]![i]!)).toBeLessThan(1e-5);
  }
});

test("a wrong option or another kind of model fails the start", async () => {
  await expect(Speech.load({ threshold: 50 })).rejects.toMatchObject({ code: "InvalidSpec" });
  const { classifier } = await import("./native.js");
  const other = Speech.load({ model: classifier, runtime: "wasm" });
  await expect(other).rejects.toMatchObject({ code: "StartFailed", message: expect.stringContaining("no input") });
});
