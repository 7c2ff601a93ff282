import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const path = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

/** Why there is no browser to test with; in CI that is a failure, never a reason to skip. */
export const noBrowser =
  existsSync(path) || process.env.CI ? undefined : `no Chromium at ${path}: install one, or name it with CHROMIUM_PATH`;

if (noBrowser) console.warn(`the page is not tested: ${noBrowser}`);

/** A browser whose microphone hears a WAV file, once. */
export function launch(heard: string): Promise<Browser> {
  return chromium.launch({
    executablePath: path,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      `--use-file-for-fake-audio-capture=${heard}%noloop`,
    ],
  });
}
