/** The parts of OpenAPI 3.1 and of JSON Schema (2020-12) that Docent's description is made of. */
export interface OpenApi {
  openapi: "3.1.0";
  info: { title: string; version: string; description: string };
  /** By path, then by method in lower case. */
  paths: Record<string, Record<string, OpenApiOperation>>;
  components: { schemas: Record<string, JsonSchema>; securitySchemes: Record<string, object> };
}

export interface OpenApiOperation {
  summary: string;
  description?: string;
  security?: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { required: boolean; content: Record<string, MediaType> };
  /** By status. */
  responses: Record<string, { description: string; content?: Record<string, MediaType> }>;
}

export interface Parameter {
  name: string;
  in: "query" | "path";
  required: boolean;
  description: string;
  schema: JsonSchema;
  example?: string;
}

export interface MediaType {
  schema: JsonSchema;
  example?: unknown;
  /** Of a stream of server-sent events, what comes by name of the event; OpenAPI 3.1 has no word for it. */
  "x-events"?: Record<string, { description: string; schema: JsonSchema }>;
}

export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  enum?: string[];
  const?: unknown;
  default?: string | number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
}
