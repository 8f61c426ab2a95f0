import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { AjvJsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/ajv-provider.js";
import { z } from "zod";
import { DocentError } from "../errors.js";
import { SOURCE_TEMPLATE } from "./addresses.js";
import { ProtocolFault, RPC } from "./faults.js";
import type { McpPort } from "./port.js";
import { completeSource, listSources, readSource, TEMPLATES } from "./resources.js";
import { instructionsFor } from "./texts.js";
import { TOOLS } from "./tools.js";

export interface ServerSettings {
  version: string;
  /** Is told what went wrong inside, which callers are not. */
  onFault: (error: unknown) => void;
}

interface Method {
  /** Answers a request's parameters. @throws DocentError or ProtocolFault for the caller */
  (port: McpPort, params: unknown, signal: AbortSignal): Promise<object>;
}

/** A server costs one of these otherwise, which takes longer than all the rest of it. */
const VALIDATOR = new AjvJsonSchemaValidator();

const text = z.string("must be a string");
const ListParams = z.object({ cursor: text.optional() }, "must be an object").optional();
const ReadParams = z.object({ uri: text }, "must be an object with a uri");
const CallParams = z.object(
  { name: text, arguments: z.record(z.string(), z.unknown(), "must be an object").default({}) },
  "must be an object with a name",
);
const CompleteParams = z.object({
  ref: z.object({ type: text, uri: text.optional() }, "must be an object with a type"),
  argument: z.object({ name: text, value: text }, "must be an object with name and value"),
});

const METHODS: Readonly<Record<string, Method>> = {
  "tools/list": async () => ({ tools: TOOLS.map((tool) => tool.definition) }),
  "tools/call": async (port, params, signal) => {
    const { name, arguments: given } = paramsFor(CallParams, params);
    const tool = TOOLS.find(({ definition }) => definition.name === name);
    if (tool !== undefined) return tool.call(port, given, signal);
    throw new ProtocolFault(RPC.invalidParams, "There is no tool of this name. tools/list gives all.");
  },
  "resources/list": async (port, params) => listSources(port, paramsFor(ListParams, params)?.cursor),
  "resources/templates/list": async () => TEMPLATES,
  "resources/read": async (port, params) => readSource(port, paramsFor(ReadParams, params).uri),
  "completion/complete": async (port, params) => {
    const { ref, argument } = paramsFor(CompleteParams, params);
    if (ref.uri === SOURCE_TEMPLATE && argument.name === "id") return completeSource(port, argument.value);
    throw new ProtocolFault(RPC.invalidParams, `Only id of ${SOURCE_TEMPLATE} can be completed.`);
  },
};

/**
 * A Model Context Protocol server for one connection, or for one request where a connection has no state: the tools ask and
 * search, and each document as a resource. What is asked for in a wrong way is answered in plain words; what goes wrong
 * inside is told `onFault` only.
 */
export async function createMcpServer(port: McpPort, { version, onFault }: ServerSettings): Promise<Server> {
  const documents = await port.sources().catch(() => null);
  const server = new Server(
    { name: "docent", title: "Docent", version },
    {
      capabilities: { tools: {}, resources: {}, completions: {} },
      instructions: instructionsFor(documents),
      jsonSchemaValidator: VALIDATOR,
    },
  );
  // The library's own handlers would answer wrong parameters with a dump of what its validation found.
  server.fallbackRequestHandler = async ({ method, params }, { signal }) => {
    const answer = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined;
    if (answer === undefined) throw new ProtocolFault(RPC.unknownMethod, "There is no method of this name.");
    try {
      return { ...(await answer(port, params, signal)) };
    } catch (error) {
      if (signal.aborted || error instanceof ProtocolFault) throw error;
      const told = toldOf(error, onFault);
      // A model reads the result of its call, and may mend it; errors of the protocol are often kept from it.
      if (method === "tools/call") return { content: [{ type: "text", text: told }], isError: true };
      throw new ProtocolFault(RPC.internal, told);
    }
  };
  return server;
}

/** What a caller is told of an error; `onFault` is told of those that are not the caller's. */
function toldOf(error: unknown, onFault: (error: unknown) => void): string {
  if (error instanceof DocentError) return error.message;
  onFault(error);
  return "The request could not be handled. The server's log says why.";
}

/** Checks a request's parameters. @throws ProtocolFault naming those at fault */
function paramsFor<Schema extends z.ZodType>(schema: Schema, params: unknown): z.output<Schema> {
  const parsed = schema.safeParse(params);
  if (parsed.success) return parsed.data;
  const named = parsed.error.issues.map(({ path, message }) => `${["params", ...path].join(".")} ${message}`);
  throw new ProtocolFault(RPC.invalidParams, `${named.join("; ").slice(0, 500)}.`);
}
