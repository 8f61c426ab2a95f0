import { z } from "zod";
import { CHAT_MODEL_FAULTS } from "../chat-model/chat-model.js";

/** Limits callers can rely on (POST /api/chat). */
export const LIMITS = {
  questionChars: 2000,
  historyTurns: 20,
  historyChars: 8000,
  sources: 200,
  sourceChars: 500,
  searchResults: 50,
  answerIdChars: 64,
  commentChars: 2000,
  bodyBytes: 256 * 1024,
} as const;

const Turn = z.object(
  {
    role: z.enum(["user", "assistant"], 'must be "user" or "assistant"').describe("Who said it."),
    content: z.string("must be a string").describe("What was said."),
  },
  "must be an object with role and content",
);

export const ChatRequest = z
  .object(
    {
      question: z
        .string("must be a string")
        .trim()
        .min(1, "must not be empty")
        .max(LIMITS.questionChars, `must be at most ${LIMITS.questionChars} characters`)
        .describe("What to answer; spaces around it do not count."),
      history: z
        .array(Turn, "must be a list of turns")
        .max(LIMITS.historyTurns, `must hold at most ${LIMITS.historyTurns} turns`)
        .refine(
          (turns) => turns.reduce((sum, turn) => sum + turn.content.length, 0) <= LIMITS.historyChars,
          `must hold at most ${LIMITS.historyChars} characters in all`,
        )
        .optional()
        .describe("Earlier turns, oldest first; 8,000 characters in all."),
      sources: z
        .array(
          z.string("must be a string").max(LIMITS.sourceChars, `must be at most ${LIMITS.sourceChars} characters`),
          "must be a list of source ids",
        )
        .min(1, "must name at least one source")
        .max(LIMITS.sources, `must name at most ${LIMITS.sources} sources`)
        .optional()
        .describe("Ids of the sources to search in; all if absent."),
      explain: z
        .boolean("must be true or false")
        .optional()
        .describe("Adds how the answer came about: every candidate with its ranks, signals, times."),
    },
    "must be a JSON object",
  )
  .meta({ id: "ChatRequest" });

export const Citation = z
  .object({
    n: z.int().min(1).describe("The number its markers carry."),
    source: z.string().describe("The source's id: file name below the corpus folder without extension."),
    title: z.string().describe("The source's title."),
    heading: z.array(z.string()).describe("Headings above the quote, outermost first."),
    quote: z.string().describe("A verbatim slice of the source's text."),
    start: z.int().min(0).describe("UTF-16 offset in the text of GET /api/sources/:id."),
    end: z.int().min(0).describe("Where the quote ends: the offset after its last character."),
    url: z.string().describe("Path on this server; opens the source with the passage highlighted."),
    external_url: z.string().nullable().describe("Where the source comes from; for a video, at the second."),
    timestamp: z.string().nullable().describe("hh:mm:ss in the recording."),
  })
  .meta({ id: "Citation" });

const Ranked = (of: string) => z.object({ dense: z.number(), lexical: z.number(), fused: z.number() }).describe(of);

export const Explanation = z
  .object({
    question: z.string().describe("The question as it was understood: a follow-up with what it refers to."),
    parts: z
      .array(
        z.object({
          question: z.string(),
          kind: z.string().describe("The kind of thing asked for, such as date."),
          faq: z
            .object({ question: z.string(), nearness: z.number(), used: z.boolean() })
            .nullable()
            .describe("The FAQ item that asks most nearly the same."),
          candidates: z
            .array(
              z.object({
                source: z.string(),
                heading: z.array(z.string()),
                start: z.int(),
                end: z.int(),
                read: z.boolean().describe("Whether its sentences were weighed."),
                scores: Ranked("Cosine; BM25 from 0 to 1; both together."),
                ranks: Ranked("Among the candidates, 1 is best."),
              }),
            )
            .describe("Every passage retrieved, best first."),
          evidence: z
            .array(
              z.object({
                text: z.string(),
                source: z.string(),
                score: z.number(),
                used: z.boolean(),
                why: z.string().describe("Why it was or was not used."),
              }),
            )
            .describe("Every sentence, item and row weighed, best first."),
          decision: z.object({
            answer: z.boolean(),
            confidence: z.number(),
            signals: z.record(z.string(), z.number()),
          }),
          ms: z.record(z.string(), z.number()).describe("Milliseconds of each step."),
        }),
      )
      .describe("One for each part of a double question; none for small talk."),
    ms: z.number().describe("Milliseconds of the whole answer."),
  })
  .meta({ id: "Explanation" });

const Fault = z.enum(CHAT_MODEL_FAULTS);

