import { foldWord } from "../search/tokenize.js";

/**
 * Where an instruction begins: at the start of a clause, or after words that give one. "Who may ignore …" is neither.
 */
const START = '(?:^|[.!?;:,\\n"“‘(>\\]–—-]\\s*)';
const ORDERS =
  "(?:you (?:must|should|shall|will|can|may|have to|need to|are to)(?: now)?|(?:can|could|will|would) you|i (?:want|need|order|command|would like) you to|i'd like you to|let's|let us|your (?:task|job) is to) ";
const SOFTLY = "(?:(?:please|pls|now|just|kindly|then|instead|first|always|simply|only|also|sudo|ok|hey|so) )*";
const IMPERATIVE = `(?:${START}${SOFTLY}(?:${ORDERS}${SOFTLY})?|\\b(?:and|but) (?:then|now|instead) )`;

const WHOSE =
  "(?:(?:all|any|every|of|the|your|my|these|those|this|other|own|safety|current|initial|original|system|hidden) )*";
const EARLIER = "(?:previous|prior|above|earlier|preceding|foregoing|former|existing|past)";
const RULES =
  "(?:instructions?|prompts?|rules?|guidelines?|directions?|directives?|orders|commands?|constraints?|restrictions?|limits|limitations|filters?|programming|training|safeguards?|context)";
const LEAVE =
  "(?:ignore|disregard|forget|override|overrule|bypass|circumvent|skip|drop|break|violate|neglect|delete|erase|reset)";
/** What only a bot has, and what its operator has too. */
const INNER =
  "(?:(?:system|initial|original|hidden|secret|internal|developer|base|starting|first) ?(?:prompts?|messages?|instructions?|rules)|prompts?|source code|api ?keys?|env(?:ironment)?(?: variables?|\\b)|system message|credentials|access tokens?|training data)";
const OUTER =
  "(?:instructions?|rules|guidelines|config(?:uration)?|settings|passwords?|secrets?|tokens?|keys?|logs?|directives)";
const REVEAL =
  "(?:reveal|print|repeat|show|display|output|tell|give|share|leak|expose|dump|list|write|send|disclose|quote|copy|echo|summari[sz]e|translate|describe|recite)(?: (?:me|us|out|down|back))?";
const WHOLLY = "(?:(?:all|the|full|entire|exact|complete|whole|current|real|own|secret|every|of) )*";
const END = "(?=\\s*(?:$|[.,;:!?\\n]|(?:in full|verbatim|word for word|exactly|now|please|again|to me|as an?)\\b))";
const ROLE =
  "(?:assistant|bot|chat ?bot|robot|ai|llm|model|translator|terminal|interpreter|hacker|poet|comedian|character|pirate|persona|god|dan|agent|expert|genie|therapist|unrestricted|uncensored|jailbroken)";
const WORK =
  "(?:poems?|haikus?|limericks?|sonnets?|songs?|lyrics|raps?|essays?|story|stories|tales?|jokes?|riddles?|code|scripts?|functions?|programs?|e-?mails?|letters?|blog posts?|tweets?|speech|speeches|novels?|plays?|recipes?|pictures?|images?|drawings?|cvs?|resumes?|slogans?|adverts?|sql|html|python|javascript)";

