import { defineConfig } from "vitest/config";

/** The long proofs (minutes) run on their own: `npm run proof`. */
const proof = process.env.HOLDFAST_PROOF === "1";

export default defineConfig({
  test: {
    include: [proof ? "test/proof/**/*.test.ts" : "test/**/*.test.ts"],
    exclude: proof ? [] : ["test/proof/**"],
    // Real worker threads and exits are the subject: a test file gets a process of its own.
    pool: "forks",
    globalSetup: "test/build.ts",
    testTimeout: proof ? 900_000 : 60_000,
    hookTimeout: 60_000,
    // A busy machine may fail a test that is right. CI tries it once more and names it; what fails twice fails.
    retry: process.env.CI ? 1 : 0,
    typecheck: { enabled: false },
  },
});
