import { z } from "zod";

/** Limits callers can rely on (POST /api/chat). */
export const LIMITS = {
  questionChars: 2000,
  historyTurns: 20,
  historyChars: 8000,
  sources: 200,
  sourceChars: 500,
  searchResults: 50,
  bodyBytes: 256 * 1024,
} as const;

const Turn = z.object(
  { role: z.enum(["user", "assistant"], 'must be "user" or "assistant"'), content: z.string("must be a string") },
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
        .describe("What to answer, 1 to 2,000 characters after trimming."),
      history: z
        .array(Turn, "must be a list of turns")
        .max(LIMITS.historyTurns, `must hold at most ${LIMITS.historyTurns} turns`)
        .refine(
          (turns) => turns.reduce((sum, turn) => sum + turn.content.length, 0) <= LIMITS.historyChars,
          `must hold at most ${LIMITS.historyChars} characters in all`,
        )
        .optional()
        .describe("Earlier turns, oldest first: at most 20, 8,000 characters in all."),
      sources: z
        .array(
          z.string("must be a string").max(LIMITS.sourceChars, `must be at most ${LIMITS.sourceChars} characters`),
          "must be a list of source ids",
        )
        .min(1, "must name at least one source")
        .max(LIMITS.sources, `must name at most ${LIMITS.sources} sources`)
        .optional()
        .describe("Ids of the sources to search in; all if absent."),
    },
    "must be a JSON object",
  )
  .meta({ id: "ChatRequest" });

export const Citation = z
  .object({
    n: z.int().min(1).describe("The number its markers carry."),
    source: z.string().describe("The source's id: file name below the corpus folder without extension."),
    title: z.string(),
    heading: z.array(z.string()).describe("Headings above the quote, outermost first."),
    quote: z.string().describe("A verbatim slice of the source's text."),
    start: z.int().min(0).describe("UTF-16 offset in the text of GET /api/sources/:id."),
    end: z.int().min(0),
    url: z.string().describe("Opens the source with the passage highlighted."),
    external_url: z.string().nullable().describe("Where the source comes from; for a video, at the second."),
    timestamp: z.string().nullable().describe("hh:mm:ss in the recording."),
  })
  .meta({ id: "Citation" });

export const ChatAnswer = z
  .object({
    id: z.string(),
    status: z.enum(["answered", "not_found"]).describe("not_found: the documents do not say."),
    answer: z.string().describe("Every sentence that states a fact carries its markers, [1]."),
    citations: z.array(Citation),
    confidence: z.number().min(0).max(1),
    suggestions: z.array(z.string()).describe("Questions these documents can answer."),
    model: z.string(),
  })
  .meta({ id: "Answer" });

export const FaqList = z
  .array(z.object({ id: z.string(), question: z.string(), answer: z.string(), citations: z.array(Citation) }))
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
        source: z.string(),
        title: z.string(),
        heading: z.array(z.string()),
        text: z.string(),
        start: z.int(),
        end: z.int(),
        timestamp: z.string().nullable(),
        scores: z.object({ dense: z.number(), lexical: z.number(), fused: z.number() }),
      }),
    ),
  })
  .meta({ id: "SearchResult" });

const SourceHead = z.object({
  id: z.string(),
  title: z.string(),
  passages: z.int(),
  format: z.string(),
  updated_at: z.string(),
});
export const SourceList = z.array(SourceHead).meta({ id: "SourceList" });

export const Source = SourceHead.extend({
  text: z.string().describe("What every quote is a slice of."),
  sections: z.array(z.object({ heading: z.array(z.string()), start: z.int(), end: z.int() })),
  external_url: z.string().nullable(),
}).meta({ id: "Source" });

export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: "Problem", description: "RFC 9457 problem details" });
