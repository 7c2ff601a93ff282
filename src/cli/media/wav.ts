import { HoldfastError } from "../../errors.js";
import { resample } from "./resample.js";

/** A decoded file: one channel, -1 … 1. */
export interface Wav {
  /** Hertz, as in the file. */
  readonly rate: number;
  /** Channels of the file; `samples` is their mean. */
  readonly channels: number;
  readonly samples: Float32Array;
}

/** Whether a file says of itself that it is one. */
export function isWav(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(0, 4)) === "RIFF";
}

/**
 * The sound of a WAV file as models want it: mono, 16 kHz, float32.
 * @throws HoldfastError InvalidValue quoting what was found
 */
export function readWav(bytes: Uint8Array, rate = 16_000): Float32Array {
  const wav = parseWav(bytes);
  return resample(wav.samples, wav.rate, rate);
}

/**
 * Decodes a RIFF WAVE file: PCM of 8, 16, 24 or 32 bits, float of 32 or 64; plain or WAVE_FORMAT_EXTENSIBLE.
 *
 *   "RIFF" size "WAVE"  then chunks: name[4] size[4] body[size], padded to even
 *                       "fmt "  format, channels, rate, …, bits      must come before
 *                       "data"  frames of one sample per channel, little-endian
 *
 * @throws HoldfastError InvalidValue quoting what was found
 */
export function parseWav(bytes: Uint8Array): Wav {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const riff = nameAt(file, 0);
  const wave = nameAt(file, 8);
  if (riff !== "RIFF" || wave !== "WAVE") {
    throw bad(`it begins with "${riff}" and "${wave}" instead of "RIFF" and "WAVE" (convert: ffmpeg -i input out.wav)`);
  }
  let format: Format | undefined;
  for (let at = 12; at + 8 <= file.byteLength; ) {
    const name = nameAt(file, at);
    const size = file.getUint32(at + 4, true);
    const body = at + 8;
    // A recorder that was cut off, or wrote to a pipe, leaves a size that is too large: take what is there.
    const length = Math.min(size, file.byteLength - body);
    if (name === "fmt ") format = readFormat(new DataView(bytes.buffer, bytes.byteOffset + body, length));
    if (name === "data") {
      if (!format) throw bad(`its "data" comes before its "fmt "`);
      const samples = mix(new DataView(bytes.buffer, bytes.byteOffset + body, length), format);
      return { rate: format.rate, channels: format.channels, samples };
    }
    at = body + size + (size % 2);
  }
  throw bad(`it has no "${format ? "data" : "fmt "}" chunk in its ${file.byteLength} bytes`);
}

interface Format {
  readonly channels: number;
  readonly rate: number;
  readonly bytes: number;
  readonly sample: (view: DataView, at: number) => number;
}

const pcm = 1;
const float = 3;
const extensible = 0xfffe;

/** How one sample is read, by `format/bits`. 8-bit PCM is unsigned, all others are signed. */
const readers: Record<string, Format["sample"]> = {
  "1/8": (view, at) => (view.getUint8(at) - 128) / 128,
  "1/16": (view, at) => view.getInt16(at, true) / 0x8000,
  "1/24": (view, at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 0x10000) / 0x800000,
  "1/32": (view, at) => view.getInt32(at, true) / 0x80000000,
  "3/32": (view, at) => view.getFloat32(at, true),
  "3/64": (view, at) => view.getFloat64(at, true),
};

function readFormat(view: DataView): Format {
  if (view.byteLength < 16) throw bad(`its "fmt " chunk is ${view.byteLength} bytes, at least 16 are needed`);
  const tag = view.getUint16(0, true);
  // The extensible form keeps the real format in the first two bytes of a GUID.
  const format = tag === extensible && view.byteLength >= 26 ? view.getUint16(24, true) : tag;
  const channels = view.getUint16(2, true);
  const rate = view.getUint32(4, true);
  const bits = view.getUint16(14, true);
  const sample = readers[`${format}/${bits}`];
  if (!sample) {
    const name = format === pcm ? "PCM" : format === float ? "float" : `format 0x${format.toString(16)}`;
    throw bad(`it is ${name} of ${bits} bits: PCM of 8, 16, 24 or 32 bits and float of 32 or 64 can be read`);
  }
  if (channels < 1) throw bad("it has 0 channels");
  if (rate < 1000 || rate > 192_000) throw bad(`its rate is ${rate} Hz: 1000 to 192000 can be read`);
  return { channels, rate, bytes: bits / 8, sample };
}

/** The mean of the channels. A frame that was cut short is left out. */
function mix(view: DataView, { channels, bytes, sample }: Format): Float32Array {
  const frames = Math.floor(view.byteLength / (bytes * channels));
  const mono = new Float32Array(frames);
  for (let frame = 0, at = 0; frame < frames; frame++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++, at += bytes) sum += sample(view, at);
    mono[frame] = sum / channels;
  }
  return mono;
}

function nameAt(view: DataView, at: number): string {
  let name = "";
  for (let i = at; i < at + 4 && i < view.byteLength; i++) {
    const code = view.getUint8(i);
    name += code >= 32 && code < 127 ? String.fromCharCode(code) : "?";
  }
  return name;
}

function bad(what: string): HoldfastError {
  return new HoldfastError("InvalidValue", `not a WAV file that can be read: ${what}`);
}
