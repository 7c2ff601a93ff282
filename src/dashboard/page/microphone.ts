/** A running microphone. */
export interface Microphone {
  stop(): void;
}

/**
 * Opens the microphone and hands on what it hears, mono at `rate` Hz in chunks of `chunk` samples, without the
 * browser's own idea of what is noise: a detector of speech wants to hear all of it.
 * @param onEnded the device went away
 * @throws Error in words for the user
 */
export async function openMicrophone(
  { rate, chunk }: { rate: number; chunk: number },
  onChunk: (chunk: Float32Array) => void,
  onEnded: () => void,
): Promise<Microphone> {
  if (!navigator.mediaDevices) {
    throw new Error("Browsers give a page the microphone only over https or on localhost: open the page there.");
  }
  const media = await navigator.mediaDevices.getUserMedia({ audio: plain }).catch((error: unknown) => {
    throw refusal(error);
  });
  const context = new AudioContext({ sampleRate: rate });
  const stop = () => {
    for (const track of media.getTracks()) track.stop();
    if (context.state !== "closed") void context.close();
  };
  try {
    await context.audioWorklet.addModule(new URL("capture.js", document.baseURI).href);
    const capture = new AudioWorkletNode(context, "capture", {
      numberOfOutputs: 0,
      channelCount: 1,
      channelCountMode: "explicit",
      processorOptions: { chunk },
    });
    capture.port.onmessage = ({ data }) => onChunk(data as Float32Array);
    media.getAudioTracks()[0]!.addEventListener("ended", onEnded);
    sourceOf(context, media).connect(capture);
    await context.resume();
    return { stop };
  } catch (error) {
    stop();
    throw error;
  }
}

const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

function sourceOf(context: AudioContext, media: MediaStream): AudioNode {
  try {
    return context.createMediaStreamSource(media);
  } catch (cause) {
    const message = `This browser cannot change the microphone's rate to ${context.sampleRate} Hz: use another one, or a file.`;
    throw new Error(message, { cause });
  }
}

function refusal(error: unknown): Error {
  const { name, message } = error as DOMException;
  if (name === "NotAllowedError") {
    return new Error("The microphone was not allowed: allow it beside the address, then try again.", { cause: error });
  }
  if (name === "NotFoundError")
    return new Error("There is no microphone: plug one in, or use a file.", { cause: error });
  return new Error(`The microphone cannot be opened (${message}): is another program using it?`, { cause: error });
}
