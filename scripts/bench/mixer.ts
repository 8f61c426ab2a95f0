import { splitSentences } from "../../src/corpus/sentences.js";
import { mulberry32 } from "../../src/eval/retrieval/statistics.js";
import { isStopWord } from "../../src/search/tokenize.js";
import type { Document } from "../../src/types.js";

/**
 * A corpus of any size made of a small one, always the same for the same seed. What it keeps of real text: its sentences and
 * headings, how long they are, how often words are repeated and stand together. What it changes, so that documents are about
 * different things, no two passages are alike, and the vocabulary grows with the corpus, as in real ones:
 *
 * - each document takes its sections from two of the real ones, with sentences in an order of their own;
 * - each document has a subject, a word and those of like meaning, and a cast: two thirds of the real text's names, three
 *   quarters of its other words and all of its numbers are others, the same ones throughout the document. Names are made up, words are the
 *   subject's.
 *
 * A section has a heading and at most 760 characters, so that it is one passage. A question about a real document is recast in the
 * same way for a mixed one, so that questions differ as the documents do.
 */
export interface Mixture {
  files(): Generator<MixedFile>;
  /** A real question in the names of a mixed document about the same. @param which another number, another document */
  question(asked: RealQuestion, which: number): string;
}

interface MixedFile {
  name: string;
  text: string;
}

export interface RealQuestion {
  question: string;
  /** The real document it is about; null if it is about none. */
  documentId: string | null;
}

const MAX_SECTION_CHARS = 760;
const LEAST_SECTION_CHARS = 350;
/** Documents have 4 to 64 sections, small ones more often. */
const LEAST_SECTIONS = 4;
const SECTION_DOUBLINGS = 4;
const LIST_SHARE = 0.2;
const RENAMED_SHARE = 2 / 3;
/**
 * With it the graph finds 0.965 of the nearest ten of 30,000 passages (M 16, ef 200); of 55,551 real ones from six public
 * collections it finds 0.958, with a share of one half 0.946.
 */
