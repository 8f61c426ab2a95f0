import { afterAll, beforeAll, expect } from "vitest";
import { answerQuestion, type AnswerOptions } from "../../src/answer/answer-question.js";
import { PART_NOT_FOUND_TEXT } from "../../src/answer/generate.js";
import type { Trace } from "../../src/answer/trace.js";
import { langChainModel } from "../../src/chat-model/langchain-model.js";
import type { ChatModelSettings } from "../../src/chat-model/settings.js";
import type { Embedder } from "../../src/embed/embedder.js";
import type { PassageIndex } from "../../src/search/passage-index.js";
import type { Answer, Turn } from "../../src/types.js";
import { ScriptedModel, settingsFor } from "../helpers/scripted-model.js";
import { bundledModel, folderForFile, openIndex } from "../http/app-under-test.js";

const LIBRARY = `# Elmford Library

## Opening hours

The library is open on weekdays from 9:00 to 18:00. On Saturdays it is open from 10:00 to 14:00. It is closed on Sundays and on public holidays.

## Borrowing

A library card costs 12 pounds a year. For children under 16 the card is free. You may borrow up to ten books for four weeks. Loans can be renewed twice, unless another reader has reserved the book. Audio guides may not be borrowed.

## History

The library was founded in 1887 by the mill owner Edith Marlow. The reading room was designed by the architect Tom Penrose and opened in 1902. Edith Marlow gave the town 3,000 books.

## Rooms for hire

| Room | Seats | Price per hour |
| --- | --- | --- |
| Blue Room | 12 | £8 |
| Garden Room | 30 | £15 |

## Services

The library offers:

- printing for 10 pence a page
- home delivery for readers over 70
- free use of computers for one hour a day
`;

const STREETS = `# Streets of Elmford

Mill Street leads from the station to the river. The museum in Mill Street shows 200 clocks. The town hall was built in 1931.
`;

export interface Library {
  model: ScriptedModel;
  index: PassageIndex;
  embedder: Embedder;
  baseUrl: string;
  ask(question: string, options?: AskOptions): Promise<Asked>;
}

interface AskOptions extends AnswerOptions {
  settings?: Partial<ChatModelSettings>;
  history?: Turn[];
  sources?: string[];
}

interface Asked {
  answer: Answer;
  trace: Trace;
}

/** A small collection and a scripted model that answers from it; all is closed when the file's tests are over. */
export function libraryForFile(files: Record<string, string> = {}): Library {
  const library = { model: new ScriptedModel() } as Library;
  const folder = folderForFile();
  beforeAll(async () => {
    library.baseUrl = await library.model.listen();
    library.embedder = await bundledModel();
    library.index = await openIndex(folder, library.embedder, {
      "library.md": LIBRARY,
      "streets.md": STREETS,
      ...files,
    });
  });
  afterAll(async () => {
    library.model.close();
    await library.embedder.close();
  });
  library.ask = async (question, { settings, history, sources, ...options } = {}) => {
    const chatModel = langChainModel(settingsFor(library.baseUrl, settings));
    const traces: Trace[] = [];
    const answer = await answerQuestion(
      { index: library.index, embedder: library.embedder, chatModel },
      { question, history, sources },
      { ...options, onTrace: (trace) => void traces.push(trace) },
    );
    await expectSound(answer, library.index);
    return { answer, trace: traces[0]! };
  };
  return library;
}

/** What holds of every answer: no sentence without a marker, no dead marker, every quote to the letter. */
async function expectSound({ answer, citations, status }: Answer, index: PassageIndex): Promise<void> {
  const numbers = [...answer.matchAll(/\[(\d+)\]/g)].map((match) => Number(match[1]));
  expect(new Set(numbers)).toEqual(new Set(citations.map(({ n }) => n)));
  expect(answer).not.toMatch(/【|】|\[(?!\d+\])|\bNOT_IN_DOCUMENTS\b|<\/?think|```/);
  for (const { source, start, end, quote } of citations) {
    const document = await index.document(source);
    expect(document!.text.slice(start, end)).toBe(quote);
  }
  if (status === "not_found") expect(citations).toEqual([]);
  // Small talk cites nothing.
  else if (citations.length > 0)
    for (const line of answer.split("\n").filter((one) => one.trim() !== ""))
      if (line !== PART_NOT_FOUND_TEXT) expect(line).toMatch(/\[\d+\]\S{0,2}$/);
}
