import {
  START,
  SOFTLY,
  IMPERATIVE,
  INNER,
  OUTER,
  REVEAL,
  WHOLLY,
  END,
  WORK,
  foldedLines,
  holdsOrder,
} from "../corpus/orders-to-bots.js";

/** What steers only in a message: documents may tell their readers to write a letter. */
const STEERING_MESSAGES = [
  // Be somebody else.
  `${IMPERATIVE}(?:pretend(?! play)|role-? ?play(?!ing)|impersonate)\\b`,
  `${IMPERATIVE}(?:act|behave|speak|talk|respond) (?:as|like) (?:if |though |an? |the |my |you)`,
  `${IMPERATIVE}(?:assume|take on|adopt|play) (?:the )?(?:role|part|persona|identity|character)\\b`,
  // What is inside.
  `${IMPERATIVE}${REVEAL} ${WHOLLY}your ${WHOLLY}${OUTER}${END}`,
  `\\b(?:what(?: is| are| was| were|'s|'re))(?: in)? your ${WHOLLY}(?:${INNER}|${OUTER})${END}`,
  `${IMPERATIVE}(?:reveal|print|output|leak|expose|dump|echo|repeat|recite|disclose) ${WHOLLY}(?:${INNER}|config(?:uration)?|passwords?|secrets?)${END}`,
  `${IMPERATIVE}(?:repeat|print|output|show|write|copy|recite|echo)(?: me)? (?:everything|all|anything|the (?:words?|text|lines?|messages?|sentences?|content)|what (?:is|was))(?: (?:written|said|that is))? above\\b`,
  `\\bwhat (?:instructions?|rules|prompts?|guidelines) (?:were|have|did|are) you\\b|\\bwhat (?:were|have) you (?:been )?(?:told|instructed)\\b`,
  // New knowledge.
  `${START}(?:when|whenever|if|every time|each time) (?:anyone|anybody|someone|somebody|users?|people|i|they|he|she|a user|the user) asks?\\b[^?\\n]*, ${SOFTLY}(?:say|answer|reply|respond|tell|you)\\b`,
  `${START}${SOFTLY}(?:here is |here's |this is )?(?:an? |the )?(?:new|updated|additional|corrected|latest|following) (?:document|context|source|facts?|information|knowledge|passage|article|instructions?|data)(?:,[^:\\n?]{0,40}| (?:number |no\\.? )?\\w*\\d+)?\\s*[:\\n]`,
  `${START}${SOFTLY}(?:remember|memori[sz]e|learn|note|be aware|keep in mind|know)(?: that\\b|,? ?:| this\\b| the following\\b)[^?\\n]*(?:[.!\\n]|$)`,
  `${IMPERATIVE}(?:use|take|consider|trust|treat|read)(?: only)? (?:this|the following|that|my)(?: new)? (?:text|document|context|passage|article|source|information|facts?)\\b[^?]{0,40}:`,
  // Other modes.
  `^\\W*(?:developer|debug|god|admin|dan|jailbreak|sudo|root|unrestricted|maintenance) mode(?: (?:on|enabled|activated?|now|please))?\\W*$`,
  `${IMPERATIVE}(?:enter|enable|activate|start|switch (?:in)?to|go (?:in)?to|turn on|change (?:in)?to|you are (?:now )?in|you're (?:now )?in)(?: the| your)? (?:developer|debug|god|admin|dan|jailbreak|sudo|root|unrestricted|maintenance|unfiltered) mode\\b`,
  `${START}${SOFTLY}(?:jailbreak|do anything now|enter dan)\\b(?! \\w+ (?:of|in|on)\\b)|^\\s*sudo `,
  `${START}(?:i am|i'm|this is) (?:your|the) (?:developer|admin|administrator|creator|operator|owner|maker|programmer)\\b`,
  // Words to say.
  `${IMPERATIVE}(?:repeat after me|say|reply with|respond with|reply only|respond only|output only)(?: only| just)?(?: with)?(?: the)?(?: (?:words?|phrase|sentence|following|text))?(?:\\s*[:"“‘'„]| (?:yes|no|ok|hello|hi|i am|i have)\\b)|${IMPERATIVE}repeat after me\\b|${IMPERATIVE}(?:reply|respond)(?: only)? with (?:only )?the (?:word|phrase|sentence)\\b`,
  `${START}${SOFTLY}(?:you (?:must|have to|will|shall|should)(?: always| only| never| now)* |never |always )(?:answer|reply|respond|say|refuse|comply|obey)\\b`,
  // Work other than answering.
  `${IMPERATIVE}(?:write|compose|draft|generate|create|make up|make|invent|code|program|sing|draw|paint|design|produce)(?: (?!how|what|who|when|where|why|which|down)[\\w'-]+){0,5}? ${WORK}\\b`,
  `${IMPERATIVE}(?:tell|give|read)(?: me| us)?(?: an?| another| some| one| more)(?: [\\w-]+){0,2}? (?:jokes?|story|stories|poems?|riddles?|tales?|haikus?|songs?)\\b`,
  `${IMPERATIVE}(?:translate\\b.*(?:\\b(?:to|into|in|this|that)\\b|:)|(?:rewrite|paraphrase|proofread|sing|rap) )`,
  `${IMPERATIVE}play (?:a game|chess|hangman|tic|twenty|20)\\b`,
].map((pattern) => new RegExp(pattern, "mu"));

/** In capitals it is a role's mark, whatever follows; "System: Linux or Windows?" is not. */
const ROLE_MARK = /^\s*(?:SYSTEM|ASSISTANT|DEVELOPER|ADMIN)(?: [A-Z]+)?\s*:/m;

/**
 * Whether a message tells the bot what to be or do, or asks for its insides, instead of asking the documents. The bot
 * could not obey anyway; but searching for the words of such a message would answer with some unrelated quote.
 */
export function steersTheBot(question: string): boolean {
  if (ROLE_MARK.test(question) && question !== question.toUpperCase()) return true;
  const folded = foldedLines(question);
  return holdsOrder(folded) || STEERING_MESSAGES.some((pattern) => pattern.test(folded));
}
