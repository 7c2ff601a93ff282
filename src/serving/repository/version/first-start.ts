import { HoldfastError } from "../../../errors.js";
import type { App } from "../../../system/app.js";

/**
 * Watches the first start of what is about to be added at a path. Its supervisor tries again and again, which is right for
 * what has run; of a new version its first word is what the operator wants to hear.
 * @returns `failed`, which rejects with why a start failed, and never resolves; `end` watches no more
 */
export function firstStart(
  app: Pick<App<unknown>, "subscribe">,
  path: string,
): { failed: Promise<never>; end(): void } {
  let end = (): void => {};
  const failed = new Promise<never>((_, reject) => {
    end = app.subscribe((event) => {
      // The tree's root comes before the path: its name is the app's.
      if (event.type !== "life" || !event.path.includes(`/${path}/`)) return;
      if (event.state !== "waiting" && event.state !== "quarantined") return;
      reject(new HoldfastError("StartFailed", event.reason ?? `${event.path} could not start`, { retryable: false }));
    });
  });
  // Nobody may be listening by then.
  failed.catch(() => {});
  return { failed, end };
}
