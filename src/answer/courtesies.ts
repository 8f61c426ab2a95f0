import { smallTalk } from "./small-talk.js";

/** What a question goes on with once the courtesies are over. */
const ASKS =
  "(?=(?:who|whom|whose|what|when|where|why|how|which|is|are|was|were|do|does|did|can|could|has|have|will|would|should|may|please|tell|explain|list|name|give|describe|if|whether|in which|and|but|i)\\b)";
const ASKS_WHAT =
  "(?=(?:who|whom|whose|what|when|where|why|how|which|if|whether|at what|in (?:what|which)|by (?:whom|how))\\b)";
const PAUSE = "(?:\\s*[,.!?:;…]+|\\s+[–—-]+)\\s*";
const YOU = "(?:you|u|ya)";
const THANKS =
  "(?:thanks?(?:\\s+(?:you|u))?|thankyou|thx|thnx|tnx)(?:\\s+(?:so much|very much|a lot|in advance|again))*|many thanks|cheers|tia";
const GREETING =
  "(?:hi+|he+y+|hell+o+|helo|hiya|howdy|greetings|good\\s+(?:morning|afternoon|evening|day)|dear)(?:\\s+(?:there|docent|bot|again|all|everyone|everybody|team|guys|sir|madam))*";
const ASIDE =
  "(?:ok(?:ay)?|alright|all right|right|great|perfect|cool|nice|got it|i see|well|oh)(?:\\s+(?:then|so|now))?";
const TELL = "(?:tell|show|explain(?:\\s+to)?|remind|teach|say|let)\\s+(?:me|us)(?:\\s+know)?";

/** Openings, each with what must follow for it to be one: a pause, or the beginning of a question. */
const OPENINGS = [
  `(?:${GREETING}|${THANKS}|ok(?:ay)?)(?:${PAUSE}|\\s+(?:so\\s+)?${ASKS})`,
  // "Great, when did it open?", but not "Nice, France"
  `${ASIDE}(?:${PAUSE}|\\s+)(?:(?:${THANKS})(?:${PAUSE}|\\s+))?${ASKS}`,
  `how\\s+(?:are|r)\\s+${YOU}(?:\\s+(?:doing|today))*${PAUSE}`,
  // "please list …", "please: the fees"
  `(?:please|pls|plz)(?:${PAUSE}|\\s+)(?!do\\W*$)`,
  `(?:(?:i\\s+(?:have|have got|got|ve got)\\s+|just\\s+)*(?:an?\\s+|one\\s+|another\\s+)?(?:quick|short|small|simple|other|next|last)?\\s*question(?:\\s+for\\s+${YOU})?)${PAUSE}`,
  `(?:can|may|could|might)\\s+i\\s+(?:please\\s+)?ask(?:\\s+${YOU})?(?:\\s+(?:something|a\\s+(?:quick\\s+)?question))?(?:${PAUSE}|\\s+${ASKS_WHAT})`,
  `(?:can|could|will|would)\\s+${YOU}\\s+(?:please\\s+)?help(?:\\s+me|\\s+us)?(?:\\s+out)?${PAUSE}`,
  `(?:(?:can|could|will|would)\\s+${YOU}\\s+(?:please\\s+)?)?help\\s+(?:me|us)\\s+(?:to\\s+)?(?:understand|find\\s+out|learn|know)\\s+`,
  // "can you tell me who", but not "can you tell a fake"
  `(?:can|could|will|would)\\s+${YOU}\\s+(?:(?:please|kindly|maybe|perhaps|quickly|just)\\s+)*(?=(?:tell|show|give|provide|remind|teach|let)\\s+(?:me|us)\\b|(?:explain|describe|list|enumerate|summari[sz]e|define|outline|clarify|name\\s+(?:me|the|some|all|any|a\\s+few|two|three))\\b)`,
  `(?:i\\s+(?:would|do)\\s+(?:like|love)|i['’]?d\\s+(?:like|love)|i\\s+(?:want|wish|need))\\s+to\\s+(?:know|ask|learn|find\\s+out|understand|hear)(?:\\s+${YOU})?(?:\\s+more)?(?:\\s+about)?(?:${PAUSE}|\\s+)`,
  `(?:i(?:\\s+was|\\s+am|['’]m)\\s+)?(?:just\\s+)?wondering\\s+(?:if|whether)\\s+${YOU}\\s+(?:can|could|would|know|knew)\\s+(?=\\S)`,
  `(?:i\\s+wonder(?:ed)?|(?:i(?:\\s+was|\\s+am|['’]m)\\s+)?(?:just\\s+)?(?:wondering|curious))(?:${PAUSE}|\\s+)${ASKS_WHAT}`,
  `do\\s+${YOU}\\s+(?:happen\\s+to\\s+)?(?:know|have)\\s+(?:anything|something|any(?:\\s+idea|\\s+information)?)\\s+(?:about|on|of)\\s+`,
  `do\\s+${YOU}\\s+(?:happen\\s+to\\s+)?know(?:${PAUSE}|\\s+)(?:about\\s+)?`,
  `(?:do\\s+${YOU}\\s+have\\s+)?any\\s+idea(?:${PAUSE}|\\s+)${ASKS_WHAT}`,
  `(?:${TELL}|explain)(?:\\s+please)?(?:${PAUSE}|\\s+)${ASKS_WHAT}`,
].map((opening) => new RegExp(`^${opening}`, "iu"));

