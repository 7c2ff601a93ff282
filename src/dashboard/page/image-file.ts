/**
 * An image file on a canvas: whatever the browser can decode, made smaller if it is larger than `maxPixels`.
 * @throws Error in words for the user
 */
export async function imageCanvas(file: Blob, maxPixels: number): Promise<HTMLCanvasElement> {
  // As it is in the file: no colour profile is applied, and what is behind transparent ink is kept.
  const bitmap = await createImageBitmap(file, { colorSpaceConversion: "none", premultiplyAlpha: "none" }).catch(
    (cause: unknown) => {
      throw new Error("The browser finds no image in this file: give a PNG, JPEG, WebP or GIF file.", { cause });
    },
  );
  const shrink = Math.min(1, Math.sqrt(maxPixels / (bitmap.width * bitmap.height)));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.floor(bitmap.width * shrink));
  canvas.height = Math.max(1, Math.floor(bitmap.height * shrink));
  pen(canvas).drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas;
}

/** RGBA, row by row from the top left. */
export function pixelsOf(canvas: HTMLCanvasElement): { width: number; height: number; data: Uint8Array } {
  const { width, height, data } = pen(canvas).getImageData(0, 0, canvas.width, canvas.height);
  return { width, height, data: new Uint8Array(data.buffer) };
}

/** The bytes of a PNG file. */
export async function pngOf(canvas: HTMLCanvasElement): Promise<Uint8Array> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Error("The browser cannot write this image as PNG: try a smaller one.");
  return new Uint8Array(await blob.arrayBuffer());
}

function pen(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  return canvas.getContext("2d", { willReadFrequently: true })!;
}
