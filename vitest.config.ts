import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Where it is measured how soon something is seen, nothing else may run. */
const BROWSER = "test/browser/**/*.test.ts";
/** All tests take their index in one PostgreSQL in WebAssembly, which serves one at a time. */
const SHARED_DATABASE = process.env["VECTOR_STORE"] === "pgvector";

export default defineConfig({
  test: {
    // Native addons (hnswlib, ONNX Runtime) are safest in processes of their own.
    pool: "forks",
    // A test of several ingests takes 15 seconds on a slow machine that does nothing else.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: ["test/global-setup.ts"],
    setupFiles: ["test/setup.ts"],
    projects: [
      {
        extends: true,
        test: {
          name: "tests",
          include: ["test/**/*.test.ts"],
          exclude: [BROWSER],
          // Most tests wait for other processes some of the time: on two cores, two at once take two thirds of the time.
          maxWorkers: SHARED_DATABASE ? 1 : Math.max(2, availableParallelism() - 1),
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { name: "browser", include: [BROWSER], maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
