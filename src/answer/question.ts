import { foldWord, isStopWord, termsOf, termsOfWord, wordsOf } from "../search/tokenize.js";

/** The kind of thing a question asks for, as far as its wording tells. */
export type AnswerKind =
  | "date"
  | "day"
  | "number"
  | "money"
  | "percentage"
  | "duration"
  | "frequency"
  | "age"
  | "mass"
  | "length"
  | "extent"
  | "temperature"
  | "speed"
  | "phone"
  | "email"
  | "web"
  | "contact"
  | "person"
  | "place"
  | "list"
  | "definition"
  | "expansion"
  | "reason"
  | "other";

export interface QuestionTerm {
  word: string;
  /** Index terms of the word; a compound has several. */
  terms: string[];
  /** Written with a capital inside the question, in capitals, or with a digit: most likely a name. */
  isName: boolean;
}

export interface Question {
  text: string;
  /** What is searched for: the question without words about the interface ("in the video"). */
  searchText: string;
  terms: QuestionTerm[];
  kind: AnswerKind;
  /** What a question for a list asks for: the index term of "challenges" in "What are the main challenges …". */
  listNoun: string | null;
  /** Index terms of the noun that the answer is one of: "rocket" in "Which rocket …", "countries" in "How many countries …". */
  focus: string[];
  /** The short form that a question of kind "expansion" asks about, as written. */
  shortForm: string | null;
  /** Asks at which moment of a recording something is said. */
  asksForTime: boolean;
  /** Asks what the bot itself thinks, likes or advises. */
  asksOpinion: boolean;
}

/** A word that may stand before a noun in the plural: an adjective by its ending, or one of the commonest. */
const ADJECTIVE =
  "(?:[a-z-]+(?:ic|al|ive|ous|ish|able|ible|ful|ary|ed|ing|ent|ant|ese|ian|less|est)|main|major|key|big|large|new|other|two|three|four|five|several|common|good|bad|small|different|specific)";

/** Words without a question before a last one that tells what is wanted: "bridge opening year", "annual pass price". */
const KEYWORDS = String.raw`^(?!.*\b(?:who|what|when|where|why|how|which|is|are|was|were|do|does|did|has|have|can)\b.* )(?:\S+ ){1,5}`;