const REPLACED_SHARE = 3 / 4;
/** A subject has so many words. */
const SUBJECT_WORDS = 80;
const LEAST_SENTENCES = 10;
const FOLDER_FILES = 1000;
const SYLLABLES = "ba be bo ka ke ko la le lo ma me mi mo na ne no ra re ri ro sa se so ta te to va ve vo".split(" ");
/** What a question asks for stays. */
const QUESTION_WORD = /^(?:who[ms]?e?|what|when|where|which|many|much|long|often|does|will|ever)$/;
const WORD = /[\p{L}\p{N}]+(?:[-'’.,]\p{N}+)*/gu;

interface RealText {
  id: string;
  headings: string[];
  sentences: string[];
}

/** Words that subjects are made of. */
export interface Words {
  all: readonly string[];
  /** Those of like meaning, most alike first. */
  alike(word: string): readonly string[];
}

interface Plan {
  seed: number;
  from: readonly [RealText, RealText];
  sections: number;
}

/**
 * @param documents the real text
 * @param passages how many passages the files make together
 */
export function mix(documents: readonly Document[], words: Words, passages: number, seed = 1): Mixture {
  const texts = documents.map(realTextOf).filter(({ sentences }) => sentences.length >= LEAST_SENTENCES);
  if (texts.length === 0) throw new Error("There is no real text to mix.");
  const names = namesIn(texts.flatMap(({ sentences }) => sentences));
  const plans = [...plansOf(texts, passages, mulberry32(seed))];
  return {
    *files() {
      for (const [i, plan] of plans.entries()) {
        const folder = String(Math.floor(i / FOLDER_FILES)).padStart(3, "0");
        yield {
          name: `${folder}/mixed-${String(i).padStart(6, "0")}.md`,
          text: textOf(plan, castOf(plan.seed, words, names)),
        };
      }
    },
    question: ({ question, documentId }, which) => {
      const about = plans.filter(({ from }) => from.some(({ id }) => id === documentId));
      const chosen = about.length > 0 ? about : plans;
      return castOf(chosen[which % chosen.length]!.seed, words, names)(question);
    },
  };
}

function realTextOf({ id, title, text, blocks }: Document): RealText {
  const spans = blocks.filter(({ kind }) => kind === "paragraph" || kind === "item");
  const sentences = spans
    .flatMap((span) => splitSentences(text, span))
    .map(({ start, end }) => text.slice(start, end).replace(/\s+/g, " "))
    .filter((sentence) => sentence.length <= MAX_SECTION_CHARS / 2);
  const headings = blocks
    .filter(({ kind }) => kind === "heading")
    .map(({ start, end }) => text.slice(start, end).replace(/\s+/g, " "));
  return { id, headings: headings.length > 0 ? headings : [title], sentences };
}

/** Words that begin with a capital or have a digit where no sentence begins. */
function namesIn(sentences: readonly string[]): Set<string> {
  const names = new Set<string>();
  for (const sentence of sentences) {
    for (const { 0: word, index } of sentence.matchAll(WORD)) {
      if (index > 0 && /^\p{Lu}/u.test(word) && !isStopWord(word.toLowerCase())) names.add(word);
    }
  }
  return names;
}

function* plansOf(texts: readonly RealText[], passages: number, random: () => number): Generator<Plan> {
  const pick = (): RealText => texts[Math.floor(random() * texts.length)]!;
  for (let left = passages; left > 0;) {
    const sections = Math.min(left, Math.round(LEAST_SECTIONS * 2 ** (random() * SECTION_DOUBLINGS)));
    left -= sections;
    yield { seed: Math.floor(random() * 2 ** 32), from: [pick(), pick()], sections };
  }
}

function textOf({ seed, from, sections }: Plan, recast: (text: string) => string): string {
  const random = mulberry32(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const lines = [`# ${recast(pick(from[0].headings))} ${nameOf(random)}`];
  for (let section = 0; section < sections; section++) {
    const text = pick(from);
    const sentences: string[] = [];
    for (let chars = 0; ;) {
      const next = recast(pick(text.sentences));
      chars += next.length + 3;
      if (chars > MAX_SECTION_CHARS) break;
      if (sentences.includes(next)) continue;
      sentences.push(next);
      if (chars >= LEAST_SECTION_CHARS && random() < 0.3) break;
    }
    lines.push("", `## ${recast(pick(text.headings))}`, "");
    if (random() < LIST_SHARE) lines.push(...sentences.map((one) => `- ${one}`));
    else lines.push(sentences.join(" "));
  }
  return `${lines.join("\n")}\n`;
}

/** Gives a text the names, numbers and subject of a document, always the same for the same seed. */
function castOf(seed: number, words: Words, names: ReadonlySet<string>): (text: string) => string {
  const subject = subjectOf(words, mulberry32(seed));
  const cast = new Map<string, string>();
  const another = (word: string): string => {
    const random = mulberry32(hashOf(word, seed));
    if (/^\d{4}$/.test(word)) return String(1900 + Math.floor(random() * 130));
    if (/^\d+$/.test(word))
      return word.replace(/\d/g, (_, at) => String(Math.floor(random() * 9) + (at === 0 ? 1 : 0)));
    if (names.has(word)) {
      if (random() >= RENAMED_SHARE) return word;
      return /^\p{Lu}{2,}$/u.test(word) ? nameOf(random).toUpperCase() : nameOf(random);
    }
    const isContent = /^\p{Ll}{4,}$/u.test(word) && !isStopWord(word) && !QUESTION_WORD.test(word);
    return isContent && random() < REPLACED_SHARE ? subject[Math.floor(random() * subject.length)]! : word;
  };
  return (text) =>
    text.replace(WORD, (word) => {
      let given = cast.get(word);
      if (given === undefined) cast.set(word, (given = another(word)));
      return given;
    });
}

/** A word, those like it, those like them, and so on. */
function subjectOf(words: Words, random: () => number): string[] {
  const subject = new Set<string>();
  while (subject.size < SUBJECT_WORDS) {
    subject.add(words.all[Math.floor(random() * words.all.length)]!);
    for (const word of subject) {
      for (const like of words.alike(word)) subject.add(like);
      if (subject.size >= SUBJECT_WORDS) break;
    }
  }
  return [...subject].slice(0, SUBJECT_WORDS);
}

function nameOf(random: () => number): string {
  let name = "";
  for (let left = 2 + Math.floor(random() * 3); left > 0; left--) {
    name += SYLLABLES[Math.floor(random() * SYLLABLES.length)]!;
  }
  return name[0]!.toUpperCase() + name.slice(1);
}

/** FNV-1a, 32 bits. */
function hashOf(text: string, seed: number): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
