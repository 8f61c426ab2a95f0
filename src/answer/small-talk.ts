import { foldWord } from "../search/tokenize.js";

export type SmallTalkKind =
  | "capabilities"
  | "identity"
  | "how-are-you"
  | "complaint"
  | "farewell"
  | "thanks"
  | "praise"
  | "greeting"
  | "apology"
  | "acknowledgement";

export interface SmallTalk {
  kind: SmallTalkKind;
  /** Says nothing that a document would have to say: no citation stands behind it. */
  reply: string;
}

const REPLIES: Record<SmallTalkKind, string> = {
  capabilities:
    "Ask me a question, and I answer with exact quotes from the documents I was given, each with its source.",
  identity: "I am Docent, a bot without a language model. I answer by quoting the documents I was given.",
  "how-are-you": "I am a bot, so every day is the same to me. Ask me anything about the documents I was given.",
  complaint: "Sorry that this did not help. Other words may: name the thing you mean, and ask one question at a time.",
  farewell: "Goodbye. Come back whenever you have a question about the documents.",
  thanks: "You're welcome. Ask on if there is more you would like to know.",
  praise: "Thank you, though the words are those of the documents. Ask on if you like.",
  greeting: "Hello! Ask me a question, and I answer with quotes from the documents I was given.",
  apology: "No problem. What would you like to know?",
  acknowledgement: "All right. Ask whenever you have a question about the documents.",
};

/** Short forms and slips of the pen that are common in chats, as they are after folding. */
const SPELLINGS: Readonly<Record<string, string>> = {
  helo: "hello",
  hallo: "hello",
  hellow: "hello",
  helllo: "hello",
  hai: "hi",
  goodmorning: "good morning",
  goodevening: "good evening",
  goodnight: "good night",
  gm: "good morning",
  gn: "good night",
  mornin: "morning",
  thx: "thanks",
  thnx: "thanks",
  thanx: "thanks",
  tnx: "thanks",
  thnaks: "thanks",
  thansk: "thanks",
  thaks: "thanks",
  tks: "thanks",
  ty: "thanks",
  tysm: "thanks",
  thankyou: "thank you",
  thanku: "thank you",
  thnak: "thank",
  u: "you",
  ya: "you",
  yu: "you",
  ur: "your",
  r: "are",
  wat: "what",
  wht: "what",
  waht: "what",
  whta: "what",
  hw: "how",
  hwo: "how",
  pls: "please",
  plz: "please",
  plese: "please",
  okey: "ok",
  okay: "ok",
  okok: "ok",
  kk: "ok",
  k: "ok",
  cya: "see you",
  gotta: "have to",
  wanna: "want to",
  whats: "what is",
  hows: "how is",
  whos: "who is",
  thats: "that is",
  its: "it is",
  youre: "you are",
  im: "i am",
  dont: "do not",
  doesnt: "does not",
  didnt: "did not",
  isnt: "is not",
  cant: "can not",
  cannot: "can not",
};

const QUALITY = "(?:very |really |so |quite |pretty |too |absolutely )*";
const GOOD =
  "(?:good|great|nice|cool|awesome|amazing|perfect|excellent|brilliant|fantastic|wonderful|impressive|lovely|interesting|clever|smart|funny|sweet|neat|superb|the best|a genius|right|correct|true)";
const BAD =
  "(?:wrong|bad|stupid|dumb|useless|terrible|awful|horrible|rubbish|nonsense|garbage|boring|annoying|an idiot|incorrect|unhelpful|no (?:help|use)|not (?:correct|right|true|good|helpful|useful)(?: at all)?)";
const PRODUCT =
  "(?:chat ?gpt|gpt(?: ?\\d)?|open ?ai|claude|gemini|copilot|llama|siri|alexa|google|bard|mistral|deepseek)";
const BOT = "(?:bot|chat ?bot|robot|machine|computer|program|software|app|assistant|tool)";
const BEING = `(?:(?:an? )?(?:real )?(?:(?:ai )?${BOT}|ai|artificial intelligence|llm|(?:large )?language model|human(?: being)?|person|man|woman|${PRODUCT}|real|alive|sentient|conscious|intelligent))`;
const HERE = `(?:chat|page|site|website|thing|service|${BOT})`;
const MADE = "(?:made|built|created|developed|designed|programmed|trained|wrote|invented|owns|runs)";