export const ChatAnswer = z
  .object({
    id: z.string().describe("Names this answer in feedback."),
    status: z.enum(["answered", "not_found"]).describe("not_found: the documents do not say."),
    answer: z.string().describe("Every sentence that states a fact carries its markers, [1]."),
    citations: z.array(Citation).describe("In the order of their numbers; none where the documents do not say."),
    confidence: z.number().min(0).max(1).describe("How likely the answer is right."),
    suggestions: z.array(z.string()).describe("Questions these documents can answer."),
    model: z.string().describe("What made the answer: extractive, or the chat model's name."),
    mode: z
      .enum(["extractive", "generated"])
      .describe("extractive: from quotes alone; generated: by a chat model, every sentence checked."),
    fallback: Fault.optional().describe("Where a chat model is set and the answer is made from quotes: why."),
    cut_short: Fault.optional().describe("Where a chat model's answer ended early: why."),
    verification: z
      .array(
        z.object({
          sentence: z.int().nullable().describe("Which sentence of the answer it became, from 0; null if none."),
          result: z
            .enum(["verified", "recited", "replaced", "dropped"])
            .describe("Said by what it cites; by another passage; replaced by the source's own words; or left out."),
          reason: z.string().nullable().describe("Why it was not let through as the model wrote it."),
        }),
      )
      .optional()
      .describe("What became of each sentence of the chat model."),
    usage: z
      .object({ prompt_tokens: z.int(), completion_tokens: z.int() })
      .optional()
      .describe("Tokens as the chat model's server counts them."),
    explain: Explanation.optional().describe("Only where the request asks for it."),
  })
  .meta({ id: "Answer" });

export const FaqList = z
  .array(
    z.object({
      id: z.string().describe("Names the item in this list."),
      question: z.string().describe("As the document asks it."),
      answer: z.string().describe("As the document answers it, on one line."),
      citations: z.array(Citation).describe("One: where the answer stands."),
    }),
  )
  .meta({ id: "FaqList" });

export const SuggestionList = z.array(z.string()).meta({ id: "SuggestionList" });

/** A parameter given twice arrives as a list. */
const once = (missing: string) => ({
  error: ({ input }: { input?: unknown }) => (input === undefined ? missing : "must be given once"),
});

export const SearchQuery = z.object({
  q: z
    .string(once("is required"))
    .trim()
    .min(1, "must not be empty")
    .max(LIMITS.questionChars, `must be at most ${LIMITS.questionChars} characters`),
  k: z
    .string(once("must be a whole number"))
    .regex(/^\d{1,4}$/, "must be a whole number")
    .transform(Number)
    .refine((k) => k >= 1 && k <= LIMITS.searchResults, `must be from 1 to ${LIMITS.searchResults}`)
    .default(8),
});

export const SearchResult = z
  .object({
    passages: z.array(
      z.object({
        source: z.string().describe("The source's id."),
        title: z.string().describe("The source's title."),
        heading: z.array(z.string()).describe("Headings above the passage, outermost first."),
        text: z.string().describe("A verbatim slice of the source's text."),
        start: z.int().describe("UTF-16 offset in the text of GET /api/sources/:id."),
        end: z.int().describe("The offset after its last character."),
        timestamp: z.string().nullable().describe("hh:mm:ss in the recording."),
        scores: z.object({
          dense: z.number().describe("Nearness in meaning: cosine of both embeddings."),
          lexical: z.number().describe("Nearness in words: BM25, from 0 to 1."),
          fused: z.number().describe("Both together; what the list is sorted by."),
        }),
      }),
    ),
  })
  .meta({ id: "SearchResult" });

const SourceHead = z.object({
  id: z.string().describe("File name below the corpus folder without extension."),
  title: z.string().describe("What the document calls itself, or its file name."),
  passages: z.int().describe("How many passages it was cut into."),
  format: z.string().describe("The kind of file, such as md."),
  updated_at: z.string().describe("When the file was last changed (ISO 8601)."),
});
export const SourceList = z.array(SourceHead).meta({ id: "SourceList" });

export const Source = SourceHead.extend({
  text: z.string().describe("What every quote is a slice of."),
  sections: z
    .array(
      z.object({
        heading: z.array(z.string()).describe("Headings of the section, outermost first."),
        start: z.int().describe("Offset of its first character."),
        end: z.int().describe("The offset after its last."),
      }),
    )
    .describe("They cover the whole text, in its order."),
  external_url: z.string().nullable().describe("Where the source comes from."),
}).meta({ id: "Source" });

/** What a stream of events sends of an answer as it comes. */
export const ChatDelta = z
  .object({ text: z.string().describe("The next piece of the answer.") })
  .meta({ id: "ChatDelta" });

export const FeedbackRequest = z
  .object(
    {
      answer_id: z
        .string("must be a string")
        .min(1, "must not be empty")
        .max(LIMITS.answerIdChars, `must be at most ${LIMITS.answerIdChars} characters`)
        .describe("The id of the answer."),
      rating: z.enum(["up", "down"], 'must be "up" or "down"').describe("Whether the answer is good."),
      comment: z
        .string("must be a string")
        .trim()
        .max(LIMITS.commentChars, `must be at most ${LIMITS.commentChars} characters`)
        .optional()
        .describe("Why, in words."),
    },
    "must be a JSON object",
  )
  .meta({ id: "FeedbackRequest" });

export const Problem = z
  .object({
    type: z.string().describe("The kind of error; stays the same."),
    title: z.string().describe("The kind of error in words."),
    status: z.int().describe("The HTTP status."),
    detail: z.string().describe("What was wrong and what to do, for a person."),
    errors: z
      .array(
        z.object({
          path: z.string().describe("The field, such as history.0.role."),
          message: z.string().describe("What it must be."),
        }),
      )
      .optional()
      .describe("Every field at fault, where the request was not valid."),
  })
  .meta({ id: "Problem", description: "RFC 9457 problem details" });
