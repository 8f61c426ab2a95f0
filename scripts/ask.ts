import { answerQuestion } from "../src/answer/answer-question.js";
import { answerLines, progressReporter, rebuildReporter } from "../src/cli/report.js";
import { readArguments, runCommand } from "../src/cli/run.js";
import { loadConfig } from "../src/config.js";
import { loadEmbedder } from "../src/cli/load-embedder.js";
import { openStore } from "../src/cli/open-store.js";
import { chatModelOf, loadVerifierOf } from "../src/cli/load-chat.js";
import { StartupError } from "../src/errors.js";
import { ingest, isStale } from "../src/ingest.js";
import { LiveIndex } from "../src/search/live-index.js";

const USAGE = 'Usage: npm run ask -- "question" [--json]';

/** Exit code 0 for an answer and for "the documents do not say"; 1 if the question could not be asked. */
await runCommand(async () => {
  const { values, positionals } = readArguments({ json: { type: "boolean" } }, USAGE);
  const question = positionals.join(" ").trim();
  if (question === "") throw new StartupError(`A question is missing.\n${USAGE}`);
  const config = loadConfig();
  const embedder = await loadEmbedder(config);
  const { corpusDir, readingLimits: limits } = config;
  const store = await openStore(config);
  // Asking first, because an ingest takes the lock: a question can be asked while another process ingests.
  if (await isStale({ corpusDir, store, embedder })) {
    await ingest({
      corpusDir,
      store,
      embedder,
      limits,
      onProgress: progressReporter(process.stderr),
      onRebuild: rebuildReporter(process.stderr),
    });
  }
  const live = new LiveIndex(store);
  await live.refresh();
  const chatModel = chatModelOf(config);
  const verifier = await loadVerifierOf(config);
  const answer = await answerQuestion(
    { index: live.current!, embedder, chatModel, verifier },
    { question },
    {
      onTrace: ({ generated }) => {
        if (generated?.message != null) process.stderr.write(`${generated.message} The answer is made of quotes.\n`);
      },
    },
  );
  process.stdout.write(
    values["json"] === true ? `${JSON.stringify(answer, null, 2)}\n` : `${answerLines(answer).join("\n")}\n`,
  );
  return 0;
});