/** What each kind is said with, on folded words; a message is small talk if such phrases are all of it. */
const PHRASES: [SmallTalkKind, string[]][] = [
  [
    "greeting",
    [
      "(?:hi+|hey+|hello+|hiya|heya|howdy|greetings|yo|hola|bonjour|salut|namaste|ahoy|welcome(?: back)?|sup|wass?up)",
      "(?:a )?(?:very )?good (?:morning|afternoon|evening|day)",
      "(?:morning|evening|g day)",
      "what is up",
      "(?:happy (?:new year|easter|holidays|birthday)|merry (?:christmas|xmas))",
      "(?:nice|pleased|good|great) to (?:meet|see) you",
      "(?:is )?(?:anyone|anybody|someone|somebody) (?:there|here)",
      "(?:are )?you there",
    ],
  ],
  [
    "how-are-you",
    [
      "how (?:are|is) you(?: (?:doing|feeling|today|these days|this (?:morning|evening|afternoon)))*",
      "how you (?:doing|been)",
      "how is (?:it going|life|everything|your day(?: going)?)",
      "how was your (?:day|weekend)",
      "how do you (?:do|feel)",
      "how have you been",
      "(?:are )?you (?:ok|alright|well|fine|happy|sad|tired|bored|lonely)",
    ],
  ],
  [
    "thanks",
    [
      "(?:many |so many |big |ok )?thanks?(?: you)?(?: (?:so|very) much| a lot| a bunch| a million| again| in advance| indeed)*",
      "thanks?(?: you)?(?: (?:so|very) much| a lot)? for(?: (?:your|the|all|that|this|helping|answering|quick|great))*(?: (?:help|answers?|info|information|reply|time|support|explanation|me|it))?",
      "cheers",
      "(?:much|i really|i) appreciated?(?: (?:it|that|this|your help|the help))?",
      `(?:(?:that|this|it|you)(?: is| was| are| were| has been)? )?${QUALITY}(?:helps|helped|helpful)(?: me)?(?: a lot)?`,
      "(?:merci|gracias|danke|grazie|arigato)",
    ],
  ],
  [
    "farewell",
    [
      "(?:bye+|goodbye|good bye|farewell|ciao|adios|so long|cheerio|ttyl|good night|night night|exit|quit)",
      "(?:i will )?(?:see|talk to|speak to) you(?: (?:later|soon|tomorrow|around|next time|again))?",
      "see (?:you )?later",
      "talk (?:later|soon)",
      "take care",
      "(?:i wish you |have )a (?:very )?(?:nice|good|great|lovely|wonderful) (?:day|one|evening|weekend|night|time|week|afternoon)",
      "that (?:is|was|will be) (?:all|it|everything)(?: i (?:need|needed|wanted))?(?: (?:for )?(?:now|today))?",
      "i (?:have|need) to (?:go|leave)(?: now)?",
      "have to go(?: now)?",
      "until next time",
    ],
  ],
  [
    "capabilities",
    [
      "(?:i need |i want |please )?(?:some )?help(?: me)?(?: out)?",
      "(?:(?:so )?what )(?:else )?(?:can|could) you (?:do|answer|help(?: me)? with|tell me|offer)(?: for me)?",
      "what (?:do|can) you do(?: exactly)?(?: here)?",
      "(?:how|what) (?:else )?(?:can|could|do|would|will) you help(?: me| us| people)?(?: with)?",
      "(?:can|could|will|would) you (?:please )?(?:help|assist)(?: me| us)?(?: with (?:something|a question|my questions?))?",
      "(?:can|do|will) you (?:answer|understand)(?: (?:me|questions|my questions?|anything|everything))",
      "(?:do|can) you (?:speak|understand|know) (?:english|german|french|spanish|italian|hindi|chinese|other languages)",
      "what are you (?:able to do|capable of|for|good at|here for)",
      "what (?:do|can) you (?:know|answer|talk)(?: about)?",
      "what (?:can|should|could|may|do) (?:i|we) (?:ask|say|talk|chat)(?: to)?(?: you)?(?: about)?(?: here)?",
      "(?:what|which) (?:kinds? of |sorts? of |types? of )?(?:questions?|things|topics?|subjects?) (?:can|could|should|may) (?:i|we) ask(?: you)?(?: about)?",
      "(?:what|which) (?:kinds? of |sorts? of |types? of )?(?:questions?|things|topics?|subjects?|documents?|files?|sources?|texts?|information|data) (?:can|do|did|are) you (?:answer|know|cover|have|use|read|talk|handle|understand|quote|search|given)(?: about)?",
      "what (?:is|are) (?:in )?your (?:capabilities|features|functions?|purpose|job|task|skills|abilities|sources|documents|topics|limits|limitations)",
      "how (?:do|does) you work",
      `how does this ${HERE} work`,
      `what is this ${HERE}(?: for| about)?`,
      `how (?:do|can|should) i (?:use|talk to|ask) (?:you|this ${HERE})`,
      "(?:can|may|could) i (?:please )?ask (?:you )?(?:a (?:quick )?question|something|questions|you)",
      "i (?:have|got) (?:a|some|one|another) (?:quick )?questions?(?: for you)?",
    ],
  ],
  [
    "identity",
    [
      "(?:who|what)(?: exactly| the hell)? (?:are|is) you(?: exactly| really| called)?",
      `(?:so )?(?:are )?you(?: really| just| actually| even)? ${BEING}(?: or ${BEING})*`,
      `(?:am|are) (?:i|we) (?:talking|speaking|chatting|writing)(?: to| with) ${BEING}(?: or ${BEING})*`,
      `is (?:this|that|it) ${BEING}(?: or ${BEING})*`,
      "(?:what is|tell me|do you have)(?: a| your) name",
      "what (?:should|can|do|shall) i call you",
      `who (?:${MADE}|has (?:made|built|created)|is behind|is responsible for) you`,
      "who is your (?:creator|maker|developer|author|owner|boss|master|manufacturer)",
      "(?:what|which) (?:kind of |type of |sort of |large |ai |language )*(?:bot|chat ?bot|ai|llm|model|version|machine|program|robot) (?:are you|do you (?:use|run)|is behind you)",
      `(?:do|are) you (?:use|using|run(?:ning)? on|powered by|based on|have)(?: an?)? (?:ai|artificial intelligence|llm|(?:large )?language model|${PRODUCT})`,
      "do you have (?:feelings|emotions|a (?:soul|personality|brain|body|mind|family)|friends|a (?:girl|boy)friend)",
      "(?:can you|do you) (?:think|dream|sleep|eat|feel|love me|like me)",
      "how old are you",
      "where (?:are you from|do you live|are you|do you come from)",
      "when (?:were you|was you) (?:born|made|built|created)",
      "(?:please )?(?:introduce|describe|explain) yourself",
      "(?:please )?tell me (?:something |more )?about (?:you|yourself)",
      "(?:what|who) is docent",
    ],
  ],
  [
    "praise",
    [
      `(?:(?:that|this|it|you)(?: is| was| are| were) )?(?:an? )?${QUALITY}${GOOD}(?: (?:answer|job|work|bot|one|stuff|reply|response|explanation|to know))?`,
      "(?:good|great|nice) (?:bot|job|work|answer|one)",
      "(?:well done|not bad)",
      "(?:wow|yay|bravo|congrats|congratulations|hooray|thumbs up)",
      "(?:i )?(?:love|like) (?:you|it|this|that)",
    ],
  ],
  [
    "complaint",
    [
      `(?:(?:that|this|it|you)(?: is| was| are| were) )?(?:an? )?${QUALITY}${BAD}(?: (?:answer|bot|reply|response))?`,
      "(?:that|this|it) is not what i (?:asked|meant|wanted|was asking)(?: for| about)?",
      "you (?:did|do) not (?:answer|understand|know)(?: (?:me|my question|the question|that|anything|it))?",
      "(?:that|this|it|you) (?:does|do|did) not (?:help|make sense|work)(?: me)?",
      "(?:that|this|it) makes no sense",
      "(?:this|that|it|you) sucks?",
      "i (?:do|did) not (?:understand|get it)(?: (?:you|that|it|this))?",
      "i hate (?:you|this|it)",
      "(?:wtf|shut up|damn|fuck(?: you| off)?|idiot|boo)",
    ],
  ],
  [
    "apology",
    [
      "(?:i am )?(?:so |very )?sorry(?: about (?:that|it))?",
      "my bad",
      "(?:oops|whoops)",
      "excuse me",
      "i apologi[sz]e",
    ],
  ],
  [
    "acknowledgement",
    [
      "(?:ok|alright|all right|right|fine|understood|noted|indeed|exactly|agreed|very well|fair enough|no problem|no worries)",
      "(?:i )?(?:got it|see|understand|know)",
      "i (?:see|got it|understand) (?:now|that)",
      "(?:that )?(?:makes sense|sounds (?:good|great|fine))",
      "(?:no+|nope|nah|not really|not now|nothing|no no)(?: thanks?(?: you)?)?",
      "never ?mind",
      "forget it",
      "(?:lo+l|lmao|rofl|(?:ha)+h?|(?:he)+h?|xd|h+m+|oh|ah+|aha|um+|uh+|huh|meh)",
      "(?:test(?:ing)?|ping)",
      "i am (?:(?:very |doing )?(?:fine|good|great|well|ok)|bored|back|here)(?: too)?",
      "(?:and|how about|what about) you",
    ],
  ],
];
/** Words around small talk that are none by themselves. */
const FILLERS =
  "there|docent|again|everyone|everybody|all|guys|folks|team|friend|buddy|mate|man|dude|bro|sir|madam|dear|my|today|now|then|too|well|so|and|but|just|really|please|for now|actually|bot|chatbot|robot|assistant";

