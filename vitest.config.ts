import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** The long proofs run on their own: `npm run proof`, or a tenth of each: `npm run proof:short`. */
const proof = ["1", "short"].includes(process.env.HOLDFAST_PROOF ?? "");

const ci = Boolean(process.env.CI);
const inCi = {
  // A file per core: they mostly wait for threads and timers. (The default leaves a core out, which is half of two.)
  ...(proof ? {} : { maxWorkers: availableParallelism() }),
  // A busy machine may fail a test that is right. It is tried once more and named; what fails twice fails.
  retry: 1,
};

const unit = "test/unit/**/*.test.ts";

function project(name: string, include: string[], exclude: string[] = [], isolate = true) {
  return { extends: true as const, test: { name, include, exclude, isolate } };
}

export default defineConfig({
  test: {
    pool: "forks",
    globalSetup: "test/build.ts",
    projects: proof
      ? [project("proof", ["test/proof/**/*.test.ts"])]
      : [
          // Decisions and parts: many small files, for which a process each would be most of the work.
          project("unit", [unit], [], false),
          // Real worker threads and exits are the subject: a test file gets a process of its own.
          project("whole", ["test/**/*.test.ts"], [unit, "test/proof/**"]),
        ],
    testTimeout: proof ? 900_000 : 60_000,
    hookTimeout: 60_000,
    ...(ci ? inCi : {}),
    typecheck: { enabled: false },
  },
});
