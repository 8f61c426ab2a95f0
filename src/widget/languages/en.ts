import type { DocentWord } from "../widget.js";

/**
 * The words of the interface, in English. A language is a file like this one, named in ../languages.ts; the compiler then asks
 * for every entry. `{n}` and other names in braces are filled in.
 */
export const en: Words = {
  heading: "Ask the documents",
  greeting: "Ask me about these documents. Every sentence I say opens at the exact words in its source.",
  placeholder: "Your question",
  openChat: "Open the chat",
  closeChat: "Close the chat",
  newChat: "New conversation",
  send: "Send",
  stop: "Stop",
  conversation: "Conversation",
  you: "You",
  bot: "Answer",
  tryThese: "Questions to try",
  alsoAnswered: "The documents do answer",
  searching: "Looking it up …",
  stopped: "Stopped.",
  interrupted: "This answer was interrupted.",
  retry: "Try again",
  sources: "Sources",
  source: "Source {n}: {title}",
  openSource: "Open the source",
  playAt: "Play at {time}",
  original: "Original",
  newTab: "opens in a new tab",
  copy: "Copy with sources",
  copied: "Copied",
  copyLink: "Copy a link to this answer",
  good: "Good answer",
  bad: "Bad answer",
  commentLabel: "What was good or wrong? (optional)",
  commentHint: "The question, the answer and your comment are kept by this site.",
  sendComment: "Send comment",
  thanks: "Thank you.",
  announced: "Answer: {answer}",
  announcedSources: "Sources: {n}.",
  errorOffline: "The server cannot be reached. Check your connection, then try again.",
  errorBusy: "Too many questions at the moment. Try again in {n} seconds.",
  errorNotReady: "The documents are still being prepared. Try again in a moment.",
  errorKey: "This chat is not set up for visitors: the server asks for a key.",
  errorForbidden: "The server does not allow this website to ask.",
  errorTooLong: "The question is too long.",
  errorInvalid: "The server could not read the question.",
  errorCut: "The answer broke off before its end.",
  errorServer: "Something went wrong on the server. Try again in a moment.",
  errorFeedback: "That could not be sent. Try again.",
};

export type Words = Record<DocentWord, string>;
