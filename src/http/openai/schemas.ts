import { z } from "zod";
import { Citation } from "../schemas.js";

/** The one model of this server. */
export const MODEL = "docent";

const STOPS = 4;

const Part = z.looseObject({
  type: z.string().describe("text; images, audio and files cannot be read."),
  text: z.string().optional().describe("What is said, in a part of the type text."),
});

const Message = z.object(
  {
    role: z
      .enum(
        ["system", "developer", "user", "assistant", "tool", "function"],
        "must be system, developer, user, assistant or tool",
      )
      .describe("Who said it; only user and assistant are heeded."),
    content: z
      .union([z.string(), z.array(Part)], "must be a string or a list of parts, each with a type")
      .nullish()
      .describe("What was said: a string, or a list of parts whose text is joined."),
  },
  "must be an object with role and content",
);

/** Fields that would change nothing in an answer are left out, so they are passed over. */
export const ChatCompletionRequest = z
  .object(
    {
      model: z.string("must be a string").describe('"docent".'),
      messages: z
        .array(Message, "must be a list of messages")
        .describe("Oldest first. The last one of the user is the question, of at most 2,000 characters."),
      stream: z.boolean("must be true or false").nullish().describe("Sends the answer as it comes."),
      stream_options: z
        .object(
          { include_usage: z.boolean("must be true or false").nullish().describe("Adds a last chunk with the usage.") },
          "must be an object",
        )
        .nullish()
        .describe("Of a stream."),
      stop: z
        .union([z.string(), z.array(z.string()).max(STOPS)], `must be a string or a list of at most ${STOPS} strings`)
        .nullish()
        .describe("The text ends before the first of these: a string, or up to 4."),
      n: z.literal(1, "must be 1: a question has one answer").nullish().describe("How many answers: 1."),
      logprobs: z
        .literal(false, "must be false: quotes have no probabilities")
        .nullish()
        .describe("Only false: quotes have no probabilities."),
      modalities: z
        .array(z.string(), "must be a list of strings")
        .refine((all) => all.every((one) => one === "text"), "must hold nothing but text: this model does not speak")
        .nullish()
        .describe("Only text."),
      response_format: z
        .looseObject({ type: z.string("must be a string").describe("Only text.") }, "must be an object with a type")
        .refine(({ type }) => type === "text", 'must have the type "text": answers are quotes, not made to a form')
        .nullish()
        .describe("Only text: answers are quotes, not made to a form."),
      tool_choice: z
        .unknown()
        .refine((choice) => !forcesTool(choice), "must not force a tool: this model calls none")
        .optional()
        .describe("auto or none: no tool is ever called."),
    },
    "must be a JSON object",
  )
  .meta({ id: "ChatCompletionRequest" });

export type ChatCompletionRequest = z.output<typeof ChatCompletionRequest>;

function forcesTool(choice: unknown): boolean {
  return choice === "required" || (typeof choice === "object" && choice !== null);
}

const Annotation = z.object({
  type: z.literal("url_citation"),
  url_citation: z.object({
    start_index: z.int().describe("Where the marker, such as [1], starts in the content (UTF-16)."),
    end_index: z.int().describe("Where it ends."),
    url: z.string().describe("Opens the source at the exact words."),
    title: z.string().describe("The source's title."),
  }),
});

export const Usage = z
  .object({
    prompt_tokens: z.int(),
    completion_tokens: z.int(),
    total_tokens: z.int(),
  })
  .meta({
    id: "Usage",
    description: "As the chat model's server counts them, else estimates: one token for every 4 characters.",
  });

/** What Docent knows of an answer and OpenAI's shape has no place for. */
const Extension = z
  .object({
    answer_id: z.string().describe("Names the answer in POST /api/feedback."),
    status: z.enum(["answered", "not_found"]).describe("not_found: the documents do not say."),
    confidence: z.number().describe("How likely the answer is right, from 0 to 1."),
    suggestions: z.array(z.string()).describe("Questions these documents can answer."),
  })
  .describe("What is known of the answer beyond OpenAI's shape.");

const HEAD = {
  id: z.string().describe("chatcmpl- and the id of the answer."),
  created: z.int().describe("Seconds since 1970."),
  model: z.literal(MODEL),
  system_fingerprint: z.string().describe("The index that was asked; another one may answer differently."),
};

const CITATIONS = z.array(Citation).describe("The quotes behind the markers in the content, as in POST /api/chat.");

export const ChatCompletion = z
  .object({
    ...HEAD,
    object: z.literal("chat.completion"),
    choices: z
      .array(
        z.object({
          index: z.int(),
          message: z.object({
            role: z.literal("assistant"),
            content: z.string().describe("The answer with its markers, an empty line, then its sources, one a line."),
            refusal: z.null(),
            annotations: z.array(Annotation).describe("One for each marker of the answer."),
          }),
          logprobs: z.null(),
          finish_reason: z.literal("stop"),
        }),
      )
      .describe("One."),
    usage: Usage,
    citations: CITATIONS,
    docent: Extension,
  })
  .meta({ id: "ChatCompletion" });

export const ChatCompletionChunk = z
  .object({
    ...HEAD,
    object: z.literal("chat.completion.chunk"),
    choices: z
      .array(
        z.object({
          index: z.int(),
          delta: z.object({
            role: z.literal("assistant").optional().describe("In the first chunk."),
            content: z.string().optional().describe("The next piece of the content."),
            refusal: z.null().optional(),
            annotations: z.array(Annotation).optional().describe("All of them, once the content is whole."),
          }),
          logprobs: z.null(),
          finish_reason: z.literal("stop").nullable().describe("stop in the last chunk that has a choice."),
        }),
      )
      .describe("One; none in the chunk with the usage."),
    usage: Usage.nullable().optional().describe("Only where stream_options asks for it: in the last chunk."),
    citations: CITATIONS.optional(),
    docent: Extension.optional(),
  })
  .meta({ id: "ChatCompletionChunk" });

export const Model = z
  .object({
    id: z.literal(MODEL),
    object: z.literal("model"),
    created: z.int().describe("When the server was started, in seconds since 1970."),
    owned_by: z.literal("docent"),
  })
  .meta({ id: "Model" });

export const ModelList = z.object({ object: z.literal("list"), data: z.array(Model) }).meta({ id: "ModelList" });

export const OpenAiError = z
  .object({
    error: z.object({
      message: z.string().describe("What was wrong and what to do, for a person."),
      type: z.string().describe("The kind of error, such as invalid_request_error."),
      param: z.string().nullable().describe("The field at fault, such as messages.0.role."),
      code: z.string().nullable().describe("The error itself, such as model_not_found."),
    }),
  })
  .meta({ id: "OpenAiError", description: "An error in OpenAI's shape" });
