import { type ChatModel, ChatModelError, type ChatModelFault, type TokenUsage } from "../chat-model/chat-model.js";
import { condensePrompt, promptFor } from "../chat-model/prompt.js";
import { ReplyReader, type ReplySentence, THOUGHT } from "../chat-model/reply.js";
import { checkClaim, type Checked } from "../gate/gate.js";
import { Sources } from "../gate/support.js";
import type { Citation, Passage, SentenceCheck, Turn } from "../types.js";
import { CitationList, marked } from "./cite.js";
import { keyOf, type Statement } from "./statement.js";
import { type AnswerDeps, readQuestion } from "./look-up.js";

export interface GenerateRequest {
  /** The question as it stands alone. */
  question: string;
  /** What was said before it, oldest first. */
  history: readonly Turn[];
  /** What was found for it, best first. */
  passages: readonly Passage[];
  sources?: readonly string[] | undefined;
}

export interface GenerateOptions {
  signal?: AbortSignal | undefined;
  /** Is told each checked sentence with all citations so far. */
  onSentence?: ((text: string, citations: Citation[]) => void) | undefined;
}

export interface Generated {
  /** What was said, in order; joined it is the answer. Empty if nothing was. */
  pieces: string[];
  citations: Citation[];
  /** What became of each sentence of the model. */
  verification: SentenceCheck[];
  /** Whether the model says that the documents do not answer. */
  saysNotFound: boolean;
  /** Why nothing was said, or not all; null if all was said. */
  fault: ChatModelFault | null;
  /** One line for the operator about a fault of the model. */
  message: string | null;
  /** Tokens of all calls; null where they are not counted. */
  usage: TokenUsage | null;
}

export const PART_NOT_FOUND_TEXT = "The documents do not say more about the rest of the question.";
/** Passages a model is given. */
const PASSAGES = 8;
/** A reply longer than this, in characters, or with more sentences, is not read to its end. */
const MAX_REPLY_CHARS = 12_000;
const MAX_SENTENCES = 12;
/** Nobody reads a sentence of more characters, and to check it takes long. */
const MAX_SENTENCE_CHARS = 600;
/** A question longer than this, in characters, is not what was asked for. */
const MAX_QUESTION_CHARS = 400;
/** Reciprocal rank fusion: Cormack, Clarke and Büttcher, SIGIR 2009. */
const RRF_K = 60;

/** Lets a chat model answer; each sentence is checked before it is said. Never throws but for the signal. */
export async function generate(
  deps: AnswerDeps & { chatModel: ChatModel },
  request: GenerateRequest,
  options: GenerateOptions = {},
): Promise<Generated> {
  const reply = new CheckedReply(deps, options);
  try {
    const { question, passages } = await withHistory(deps, request, options.signal, reply);
    await reply.read(question, passages);
  } catch (error) {
    options.signal?.throwIfAborted();
    reply.fail(error);
  }
  return reply.result;
}

/** A follow-up as the model understands it, with what is found for that and for the question as Docent understands it. */
async function withHistory(
  deps: AnswerDeps & { chatModel: ChatModel },
  { question, history, passages, sources }: GenerateRequest,
  signal: AbortSignal | undefined,
  reply: CheckedReply,
): Promise<{ question: string; passages: readonly Passage[] }> {
  if (!history.some(({ role }) => role === "user")) return { question, passages: passages.slice(0, PASSAGES) };
  let rewritten = "";
  for await (const piece of deps.chatModel.stream(condensePrompt(question, history), { signal, onEnd: reply.count })) {
    rewritten += piece;
    if (rewritten.replace(THOUGHT, "").length > 4 * MAX_QUESTION_CHARS || rewritten.length > MAX_REPLY_CHARS) break;
  }
  rewritten = rewritten.replace(THOUGHT, "").trim().split("\n")[0]!.trim();
  if (rewritten === "" || rewritten === question || rewritten.length > MAX_QUESTION_CHARS) {
    return { question, passages: passages.slice(0, PASSAGES) };
  }
  const { query } = await readQuestion(deps, rewritten);
  const hits = await deps.index.search({ ...query, k: PASSAGES, sources });
  const both = fuseRankings([passages.slice(0, PASSAGES), hits.map(({ passage }) => passage)]);
  return { question: rewritten, passages: both.slice(0, PASSAGES) };
}

