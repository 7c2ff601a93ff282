import { Chunker } from "./chunker.js";

/** An hour of 16 kHz mono in 16 bits is 115 MB; decoded it is twice that. */
const largest = 128 * 1024 * 1024;

/**
 * The sound of a file (whatever the browser can decode), mono at `rate` Hz, in chunks of `chunk` samples; the last one
 * is filled up with silence.
 * @throws Error in words for the user
 */
export async function audioChunks(
  file: Blob,
  { rate, chunk }: { rate: number; chunk: number },
): Promise<Float32Array[]> {
  if (file.size > largest)
    throw new Error(`The file has ${megabytes(file.size)} MB, over ${megabytes(largest)}: cut it.`);
  const context = new OfflineAudioContext(1, 1, rate);
  let sound: AudioBuffer;
  try {
    // Decoding resamples to the rate of its context.
    sound = await context.decodeAudioData(await file.arrayBuffer());
  } catch (cause) {
    throw new Error("The browser finds no sound in this file: give a WAV, MP3, Ogg or FLAC file.", { cause });
  }
  const chunker = new Chunker(chunk);
  const chunks = chunker.take(mono(sound));
  const rest = chunker.rest();
  return rest ? [...chunks, rest] : chunks;
}

function mono(sound: AudioBuffer): Float32Array {
  const channels = Array.from({ length: sound.numberOfChannels }, (_, index) => sound.getChannelData(index));
  if (channels.length === 1) return channels[0]!;
  const mixed = new Float32Array(sound.length);
  for (const channel of channels) {
    for (let at = 0; at < mixed.length; at++) mixed[at]! += channel[at]! / channels.length;
  }
  return mixed;
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}
