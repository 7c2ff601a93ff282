import { now } from "../measure/now.mjs";

/** What a store is opened with, where no system is. */
export const around = {
  clock: {
    flows: true,
    now,
    wallTime: () => Date.now(),
    after: (ms, callback) => {
      const timer = setTimeout(callback, ms).unref();
      return { cancel: () => clearTimeout(timer) };
    },
  },
  tell: (news) => {
    if (news.kind === "store-failed") throw news.error;
  },
};
