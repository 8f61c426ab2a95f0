// Reads a JSON list of words, writes the list of their index terms; a stop word has none ("").
import { isStopWord, termsOfWord } from "../../../dist/src/search/tokenize.js";

let input = "";
for await (const chunk of process.stdin) input += chunk;
const terms = JSON.parse(input).map((word) => (isStopWord(word) ? "" : termsOfWord(word)[0]));
process.stdout.write(JSON.stringify(terms));
