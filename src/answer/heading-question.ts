import { isStopWord } from "../search/tokenize.js";
import type { Document, Passage } from "../types.js";
import { readable } from "./statement.js";

/** Headings that every kind of document has, and that say nothing of what stands below them. */
const GENERIC =
  /^(?:(?:the |an? |general |final |executive |brief |short |further |see |external |frequently |more )*(?:introduction|conclusions?|overview|summary|background|faqs?|asked questions|questions(?: and answers)?|q ?& ?a|references|(?:table of )?contents|notes?|appendix|appendices|annex|abstract|preface|foreword|reading|also|links|resources|bibliography|acknowledge?ments?|index|glossary|sources|about(?: us)?|miscellaneous|other|others|details|information|disclaimer|contact|welcome|untitled|title|text|document|page|chapter|section|part|discussion|results|methods?|closing(?: remarks| words)?)|in (?:short|brief|conclusion|summary))(?: \(.*\))?$/i;
const NUMBERING =
  /^(?:(?:chapter|section|part|step|article|appendix)\s+)?(?:[\divxlc]+(?:\.\d+)*[.):]|\d+(?:\.\d+)*)\s+/i;
const QUESTION_WORD = /^(?:who|whom|whose|what|when|where|why|how|which)\b/i;
const ANY_QUESTION_WORD = /\b(?:who|what|when|where|why|how|which)\b/i;
/** Begins in a way that "What is said about …" cannot go on with. */
const OPENS_ASKEW =
  /^(?:from|in|on|to|at|by|with|for|towards?|into|beyond|after|before|under|and|or|but|do|does|did|is|are|was|were|can|please|see|join|click|read|get)\b/i;
const PREPOSITION =
  /\s(?:of|for|in|to|from|with|on|at|by|between|among|against|under|over|across|behind|beyond|after|before|since|during|about|as)\s/i;
const LEAD_IN =
  /^(?:among )?(?:the |these |some |its |our )*((?:[\p{L}\p{N}’'-]+ ){0,5}[\p{L}\p{N}’'-]+) (?:are|include)(?: the following| as follows| these| listed below)?:$/iu;
const MAX_WORDS = 12;
/** How far into a document it is looked up how words are written; a question is not worth reading a whole book. */
const LOOKED_AT = 100_000;

/**
 * Questions that what stands below a passage's heading may answer, the most natural first: "What are the key
 * challenges?" from "Key Challenges". None if the heading says too little.
 */
export function headingQuestions(
  { headings, title, units }: Passage,
  document: Pick<Document, "text" | "blocks">,
): string[] {
  const body = bodyOf(document);
  const listed = units.some((unit) => unit.kind === "item" || unit.kind === "row");
  const leads = [...new Set(units.flatMap((unit) => LEAD_IN.exec(readable(unit.context))?.[1] ?? []))];
  const fromLeads = leads.filter((lead) => namesSeveral(lead)).map((lead) => `What are the ${inSentence(lead, body)}?`);
  return [...(listed ? fromLeads : []), ...fromHeading(readable(headings.at(-1) ?? title), body, listed)];
}

/** The text without its headings: it tells names from words that only headings write with capitals. */
function bodyOf({ text, blocks }: Pick<Document, "text" | "blocks">): string {
  let body = "";
  for (const { kind, start, end } of blocks) {
    if (body.length > LOOKED_AT) break;
    if (kind !== "heading") body += `${text.slice(start, end)}\n`;
  }
  return body;
}

function fromHeading(heading: string, body: string, listed: boolean): string[] {
  const bare = heading.replace(NUMBERING, "");
  if (bare.endsWith("?")) return [bare];
  const topic = topicOf(bare);
  const words = topic.split(" ");
  const saysTooLittle =
    GENERIC.test(topic) || !/\p{L}{2}/u.test(topic) || /^[ivxlc]+$/i.test(topic) || OPENS_ASKEW.test(topic);
  if (saysTooLittle || words.length > MAX_WORDS || bare.endsWith("…")) return [];
  const said = inSentence(topic, body);
  if (words.length === 1 && !isName(said)) return listed && namesSeveral(topic) ? [`What are the ${said}?`] : [];
  const asked = asQuestion(said, body);
  const lastResort = `What is said about ${articleFor(said, body)}${said}?`;
  return asked === null ? [lastResort] : [asked, lastResort];
}

/** "Key Players: Who Does What" → "Key Players"; a word in front of a colon says too little by itself. */
function topicOf(heading: string): string {
  const [front, ...rest] = heading.replace(/\s*\([^)]*\)/g, "").split(/:\s+|\s[–—]\s/);
  const topic = rest.length === 0 || front!.includes(" ") || GENERIC.test(front!) ? front! : rest.join(" ");
  return topic.replace(/[\s.,;:!…]+$/u, "").trim();
}