const MATCHERS = PHRASES.flatMap(([kind, phrases]) =>
  phrases.map((phrase) => ({ kind, phrase: new RegExp(`${phrase}(?= |$)`, "y") })),
);
const FILLER = new RegExp(`(?:${FILLERS})(?= |$)`, "y");

/** What a message of nothing but emoji says; one with any other emoji (a rocket, a flag) says nothing we know. */
const EMOJI: [SmallTalkKind, RegExp][] = [
  ["complaint", /^[\u{1F44E}\u{1F620}-\u{1F624}\u{1F92C}\u{1F641}\u{2639}\u{1F612}\u{1F61E}]+$/u],
  ["thanks", /^[\u{1F64F}\u{1F490}]+$/u],
  ["greeting", /^[\u{1F44B}]+$/u],
  [
    "praise",
    /^[\u{2764}\u{1F44F}\u{1F495}-\u{1F49F}\u{1F389}\u{1F60D}\u{1F929}\u{1F970}\u{2B50}\u{1F31F}\u{1F525}]+$/u,
  ],
  [
    "acknowledgement",
    /^[\u{1F44C}\u{1F44D}\u{2705}\u{1F197}\u{1F64F}\u{1F44B}\u{2764}\u{1F600}-\u{1F64F}\u{1F910}-\u{1F97F}\u{263A}]+$/u,
  ],
];
const EMOTICON = /^[:;=8xX]['-]?[()DPp|/]+$|^<3+$/;

/** Nobody greets at greater length; what is longer asks something. */
const MAX_CHARS = 200;

/** Recognises a message that is nothing but small talk; null for one that asks something or goes on with a question. */
export function smallTalk(question: string): SmallTalk | null {
  if (question.length > MAX_CHARS) return null;
  const kind = kindOf(question);
  return kind === null ? null : { kind, reply: REPLIES[kind] };
}

function kindOf(question: string): SmallTalkKind | null {
  const signs = question.replace(/[\s\p{Emoji_Modifier}\u{FE0F}\u{200D}]/gu, "");
  const emoji = EMOJI.find(([, pattern]) => pattern.test(signs));
  if (emoji !== undefined) return emoji[0];
  if (EMOTICON.test(signs)) return "acknowledgement";
  // "Hiii" is "hi", but "goood" is "good".
  const folded = foldWord(question.replaceAll("’", "'"));
  return kindOfWords(chatWords(folded, "$1")) ?? kindOfWords(chatWords(folded, "$1$1"));
}

/** The message's words in one spelling: short forms written out, letters held down taken back. */
function chatWords(folded: string, repeated: string): string {
  return folded
    .replace(/(\p{L})\1{2,}/gu, repeated)
    .replace(/n't\b/g, " not")
    .replace(/'s\b/g, " is")
    .replace(/'re\b/g, " are")
    .replace(/'m\b/g, " am")
    .replace(/'ll\b/g, " will")
    .replace(/(?<=\p{L})[-/](?=\p{L})/gu, "+")
    .replace(/[^\p{L}\p{N}+]+/gu, " ")
    .trim()
    .split(" ")
    .map((word) => SPELLINGS[word] ?? word)
    .join(" ");
}

/** The most telling kind of phrase if the words are phrases throughout. */
function kindOfWords(words: string): SmallTalkKind | null {
  const kinds = new Set<SmallTalkKind>();
  let at = 0;
  while (at < words.length) {
    let end = at;
    let longest: SmallTalkKind | null = null;
    for (const { kind, phrase } of MATCHERS) {
      const length = lengthAt(phrase, words, at);
      if (at + length > end) [end, longest] = [at + length, kind];
    }
    const filler = lengthAt(FILLER, words, at);
    if (at + filler > end) [end, longest] = [at + filler, null];
    if (end === at) return null;
    if (longest !== null) kinds.add(longest);
    at = end + 1;
  }
  return (Object.keys(REPLIES) as SmallTalkKind[]).find((kind) => kinds.has(kind)) ?? null;
}

function lengthAt(matcher: RegExp, words: string, at: number): number {
  matcher.lastIndex = at;
  return matcher.exec(words)?.[0].length ?? 0;
}
