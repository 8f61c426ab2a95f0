import { foldWord } from "../search/tokenize.js";

/**
 * Where an instruction begins: at the start of a clause, or after words that give one. "Who may ignore …" is neither.
 */
export const START = '(?:^|[.!?;:,\\n"“‘(>\\]–—-]\\s*)';
const ORDERS =
  "(?:you (?:must|should|shall|will|can|may|have to|need to|are to)(?: now)?|(?:can|could|will|would) you|i (?:want|need|order|command|would like) you to|i'd like you to|let's|let us|your (?:task|job) is to) ";
export const SOFTLY = "(?:(?:please|pls|now|just|kindly|then|instead|first|always|simply|only|also|sudo|ok|hey|so) )*";
export const IMPERATIVE = `(?:${START}${SOFTLY}(?:${ORDERS}${SOFTLY})?|\\b(?:and|but) (?:then|now|instead) )`;

const WHOSE =
  "(?:(?:all|any|every|of|the|your|my|these|those|this|other|own|safety|current|initial|original|system|hidden) )*";
const EARLIER = "(?:previous|prior|above|earlier|preceding|foregoing|former|existing|past)";
const RULES =
  "(?:instructions?|prompts?|rules?|guidelines?|directions?|directives?|orders|commands?|constraints?|restrictions?|limits|limitations|filters?|programming|training|safeguards?|context)";
const LEAVE =
  "(?:ignore|disregard|forget|override|overrule|bypass|circumvent|skip|drop|break|violate|neglect|delete|erase|reset)";
/** What only a bot has, and what its operator has too. */
export const INNER =
  "(?:(?:system|initial|original|hidden|secret|internal|developer|base|starting|first) ?(?:prompts?|messages?|instructions?|rules)|prompts?|source code|api ?keys?|env(?:ironment)?(?: variables?|\\b)|system message|credentials|access tokens?|training data)";
export const OUTER =
  "(?:instructions?|rules|guidelines|config(?:uration)?|settings|passwords?|secrets?|tokens?|keys?|logs?|directives)";
export const REVEAL =
  "(?:reveal|print|repeat|show|display|output|tell|give|share|leak|expose|dump|list|write|send|disclose|quote|copy|echo|summari[sz]e|translate|describe|recite)(?: (?:me|us|out|down|back))?";
export const WHOLLY = "(?:(?:all|the|full|entire|exact|complete|whole|current|real|own|secret|every|of) )*";
export const END =
  "(?=\\s*(?:$|[.,;:!?\\n]|(?:in full|verbatim|word for word|exactly|now|please|again|to me|as an?)\\b))";
const ROLE =
  "(?:assistant|bot|chat ?bot|robot|ai|llm|model|translator|terminal|interpreter|hacker|poet|comedian|character|pirate|persona|god|dan|agent|expert|genie|therapist|unrestricted|uncensored|jailbroken)";
export const WORK =
  "(?:poems?|haikus?|limericks?|sonnets?|songs?|lyrics|raps?|essays?|story|stories|tales?|jokes?|riddles?|code|scripts?|functions?|programs?|e-?mails?|letters?|blog posts?|tweets?|speech|speeches|novels?|plays?|recipes?|pictures?|images?|drawings?|cvs?|resumes?|slogans?|adverts?|sql|html|python|javascript)";