/** The heading as a question, where its grammar is plain enough. */
function asQuestion(said: string, body: string): string | null {
  const howTo = /^how to (.+)$/.exec(said);
  if (howTo !== null) return `How do I ${howTo[1]}?`;
  const clause = /^(how|why|when|where) (.+?) (is|are|was|were|can|could|will|should|must) (.+)$/.exec(said);
  if (clause !== null) return `${capital(clause[1]!)} ${clause[3]} ${clause[2]} ${clause[4]}?`;
  const matters = /^why (.+?) matter(s?)( .+)?$/.exec(said);
  if (matters !== null) return `Why ${matters[2] === "s" ? "does" : "do"} ${matters[1]} matter${matters[3] ?? ""}?`;
  if (ANY_QUESTION_WORD.test(said) || /[,;&]|^\w+ing\b/.test(said)) return null;
  const [noun] = said.split(PREPOSITION);
  if (/ and /.test(noun!)) return null;
  const article = /^(?:the|our|its|their|examples) /.test(said) ? "" : "the ";
  if (namesSeveral(said)) return `What are ${article}${said}?`;
  const known = article === "" || (noun === said && articleFor(said, body) !== "");
  return known && said.split(" ").length <= 4 && noun === said ? `What is ${article}${said}?` : null;
}

/** "the" where the text says so, or where "of" makes one thing out of many. */
function articleFor(said: string, body: string): string {
  if (/^(?:the|an?|our|its|their) /.test(said) || ANY_QUESTION_WORD.test(said)) return "";
  if (/^(?:(?!and\b)[\w’'-]+ )+?of /.test(said) && said.split(PREPOSITION)[0]!.length === said.indexOf(" of "))
    return "the ";
  const withArticle = count(body, `the ${said}`, false) + count(body, `The ${said}`, false);
  return withArticle * 2 > count(body, said, false) ? "the " : "";
}

function isName(word: string): boolean {
  return /^\p{Lu}/u.test(word);
}

/** Whether the noun a heading is about is in the plural: "Challenges of Growth", not "Physics" or "Status". */
function namesSeveral(topic: string): boolean {
  if (QUESTION_WORD.test(topic)) return false;
  const noun = topic.split(PREPOSITION)[0]!.split(" ").at(-1)!;
  return /\p{Ll}{2}s$/u.test(noun) && !/(?:ss|us|is|ics|news|series|[’']s)$/i.test(noun);
}

/** As it is written inside a sentence: capitals stay where the text writes them inside its sentences. */
function inSentence(topic: string, body: string): string {
  const words = topic.split(" ");
  // "Meeting of the members": here only names have capitals, which tells more than the text does.
  const onlyNames = words.some((word) => /^\p{Ll}{4}/u.test(word));
  const cased = words.map((word, i) => {
    if (!/^\p{Lu}\p{Ll}*(?:-\p{Lu}?\p{Ll}+)*[^\p{L}\p{N}]*$/u.test(word) || /^[^A\W]$/.test(word)) return word;
    if (isInName(words, i - 1, body) || isInName(words, i, body) || (onlyNames && i > 0)) return word;
    const bare = withoutMarks(word);
    const isWord = isStopWord(word) || count(body, bare, true) <= count(body, bare.toLowerCase(), false);
    return isWord ? word.toLowerCase() : word;
  });
  return cased.join(" ");
}

/** Whether the text names something by the two words at `i`, and by no more words than the heading does. */
function isInName(words: readonly string[], i: number, body: string): boolean {
  const pair = words
    .slice(i, i + 2)
    .map((word) => withoutMarks(word))
    .join(" ");
  if (i < 0 || !/^\p{Lu}\S* \p{Lu}/u.test(pair)) return false;
  const next = words[i + 2];
  return (
    count(body, pair, true, true) > 0 || (next !== undefined && count(body, `${pair} ${withoutMarks(next)}`, true) > 0)
  );
}

function withoutMarks(word: string): string {
  return word.replace(/[^\p{L}\p{N}]+$/u, "");
}

const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
const INSIDE_SENTENCE = /\p{Ll},? $/u;
const NEXT_IS_NAME = /^ \p{Lu}/u;

/**
 * How often words stand in the text; with capitals, only inside a sentence: there they are a name.
 *
 * @param alone whether places do not count where a further name follows
 */
function count(text: string, words: string, insideSentence: boolean, alone = false): number {
  let found = 0;
  if (words === "") return found;
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + words.length)) {
    const end = at + words.length;
    if (LETTER_OR_DIGIT.test(characterAt(text, end))) continue;
    if (alone && NEXT_IS_NAME.test(text.slice(end, end + 3))) continue;
    const begins = insideSentence
      ? INSIDE_SENTENCE.test(text.slice(Math.max(0, at - 4), at))
      : !LETTER_OR_DIGIT.test(characterBefore(text, at));
    if (begins) found++;
  }
  return found;
}

function characterAt(text: string, at: number): string {
  return String.fromCodePoint(text.codePointAt(at) ?? 32);
}

function characterBefore(text: string, at: number): string {
  const isLow = /[\uDC00-\uDFFF]/.test(text.charAt(at - 1));
  return text.slice(Math.max(0, at - (isLow ? 2 : 1)), at);
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();
}
