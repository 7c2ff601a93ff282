import { keyed, pool, supervisor, system, thread } from "holdfast";
import { type Gateway, gateway } from "holdfast/gateway";
import { type Read, readModule, type Speech, speechModule } from "holdfast/models";
// Not from src: the page's own files are made by the build.
import { dashboardPages } from "../../dist/dashboard/pages.js";

export const adminToken = "an admin token".replaceAll(" ", "-").padEnd(24, "!");

/** The two models, running, as `serve` would expose them. */
export function startModels() {
  return system(
    supervisor(
      {},
      {
        ears: keyed(thread<Speech>(speechModule, {}, { spare: "loaded" })),
        eyes: pool(thread<Read>(readModule, {}), { size: 1 }),
      },
    ),
  );
}

export const ears = {
  methods: ["push", "finish"],
  stream: "push",
  media: { kind: "audio", method: "push", rate: 16_000, chunk: 512 },
} as const;
export const eyes = {
  methods: { image: { idempotent: true }, pixels: { idempotent: true } },
  media: { kind: "image", method: "image" },
} as const;

export function serve(
  app: Awaited<ReturnType<typeof startModels>>,
  options: Partial<Parameters<typeof gateway>[1]> = {},
): Promise<Gateway> {
  return gateway(app, { port: 0, adminToken, pages: dashboardPages(), expose: { ears, eyes }, ...options });
}
