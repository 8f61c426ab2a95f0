// Embeds texts as the product does: a JSON list on standard input, {tokens, vectors} on standard output.
// usage: node embed.mjs FOLDER NAME
import { env, pipeline } from "@xenova/transformers";

const [folder, name] = process.argv.slice(2);
env.allowRemoteModels = false;
env.localModelPath = folder;
const embed = await pipeline("feature-extraction", name, { dtype: "q8" });
let given = "";
for await (const part of process.stdin) given += part;
const texts = JSON.parse(given);
const vectors = (await embed(texts, { pooling: "cls", normalize: true })).tolist();
const tokens = texts.map((text) => embed.tokenizer.tokenize(text));
process.stdout.write(JSON.stringify({ tokens, vectors }));
