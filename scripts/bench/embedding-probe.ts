import { loadTransformersEmbedder } from "../../src/embed/transformers-embedder.js";

/** Run in a process of its own: prints what loading a model takes, as JSON. Arguments: model, models folder. */
const [model, modelsFolder] = process.argv.slice(2) as [string, string];
let from = performance.now();
await import("@xenova/transformers");
const importMs = performance.now() - from;
from = performance.now();
const embedder = await loadTransformersEmbedder(model, modelsFolder);
await embedder.embedQuery("Who built it?");
const loadMs = performance.now() - from;
const memoryMb = process.memoryUsage().rss / 1e6;
process.stdout.write(JSON.stringify({ importMs, loadMs, memoryMb }));
await embedder.close();