/** Wording that asks for a kind of answer, most telling first; tested on the folded question without its end mark. */
const KIND_PATTERNS: [AnswerKind, RegExp][] = (
  [
    [
      "expansion",
      /\b(stands? for|short for|abbreviation|abbreviated|acronym|full (form|name)|letters? \S* ?(mean|stand))\b|\bwhat do (the|those|these) letters (\S+ )?(mean|stand)/,
    ],
    ["percentage", /\b(what|which) (percentage|percent|share|proportion|fraction)\b|\bhow many percent\b/],
    [
      "phone",
      /^(?!.*\bhow many\b).*\b(phone|telephone|mobile|fax) numbers?\b|\b(what|which) number (can|could|should|do|must) (i|we|you|one) (call|ring|dial|phone|text)\b/,
    ],
    ["email", /\be-?mail address(es)?\b|\b(what|which) address (can|could|should|do|must) (i|we|you|one) e-?mail\b/],
    [
      "web",
      /^(?:what|which|where|do|does|is|the|your|give)\b.*\b(?:web ?site|web ?page|web address|home ?page|url)\b|^(?:web ?site|web address|home ?page|url)$/,
    ],
    [
      "contact",
      /\bhow (do|can|could|should|would|may|might|to) ?(i|we|you|one|people|someone|customers|visitors|members)? ?(best )?(contact|get in (touch|contact)|get (a )?hold of|(reach|call|phone|ring|e-?mail|write to) (you|them|him|her|us|someone|somebody|anyone|support|the (\S+ )?(team|staff|office|support|desk|reception|people|company|authors?|editors?|maintainers?))\b)|\bcontact (details|information|data)\b/,
    ],
    [
      "money",
      /(?<!\bby )\bhow much (money|(does|did|do|will|can|must) .* (cost|earn|pay|spend|charge|owe)\b|(is|was) (.* )?(worth|paid|spent))|\b(what|which) (price|cost|budget|amount of money)\b|\bwhat (is|was|does|did) .*\b(price|cost|budget|costs)\b|\bwhat (does|did|do) .* pay$|^(the )?(price|cost|fee|budget)s?\b|\bhow (big|large|much|many)\b.*\bin (us |american )?(dollars|euros|pounds|rupees|yen|money)$|KEYWORDS (price|cost|fee|budget)$/,
    ],
    [
      "mass",
      /\bhow heavy\b|\bhow much (does|did|do|can) .* weigh\b|\b(what|which) (\S+ ){0,3}(weight|mass)\b|^weight of\b/,
    ],
    [
      "length",
      /\bhow (tall|high|wide|deep|far)\b(?!.*\b(last|take|stay|talk|flight|journey|training|program|mission)\b)|\b(what|which) (\S+ ){0,3}(height|diameter|altitude|distance|depth|width)\b/,
    ],
    // "How long is the lesson?" asks for minutes, "How long is the pool?" for metres.
    ["extent", /\bhow long (is|are|was|were|'s)\b/],
    ["temperature", /\bhow (hot|cold|warm)\b|\b(what|which) (\S+ ){0,3}temperature\b/],
    ["speed", /\bhow fast\b|\b(what|which) (\S+ ){0,3}(speed|velocity)\b(?! up)/],
    ["frequency", /\bhow (often|frequently|regularly)\b/],
    ["age", /\bhow old\b|\b(what|which) (\S+ )?age\b|\bwhat (is|was) the (\S+ )?age\b/],
    [
      "duration",
      /\bhow long\b(?! ago)|\bhow many (years|months|weeks|days|hours|minutes|seconds)\b|\bfor how (many|much) (years|months|weeks|days|hours|minutes)\b/,
    ],
    [
      "number",
      /\bhow (many|much|big|large)\b|\b(what|which) (number|size|population|capacity)\b|\bwhat (is|was|are|were) the (\S+ )?(number|size|population|capacity)\b/,
    ],
    [
      "day",
      /^(and |so |but |since |until |till |by |from |on )*(what|which) (\S+ )?(day|weekday)\b(?! (trip|care|job))/,
    ],
    [
      "date",
      /^(and |so |but |since |until |till |by |from )*when('s| is| was| did| do| does| will| are| were| has| have| had| can| could| would| should| may| might| must|$)|\b(what|which) (year|years|date|day|month|decade|century|period|time)\b|\bhow long ago\b|\bwhat (is|was|are|were) the (\S+ ){0,2}(date|dates|year|day)\b|^what('s| is| was) .{1,40}\b(birthday|birth ?date|date of birth)\W*$|KEYWORDS (?<!\b(?:per|each|every|an?|this|next|last) )(year|date|when)$/,
    ],
    [
      "list",
      /^(please )?(list|name|give|enumerate|mention|tell)( me| us)?( all| the| some| a few| three| two| every| examples)*( \S+){0,2} \S+s\b|^(in |on |for |by |from |under |to )?(what|which) ((are|were) (the |all |some |other )*)?(ADJECTIVE ){0,2}(?!(names|is|was|does|has|this|its|us|as|these|address|process|access|business|class|status|basis|focus|analysis)\b)(?!(makes|happens|causes|means|comes|goes|takes|gives|says|needs|gets|helps|keeps|works|starts|ends|counts|costs|applies|exists)\b)\w+[^s\W]s\b(?! (is|was|does|has)\b)|^(what|which) (\S+ ){1,2}[a-z]+[^s\W]s (are|were|do|did|have|had|can|could|must|should|will|may|might)\b|\bexamples of\b|\b(steps?|step by step)\b/,
    ],
    [
      "person",
      /^(and |so |but |by |to |from |with |of |for )*who(m|se)?\b|(?<!\bin )\b(what|which) (person|people|man|woman|president|author|company|agency|organi[sz]ation|country|nation)\b|\bnames of\b|\bname of the (person|man|woman|author|founder|president|director|manager|leader|head|owner|inventor|artist|architect|company|agency|astronauts?)\b/,
    ],
    ["place", /^(and |so |but |from )*where\b|\b(what|which) (place|city|country|location|region|planet)\b/],
    [
      "definition",
      /^(what|who) (is|are|was|were) (?!the (\S+ )?(most|main|best|biggest|largest|first|name)\b)(?!(new|not|made|sold|bought|built|lost|found|sent|said|told|done|kept|left|paid|given|taken|written|shown|\w+ed)\b)(?!.*\b(to|for|do|does|did)\b)|^what (do|does) (the (term|word) )?\S+ mean\b|\bwhat is meant by\b|^(please )?(define|explain|describe)\b|\b(meaning|definition) of\b|^tell me about\b/,
    ],
    ["reason", /^(and |so |but )*why\b|\bfor what reason\b|\bwhat (causes|caused|is the reason|led)\b/],
  ] satisfies [AnswerKind, RegExp][]
).map(([kind, pattern]) => [
  kind,
  new RegExp(pattern.source.replaceAll("ADJECTIVE", ADJECTIVE).replace("KEYWORDS ", KEYWORDS)),
]);

/** Words about where to look rather than what for: "at what time in the video", "according to the documents". */
const INTERFACE_WORDS =
  /\b(at what (time|point|moment|minute)|at which (time|point|moment|minute)|(what|which) (timestamp|minute|second)( is| was)?|(when|where)(?= in the (video|talk|recording|podcast|interview|episode|transcript)))|\b(in|of|during|from) the (video|talk|recording|podcast|interview|episode|transcript)( (is it|does (he|she|it|they)|do they|is|are|was|were)\b)?|\b(timestamps?|according to (the|your|this) (documents?|texts?|sources?|articles?|interview|talk|video|podcast|recording|transcript|page|report|essay|author|speaker))\b/gi;
/** Words about how to answer rather than what: "the term X in the context of Y", "step by step". */
const MANNER_WORDS =
  /\b(?:the (?:terms?|words?|expression|phrase|meaning of)(?= \S)|in the context of|(?:is|are|was) meant by|(?:with |in )?(?:every|each|all(?: of)? the) (?:single )?(?:steps?|details?)(?=\W*$)|step by step|in (?:more )?detail|exactly|precisely|briefly|in short|in a nutshell)\b/gi;
const ASKS_FOR_TIME =
  /\b(time ?stamp|(when|where|what time|which (time|minute|point|moment|second)|what (point|moment|minute|second)).*\b(video|talk|recording|podcast|interview|episode|transcript|clip)\b|\b(video|talk|recording|podcast|interview|episode|transcript|clip)\b.*\b(when|what time|which minute|what minute|at what point)|(what|which) (minute|second)s?\b.*\b(say|says|said|saying|mention(s|ed)?|discuss(es|ed)?|talk(s|ed)? about|told|comes? up))/i;

/** Question words as they are mistyped; each is an English word only by way of exception. */
const MISTYPED: readonly [RegExp, string][] = [
  [/\b(?:wich|whic|whcih|wihch|whihc)\b/gi, "which"],
  [/\b(?:waht|wht|hwat|whta)\b/gi, "what"],
  [/^wat\b/gi, "what"],
  [/\b(?:whne|hwen|wehn|whn)\b/gi, "when"],
  [/^wen\b/gi, "when"],
  [/\b(who|what|where|when|how|why)s\b/gi, "$1 is"],
  [/\b(?:wher|wehre|whre|hwere)\b/gi, "where"],
  [/\b(?:hwo|hw|hoe)(?= (?:many|much|long|often|old|far|do|does|did|is|was|can)\b)/gi, "how"],
];

function withoutSlips(text: string): string {
  return MISTYPED.reduce((mended, [slip, word]) => mended.replace(slip, word), text);
}

/** Reads a question: its informative terms, what kind of answer it wants, and whether it asks for a time in a recording. */
export function analyseQuestion(text: string): Question {
  const asksForTime = ASKS_FOR_TIME.test(text);
  const stripped = withoutSlips(text).replace(INTERFACE_WORDS, " ").replace(/\s+/g, " ").trim();
  const worded = /\p{L}{2}/u.test(stripped) ? stripped : text;
  const found = asksForTime ? { kind: "other" as const, matched: "" } : kindOf(worded);
  const shortForm = found.kind === "expansion" ? shortFormIn(worded) : null;
  const bare = worded.replace(MANNER_WORDS, " ").replace(/\s+/g, " ").trim();
  const searchText = questionTerms(bare).length > 0 ? bare : worded;
  // "What is the short form of …?" asks for the short form, not for what it stands for.
  const { kind, matched } =
    found.kind === "expansion" && shortForm === null ? { ...found, kind: "other" as const } : found;
  return {
    text,
    searchText,
    terms: questionTerms(searchText),
    kind,
    shortForm,
    listNoun: kind === "list" ? (termsOf(matched).at(-1) ?? null) : null,
    focus: focusOf(worded),
    asksForTime,
    asksOpinion: ASKS_OPINION.test(text),
  };
}

const ASKS_OPINION =
  /\b(in|what('s| is)|give me|share) your (own |personal |honest )?(opinion|view|judgement|take|favou?rite|prediction)\b|\b(do|would|don't) you (personally |really |honestly )?(think|believe|reckon|prefer|recommend|agree|like|love|feel|bet|expect|suppose|guess)\b|\bwhat do you (make|think) of\b|\byour (guess|bet|money)\b|\b(should|shall|would you) i (buy|invest|sell|bet|vote|marry|quit)\b|\b(good|bad|wise|safe) (investment|buy|bet)\b|\bworth (buying|investing)\b/i;

const FOCUS =
  /\b(?:which|what|how many|how much)\s+(?:(?:other|of the|kinds? of|types? of|sorts? of|two|three)\s+)*((?:[\p{L}\p{N}'’-]+\s+){1,3})/iu;
/** What follows the noun: an auxiliary ends the search for it. */
const AUXILIARY = /^(?:is|are|was|were|do|does|did|can|could|will|would|has|have|had|may|might|must|should|the|a|an)$/i;

/** The first informative words after the question word that are no names, two at most. */
function focusOf(text: string): string[] {
  const words = FOCUS.exec(text)?.[1]?.trim().split(/\s+/) ?? [];
  const end = words.findIndex((word) => AUXILIARY.test(word));
  const nouns = (end < 0 ? words : words.slice(0, end)).filter((word) => !isStopWord(word) && !/^\p{Lu}/u.test(word));
  return nouns.slice(0, 2).flatMap((word) => termsOfWord(word).slice(0, 1));
}

/** "What does ILL mean?" asks what the letters stand for; "What does tide mean?" asks for a meaning. */
const LETTERS_MEAN = /\b[wW]hat (?:do|does) (?:the letters )?\p{Lu}[\p{Lu}\p{N}]+s? mean\b/u;

/** The kind and the words that told it. */
function kindOf(text: string): { kind: AnswerKind; matched: string } {
  if (LETTERS_MEAN.test(text)) return { kind: "expansion", matched: "" };
  const folded = foldWord(text)
    .replace(/[?!.\s]+$/, "")
    .replace(/\b(what|who|where|when|how|why)(['’]s|s)\b(?=\s)/g, "$1 is");
  for (const [kind, pattern] of KIND_PATTERNS) {
    const match = pattern.exec(folded);
    if (match !== null) return { kind, matched: match[0] };
  }
  return { kind: "other", matched: "" };
}

/** "What does NISAR stand for?" → "NISAR": the word in capitals, or the word before "mean" or "stand for". */
function shortFormIn(text: string): string | null {
  const capitals = wordsOf(text).find(({ word }) => /^\p{Lu}[\p{Lu}\p{N}]+s?$/u.test(word));
  if (capitals !== undefined) return capitals.word;
  if (/\b(abbreviat|acronym|short form|short name)/i.test(text) && !/\b(stands?|mean)\b/i.test(text)) return null;
  const before = /([\p{L}\p{N}]{2,8})\s+(?:stands?|is short|means?|is an? (?:abbreviation|acronym))\b/iu.exec(
    text,
  )?.[1];
  return before !== undefined && !isStopWord(before) && !/^letters?$/i.test(before) ? before : null;
}

/** The words of a question that are looked for, each once. */
export function questionTerms(text: string): QuestionTerm[] {
  const terms: QuestionTerm[] = [];
  const seen = new Set<string>();
  const words = wordsOf(text);
  const shouted = text === text.toUpperCase();
  words.forEach(({ word }, i) => {
    if (isStopWord(word) && !(/^\p{Lu}{2,}$/u.test(word) && !shouted)) return;
    const ids = termsOfWord(word);
    const key = ids.join(" ");
    if (seen.has(key)) return;
    seen.add(key);
    terms.push({ word, terms: ids, isName: !shouted && looksLikeName(word, i === 0) });
  });
  return terms;
}

function looksLikeName(word: string, isFirst: boolean): boolean {
  if (/\p{N}/u.test(word)) return /\p{L}/u.test(word) || /^(1[0-9]|20|21)\d\d$/.test(word);
  if (/^\p{Lu}[\p{L}'’-]*\p{Lu}/u.test(word)) return true;
  return !isFirst && /^\p{Lu}/u.test(word);
}

const WH = "(?:who|what|when|where|why|how|which|whose)";
const QUESTION_WORD = new RegExp(`\\b(?:${WH}|whom)\\b`, "i");
const SECOND_QUESTION = new RegExp(
  `[,;?.]?\\s+(?:and|or|but)\\s+(?:also\\s+)?(?=(?:(?:in|on|at|by|from|to|for|with) )?${WH}\\b)`,
  "i",
);
/** "For the trip, what …": what stands before the first question word. */
const BEFORE_QUESTION = new RegExp(`^(.*?)\\b((?:in |on |at |by |from |to |for |with )?${WH}\\b.*)$`, "is");
const POINTS_BACK = /\b(?:it|its|they|them|their|this|these|that|those)\b/i;
/** A longer introduction is a sentence of its own rather than the subject of both questions. */
const MAX_INTRODUCTION_CHARS = 60;

/** "Who built it and when was it launched?" asks twice; the second part takes over what the first one is about. */
export function splitQuestion(text: string): string[] {
  const [first, ...rest] = text.split(SECOND_QUESTION);
  if (first === undefined || rest.length === 0) return [text];
  const [, introduction = "", asked] = BEFORE_QUESTION.exec(first) ?? [];
  if (asked === undefined || introduction.length > MAX_INTRODUCTION_CHARS) return [text];
  const subjects = questionTerms(first);
  const names = subjects.filter(({ isName }) => isName);
  return [first, ...rest].map((part, i) => {
    const bare = part.replace(/[?\s]+$/, "");
    if (i === 0) return `${bare}?`;
    const hasName = questionTerms(part).some((term) => term.isName);
    // "Who built the bridge and when was it opened?": "it" is what the first part is about.
    const carried = names.length === 0 && POINTS_BACK.test(part) ? subjects : names;
    const subject = hasName || carried.length === 0 ? "" : ` (${carried.map(({ word }) => word).join(" ")})`;
    return `${introduction}${bare}${subject}?`;
  });
}

/** A year, or a version such as 2.1. */
export const YEAR_OR_VERSION = /^(?:1[0-9]\d\d|20\d\d|v?\d+(?:\.\d+)+)$/;

/** Whether words are a question by one of its words: "Who …", "In which …"; keywords have none. */
export function hasQuestionWord(text: string): boolean {
  return QUESTION_WORD.test(text);
}

/** "Does it …?", "Are they …?": a question without a question word. */
export function asksYesOrNo(text: string): boolean {
  return /^\s*(is|are|was|were|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must)\b/i.test(
    text,
  );
}