/** Several rankings as one, by reciprocal rank fusion: those of different questions have no scores that compare. */
export function fuseRankings(rankings: readonly (readonly Passage[])[]): Passage[] {
  const scores = new Map<string, { passage: Passage; score: number }>();
  for (const ranking of rankings) {
    for (const [rank, passage] of ranking.entries()) {
      const one = scores.get(passage.id) ?? { passage, score: 0 };
      one.score += 1 / (RRF_K + rank + 1);
      scores.set(passage.id, one);
    }
  }
  return [...scores.values()].sort((a, b) => b.score - a.score).map(({ passage }) => passage);
}

/** A model that says itself that something is not in the documents; nothing can bear that out. */
const ABSENCE =
  /^(?:(?:but|however|unfortunately|also),? )?(?:(?:the|these|those|your|provided|given|available) ){0,3}(?:excerpts?|documents?|sources?|texts?|passages?)\b[^.]{0,40}?\b(?:(?:do|does|did)(?: not|n['’]t)|don['’]t|doesn['’]t|didn['’]t|never)\b[^.]{0,30}?\b(?:say|state|give|mention|specify|provide|contain|include|tell|answer|describe|explain|name|indicate)\b|^there (?:is|are) no (?:information|mention|details?|indication)\b/i;

/** A reply of the model, checked sentence by sentence. */
class CheckedReply {
  readonly #pieces: string[] = [];
  readonly #verification: SentenceCheck[] = [];
  readonly #said = new Set<string>();
  /** What was said in the source's own words, and the lines that introduced it. */
  readonly #quoted = new Set<string>();
  readonly #leads = new Set<string>();
  readonly #citations: CitationList;
  #fault: ChatModelFault | null = null;
  #message: string | null = null;
  #usage: TokenUsage | null = null;
  #isCut = false;
  #saysNotFound = false;
  #saysAbsent = false;

  constructor(
    private readonly deps: AnswerDeps & { chatModel: ChatModel },
    private readonly options: GenerateOptions,
  ) {
    this.#citations = new CitationList(deps.index);
  }

  readonly count = ({ usage, isCut }: { usage: TokenUsage | null; isCut: boolean }): void => {
    this.#isCut = isCut;
    if (usage === null) return;
    this.#usage = {
      promptTokens: (this.#usage?.promptTokens ?? 0) + usage.promptTokens,
      completionTokens: (this.#usage?.completionTokens ?? 0) + usage.completionTokens,
    };
  };

  async read(question: string, passages: readonly Passage[]): Promise<void> {
    const { messages, passages: offered } = promptFor(question, passages);
    const reader = new ReplyReader((word) => offered.has(word.toLowerCase()));
    const sources = new Sources(this.deps.index, this.deps.embedder, this.deps.verifier);
    const { signal } = this.options;
    const isEnough = (): boolean => reader.length >= MAX_REPLY_CHARS || this.#verification.length >= MAX_SENTENCES;
    const check = async (sentences: readonly ReplySentence[]): Promise<void> => {
      for (const sentence of sentences) if (!isEnough()) await this.#check(sentence, sources, offered);
    };
    for await (const piece of this.deps.chatModel.stream(messages, { signal, onEnd: this.count })) {
      await check(reader.push(piece.slice(0, MAX_REPLY_CHARS - reader.length)));
      if (!isEnough()) continue;
      this.#isCut = true;
      break;
    }
    // Of a reply that was cut off, the last sentence may lack what limits it.
    if (!this.#isCut) await check(reader.end());
    // That more is not said is told in Docent's own words.
    if (this.#saysAbsent && this.#pieces.length > 0) this.#tell(`\n\n${PART_NOT_FOUND_TEXT}`);
    this.#saysNotFound = this.#pieces.length === 0 && (reader.saysNotFound || this.#saysAbsent);
    if (this.#isCut) this.#fault = "cut_off";
    else if (this.#pieces.length === 0)
      this.#fault = this.#saysNotFound || this.#verification.length === 0 ? "model_refused" : "not_verified";
  }

  fail(error: unknown): void {
    this.#fault = error instanceof ChatModelError ? error.fault : "model_failed";
    this.#message = error instanceof ChatModelError ? error.message : "CHAT_MODEL: its reply could not be read.";
  }

  get result(): Generated {
    return {
      pieces: this.#pieces,
      citations: this.#citations.citations,
      verification: this.#verification,
      saysNotFound: this.#saysNotFound,
      fault: this.#fault,
      message: this.#message,
      usage: this.#usage,
    };
  }

  async #check(sentence: ReplySentence, sources: Sources, offered: ReadonlyMap<string, Passage>): Promise<void> {
    const all = [...offered.values()];
    const cited = sentence.ids.map(
      (id) => offered.get(id.toLowerCase()) ?? (/^\d+$/.test(id) ? all[Number(id) - 1] : undefined),
    );
    const known = [...new Set(cited.filter((passage) => passage !== undefined))];
    if (ABSENCE.test(sentence.text)) {
      this.#saysAbsent = true;
      this.#verification.push({ sentence: null, result: "dropped", reason: "absence" });
      return;
    }
    const isLong = sentence.text.length > MAX_SENTENCE_CHARS;
    if (isLong || this.#said.has(sentence.text)) {
      const reason = isLong ? "too_long" : "repeated";
      this.#verification.push({ sentence: null, result: "dropped", reason });
      return;
    }
    const claim = { text: sentence.text, cited: known, citesUnknown: cited.includes(undefined) };
    const checked = await checkClaim(sources, claim, all);
    this.options.signal?.throwIfAborted();
    const said: string[] = [];
    for (const { text, statements, isQuote } of this.#partsOf(checked)) {
      const markers = await this.#citations.markersOf(statements);
      if (markers === "") continue;
      said.push(marked(text, markers, sentence.begins === "item"));
      if (isQuote) this.#quoted.add(keyOf(statements[0]!));
    }
    if (said.length === 0) {
      this.#verification.push({ sentence: null, result: "dropped", reason: checked.reason ?? "repeated" });
      return;
    }
    this.#said.add(sentence.text);
    this.#verification.push({ sentence: this.#pieces.length, result: checked.result, reason: checked.reason });
    this.#tell(this.#gapBefore(sentence) + said.join(sentence.begins === "item" ? "\n- " : " "));
  }

  /** What is said of a sentence: nothing of what was quoted before is said again, in whose words ever. */
  #partsOf({ result, text, statements }: Checked): { text: string; statements: Statement[]; isQuote: boolean }[] {
    const fresh = statements.filter((statement) => !this.#quoted.has(keyOf(statement)));
    if (fresh.length === 0) return [];
    if (result !== "replaced") return [{ text, statements, isQuote: false }];
    return fresh.map((statement) => {
      const isNewLead = statement.lead !== null && !this.#leads.has(statement.lead);
      if (isNewLead) this.#leads.add(statement.lead!);
      return {
        text: isNewLead ? `${statement.lead!} ${statement.text}` : statement.text,
        statements: [statement],
        isQuote: true,
      };
    });
  }

  #tell(piece: string): void {
    this.#pieces.push(piece);
    this.options.onSentence?.(piece, this.#citations.citations);
  }

  #gapBefore({ begins }: ReplySentence): string {
    if (begins === "item") return this.#pieces.length === 0 ? "- " : "\n- ";
    if (this.#pieces.length === 0) return "";
    return begins === "paragraph" ? "\n\n" : " ";
  }
}