const CLOSING = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:(?:please|pls|plz|kindly)(?:\\s+and)?|${THANKS}|if\\s+${YOU}\\s+(?:can|could|know|do\\s*n['’]?t\\s+mind))$`,
  "iu",
);
/** "How do you say thanks?": there the word is what is asked about. */
const MENTIONED =
  /\b(?:say|says|said|saying|means?|meant|by|of|for|with|word|words|phrase|line|title|write|wrote|called|the|a|to|many)$/i;
const EMOJI =
  /^[\s\p{Extended_Pictographic}\p{Emoji_Modifier}\u{FE0F}\u{200D}]+|[\s\p{Extended_Pictographic}\p{Emoji_Modifier}\u{FE0F}\u{200D}]+$/gu;
/** More courtesies than this nobody says in one breath. */
const MAX_COURTESIES = 6;

/**
 * The question without the courtesies around it: "Hi, could you please tell me who built it? Thanks!" → "who built it?".
 * Returned as it is if there are none, or if nothing else is there.
 */
export function withoutCourtesies(question: string): string {
  const rest = withoutClosings(withoutOpenings(question.replace(EMOJI, "")));
  return rest === question.trim() || !asksSomething(rest) || smallTalk(rest) !== null ? question : rest;
}

/** Nothing that a search could use is left of "I would like to know." or "Please?". */
function asksSomething(text: string): boolean {
  return /[\p{L}\p{N}]{2}/u.test(text);
}

function withoutOpenings(text: string): string {
  let rest = text;
  for (let i = 0; i < MAX_COURTESIES; i++) {
    const opening = OPENINGS.map((pattern) => pattern.exec(rest)).find((match) => match !== null);
    if (opening === undefined || !asksSomething(rest.slice(opening[0].length))) return rest;
    rest = rest.slice(opening[0].length).replace(EMOJI, "");
  }
  return rest;
}

/** A question mark behind the courtesy is the question's: "Who built it, please?" */
function withoutClosings(text: string): string {
  let rest = text;
  for (let i = 0; i < MAX_COURTESIES; i++) {
    const bare = rest.replace(/[\s?!.…]+$/u, "");
    const closing = CLOSING.exec(bare);
    if (closing === null) return rest;
    const before = bare.slice(0, closing.index).trimEnd();
    if (MENTIONED.test(before) || !asksSomething(before)) return rest;
    const asked = /[?!.]$/.test(before);
    rest = before.replace(/[\s,;:–—-]+$/u, "") + (!asked && rest.slice(bare.length).includes("?") ? "?" : "");
  }
  return rest;
}