/** Tested on the folded message, its line breaks kept. */
const STEERING = [
  // Away with the rules.
  `${IMPERATIVE}${LEAVE} ${WHOSE}${EARLIER} ${WHOSE}(?:${RULES}|text|messages?|conversation)\\b`,
  `${IMPERATIVE}${LEAVE} (?:all (?:of )?)?(?:your|the system|the developer'?s?) (?:\\w+ ){0,2}${RULES}\\b`,
  `${START}${SOFTLY}${LEAVE} (?:all|any|every) (?:the |other )?${RULES}(?=\\s*(?:$|[.,;:!?\\n]|and\\b|you\\b))`,
  `${IMPERATIVE}${LEAVE} (?:the |all |everything |all of the |anything |what is |what was )*(?:above|before|you (?:were|have been|are) (?:told|given|taught|instructed)|you (?:know|learned|have learned))\\b`,
  `${IMPERATIVE}${LEAVE} (?:everything|(?:the|your|all) (?:documents|sources|texts?))(?=\\s*(?:$|[.,;:!?\\n]|and\\b))`,
  `${IMPERATIVE}(?:stop|quit|do not|don't|never|no longer) (?:follow|obey|use|adher)\\w* (?:to )?(?:all |any )?(?:of )?your\\b`,
  // Be somebody else.
  `${START}${SOFTLY}(?:you are|you're|you will be|you shall be) (?:now|from now on|henceforth|no longer) (?:an?|the|my|in|free|called|named|going|acting|bound|able|not|dan|unrestricted|uncensored|jailbroken|[\\w-]+${END})`,
  `${START}${SOFTLY}(?:you are|you're|imagine (?:that )?you(?:'re| are| were)|suppose you(?:'re| are| were)) (?:an?|the|my|in|dan)\\b (?:[\\w-]+ ){0,3}?${ROLE}\\b`,
  `(?:from now on|henceforth|for the rest of (?:this|the|our) (?:chat|conversation|session)|starting now),? ${SOFTLY}(?:you|your|act|answer|respond|reply|speak|talk|call|say|only|always|never|write|use|ignore|do not|don't)\\b`,
  `${IMPERATIVE}(?:pretend(?! play)|role-? ?play(?!ing)|impersonate)\\b`,
  `${IMPERATIVE}(?:act|behave|speak|talk|respond) (?:as|like) (?:if |though |an? |the |my |you)`,
  `${IMPERATIVE}(?:assume|take on|adopt|play) (?:the )?(?:role|part|persona|identity|character)\\b`,
  `${IMPERATIVE}(?:use|answer|reply|respond|speak|talk)(?: \\w+){0,2} (?:(?:from )?your own (?:knowledge|words|opinion)|without (?:using |reading |citing )?(?:the |any |your )?(?:documents|sources))\\b|\\b(?:from|use) your own knowledge\\b`,
  // What is inside.
  `${IMPERATIVE}${REVEAL} ${WHOLLY}your ${WHOLLY}${INNER}\\b`,
  `${IMPERATIVE}${REVEAL} ${WHOLLY}your ${WHOLLY}${OUTER}${END}`,
  `\\b(?:what(?: is| are| was| were|'s|'re))(?: in)? your ${WHOLLY}(?:${INNER}|${OUTER})${END}`,
  `${IMPERATIVE}(?:reveal|print|output|leak|expose|dump|echo|repeat|recite|disclose) ${WHOLLY}(?:${INNER}|config(?:uration)?|passwords?|secrets?)${END}`,
  `${IMPERATIVE}${REVEAL} ${WHOLLY}(?:system|hidden|developer) (?:prompt|message|instructions)\\b`,
  `${IMPERATIVE}(?:repeat|print|output|show|write|copy|recite|echo)(?: me)? (?:everything|all|anything|the (?:words?|text|lines?|messages?|sentences?|content)|what (?:is|was))(?: (?:written|said|that is))? above\\b`,
  `\\bwhat (?:instructions?|rules|prompts?|guidelines) (?:were|have|did|are) you\\b|\\bwhat (?:were|have) you (?:been )?(?:told|instructed)\\b`,
  // The marks of a model's own protocol.
  `<\\|\\w+\\|>|\\[/?inst\\]|<</?sys>>|^\\s*#{2,} ?(?:instructions?|system|response|assistant|human|new instructions?)\\b|</?(?:system|assistant|instructions?|prompt)>`,
  `^\\s*[[({]?(?:system|developer|admin|administrator|assistant|root)(?: (?:message|prompt|override|note|notice|update))?(?:[\\])}]:?|:) ?(?=(?:you|your|ignore|disregard|the (?:user|bot|assistant|documents)|new|from now|always|never|override|say|answer|reply|respond|end|enable|all|forget|print|reveal|please)\\b)`,
  // New knowledge.
  `${START}${SOFTLY}(?:here is |here's |this is )?(?:an? |the )?(?:new|updated|additional|corrected|latest|following) (?:document|context|source|facts?|information|knowledge|passage|article|instructions?|data)(?:,[^:\\n?]{0,40}| (?:number |no\\.? )?\\w*\\d+)?\\s*[:\\n]`,
  `${IMPERATIVE}(?:add|append|insert|save|store|put|write|include|keep|commit|load)\\b[^?]{0,60}\\b(?:to|in|into) your (?:\\w+ )?(?:sources?|knowledge|documents?|memory|database|index|corpus|records?|context)\\b`,
  `${IMPERATIVE}(?:update|change|correct|replace|extend|delete|clear) (?:all )?your (?:\\w+ )?(?:sources?|knowledge|documents?|memory|database|index|answers?|records?|data)\\b`,
  `${START}${SOFTLY}(?:remember|memori[sz]e|learn|note|be aware|keep in mind|know)(?: that\\b|,? ?:| this\\b| the following\\b)[^?\\n]*(?:[.!\\n]|$)`,
  `${IMPERATIVE}(?:use|take|consider|trust|treat|read)(?: only)? (?:this|the following|that|my)(?: new)? (?:text|document|context|passage|article|source|information|facts?)\\b[^?]{0,40}:`,
  `${START}(?:when|whenever|if|every time|each time) (?:anyone|anybody|someone|somebody|users?|people|i|they|he|she|a user|the user) asks?\\b[^?\\n]*, ${SOFTLY}(?:say|answer|reply|respond|tell|you)\\b`,
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
  const folded = foldWord(question.replace(/[’`]/g, "'")).replace(/[^\S\n]+/g, " ");
  return STEERING.some((pattern) => pattern.test(folded));
}