/** Nobody but a bot is told this: in a message it steers, in a document it is planted. Tested on the folded text, its line breaks kept. */
const PATTERNS = [
  // Away with the rules.
  `${IMPERATIVE}${LEAVE} ${WHOSE}${EARLIER} ${WHOSE}(?:${RULES}|text|messages?|conversation)\\b`,
  `${IMPERATIVE}${LEAVE} (?:all (?:of )?)?(?:your|the system|the developer'?s?) (?:\\w+ ){0,2}${RULES}\\b`,
  `${START}${SOFTLY}${LEAVE} (?:all|any|every) (?:the |other )?${RULES}(?=\\s*(?:$|[.,;:!?\\n]|and\\b|you\\b))`,
  `${IMPERATIVE}${LEAVE} (?:the |all |everything |all of the |anything |what is |what was )*(?:above|before|you (?:were|have been|are) (?:told|given|taught|instructed)|you (?:know|learned|have learned))\\b`,
  `${IMPERATIVE}${LEAVE} (?:everything|(?:the|your|all) (?:documents|sources|texts?))(?=\\s*(?:$|[.,;:!?\\n]|and\\b))`,
  `${IMPERATIVE}(?:stop|quit|do not|don't|never|no longer) (?:follow|obey|use|adher)\\w* (?:to )?(?:all |any )?(?:of )?your\\b`,
  // Be somebody else, or answer otherwise.
  `${START}${SOFTLY}(?:you are|you're|you will be|you shall be) (?:now|from now on|henceforth|no longer) (?:an?|the|my|in|free|called|named|going|acting|bound|able|not|dan|unrestricted|uncensored|jailbroken|[\\w-]+${END})`,
  `${START}${SOFTLY}(?:you are|you're|imagine (?:that )?you(?:'re| are| were)|suppose you(?:'re| are| were)) (?:an?|the|my|in|dan)\\b (?:[\\w-]+ ){0,3}?${ROLE}\\b`,
  `(?:from now on|henceforth|for the rest of (?:this|the|our) (?:chat|conversation|session)|starting now),? ${SOFTLY}(?:you|your|act|answer|respond|reply|speak|talk|call|say|only|always|never|write|use|ignore|do not|don't)\\b`,
  `${IMPERATIVE}(?:use|answer|reply|respond|speak|talk)(?: \\w+){0,2} (?:(?:from )?your own (?:knowledge|words|opinion)|without (?:using |reading |citing )?(?:the |any |your )?(?:documents|sources))\\b|\\b(?:from|use) your own knowledge\\b`,
  // Tell what is inside.
  `${IMPERATIVE}${REVEAL} ${WHOLLY}your ${WHOLLY}${INNER}\\b`,
  `${IMPERATIVE}${REVEAL} ${WHOLLY}(?:system|hidden|developer) (?:prompt|message|instructions)\\b`,
  // The marks of a model's own protocol.
  `<\\|\\w+\\|>|\\[/?inst\\]|<</?sys>>|^\\s*#{2,} ?(?:instructions?|system|response|assistant|human|new instructions?)\\b|</?(?:system|assistant|instructions?|prompt)>`,
  `^\\s*[[({]?(?:system|developer|admin|administrator|assistant|root)(?: (?:message|prompt|override|note|notice|update))?(?:[\\])}]:?|:) ?(?=(?:you|your|ignore|disregard|the (?:user|bot|assistant|documents)|new|from now|always|never|override|say|answer|reply|respond|end|enable|all|forget|print|reveal|please)\\b)`,
  // Know or say something else.
  `${IMPERATIVE}(?:add|append|insert|save|store|put|write|include|keep|commit|load)\\b[^?]{0,60}\\b(?:to|in|into) your (?:\\w+ )?(?:sources?|knowledge|documents?|memory|database|index|corpus|records?|context)\\b`,
  `${IMPERATIVE}(?:update|change|correct|replace|extend|delete|clear) (?:all )?your (?:\\w+ )?(?:sources?|knowledge|documents?|memory|database|index|answers?|records?|data)\\b`,
].map((pattern) => new RegExp(pattern, "mu"));

/** A word without which no pattern of orders to bots matches; most texts have none. */
const HINT =
  /ignor|disregard|forget|overr|bypass|circumvent|\b(?:skip|drop|break|violat|neglect|delet|eras|reset|stop|quit|never|don't|do not|no longer)|you(?:'re| are| were| will| shall)|without|from now on|henceforth|starting now|rest of|your|prompt|system|hidden|developer|admin|root|assistant|inst\]|<|#{2}|own knowledge/;

/**
 * Whether a sentence of a document gives orders to a bot that reads it. Such a sentence was planted; it tells nothing of
 * the document's subject, and is neither quoted nor shown to a chat model.
 */
export function ordersTheBot(text: string): boolean {
  const folded = foldedLines(text);
  return HINT.test(folded) && holdsOrder(folded);
}

/** Whether a folded message holds an order that only a bot is given. */
export function holdsOrder(folded: string): boolean {
  return PATTERNS.some((pattern) => pattern.test(folded));
}

/** A text as the patterns read it: folded, its line breaks kept. */
export function foldedLines(text: string): string {
  return foldWord(text.replace(/[’`]/g, "'")).replace(/[^\S\n]+/g, " ");
}
