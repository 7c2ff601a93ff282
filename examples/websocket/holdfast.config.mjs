import { keyed, pool, supervisor, thread } from "holdfast";

// npx holdfast serve examples/websocket/holdfast.config.mjs
export default {
  tree: supervisor(
    { strategy: "one-for-one" },
    {
      language: pool(thread(new URL("./language.mjs", import.meta.url)), { size: 2 }),
      visits: keyed(thread(new URL("./visits.mjs", import.meta.url)), { idle: "10m", maxKeys: 1_000 }),
    },
  ),
  // Only what is named here can be called.
  expose: {
    language: { methods: { detect: { idempotent: true } } },
    visits: ["visit"],
  },
};
