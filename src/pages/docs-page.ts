import type { RequestHandler } from "express";
import type { JsonSchema, OpenApi, OpenApiOperation, Parameter } from "../http/openapi-types.js";
import { originOf } from "../http/origin.js";
import { type Field, fieldsOf, fieldTable, limitsOf, table, typeOf } from "./docs-schema.js";
import { codeBlock, widgetSection } from "./docs-widget.js";
import { page } from "./layout.js";
import { html, type Markup } from "./markup.js";

/** Stands where the server cannot tell what it is called. */
const SOME_ORIGIN = "https://docent.example.org";

interface Endpoint {
  method: string;
  path: string;
  anchor: string;
  operation: OpenApiOperation;
}

/**
 * GET /docs: how to ask from a program and from another site, made from the OpenAPI document.
 *
 * @param integrity of widget.js
 * @param asksForKey whether callers must send a key
 */
export function docsRoute(api: OpenApi, integrity: string, asksForKey: boolean): RequestHandler {
  const endpoints = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Endpoint => {
      const anchor = `${method}${path.replace(/[^a-z]+/g, "-")}`.replace(/-$/, "");
      return { method: method.toUpperCase(), path, anchor, operation };
    }),
  );
  const { schemas } = api.components;
  return (request, response) => {
    const known = originOf(request);
    const origin = known ?? SOME_ORIGIN;
    const main = html`<h1>API and widget</h1>
      <p class="soft">
        Ask from a program, or put the chat on your site. For machines: <a href="/openapi.json">OpenAPI 3.1</a>. Version
        ${api.info.version}.
      </p>
      ${contents(endpoints, Object.keys(schemas))} ${widgetSection(origin, integrity)}
      <section aria-labelledby="endpoints">
        <h2 id="endpoints">Endpoints</h2>
        ${keyNote(asksForKey)}
        <p>
          Errors are <code>application/problem+json</code> (RFC 9457): see <a href="#schema-Problem">Problem</a>; below
          <code>/v1</code> they have OpenAI’s shape: see <a href="#schema-OpenAiError">OpenAiError</a>. After 429 and
          503, wait as many seconds as the header <code>Retry-After</code> says.
        </p>
        ${endpoints.map((endpoint) => endpointSection(endpoint, origin, schemas, asksForKey))}
      </section>
      <section aria-labelledby="schemas">
        <h2 id="schemas">Schemas</h2>
        ${Object.entries(schemas).map(([name, schema]) => schemaSection(name, schema))}
      </section>`;
    const description = "How to ask from a program, and how to put the chat on your site.";
    response
      .type("html")
      .send(page({ title: "API and widget", description, main, origin: known, path: "/docs", current: "/docs" }));
  };
}

function contents(endpoints: readonly Endpoint[], schemas: readonly string[]): Markup {
  return html`<nav class="outline" aria-label="Contents">
    <ul>
      <li><a href="#widget">Put the chat on your site</a></li>
      <li>
        <a href="#endpoints">Endpoints</a>
        <ul>
          ${endpoints.map(
            ({ method, path, anchor }) =>
              html`<li>
                <a href="#${anchor}"><code>${method} ${path}</code></a>
              </li>`,
          )}
        </ul>
      </li>
      <li>
        <a href="#schemas">Schemas</a>
        <ul class="short">
          ${schemas.map((name) => html`<li><a href="#schema-${name}">${name}</a></li>`)}
        </ul>
      </li>
    </ul>
  </nav>`;
}

function keyNote(asksForKey: boolean): Markup {
  const header = html`<code>Authorization: Bearer KEY</code>`;
  if (asksForKey) return html`<p>This server asks for a key: send it as ${header}.</p>`;
  return html`<p>
    This server asks for no key. Where the setting <code>API_KEYS</code> is set, send one as ${header}.
  </p>`;
}

function endpointSection(
  { method, path, anchor, operation }: Endpoint,
  origin: string,
  schemas: Record<string, JsonSchema>,
  asksForKey: boolean,
): Markup {
  const body = operation.requestBody?.content["application/json"];
  const withKey = asksForKey && operation.security !== undefined;
  return html`<article class="endpoint" aria-labelledby="${anchor}">
    <h3 id="${anchor}"><span class="method">${method}</span> <code>${path}</code></h3>
    <p>${operation.summary} ${operation.description ?? null}</p>
    ${
      operation.parameters !== undefined &&
      fieldTable(`Parameters of ${method} ${path}`, operation.parameters.map(parameterField))
    }
    ${body !== undefined && fieldTable(`Body of ${method} ${path} (JSON)`, fieldsOf(resolved(body.schema, schemas)))}
    ${responseTable({ method, path, anchor, operation })} ${eventTable(operation)}
    ${codeBlock(`Example of ${method} ${path}`, curlLine(method, path, operation, origin, withKey))}
  </article>`;
}

/** What a schema refers to; itself, if it refers to nothing. */
function resolved(schema: JsonSchema, schemas: Record<string, JsonSchema>): JsonSchema {
  return schema.$ref === undefined ? schema : schemas[schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1)]!;
}

function parameterField({ name, in: where, required, description, schema }: Parameter): Field {
  return { name, required, schema: { ...schema, description: `${description} In the ${where}.` } };
}

function responseTable({ method, path, operation }: Endpoint): Markup {
  const rows = Object.entries(operation.responses).map(([status, { description, content }]) => {
    const kinds = Object.entries(content ?? {});
    const bodies = kinds.map(([type, { schema }], i) => {
      const what = schema.$ref === undefined ? html`events` : typeOf(schema);
      return html`${i > 0 && ", "}${what} <small>${type}</small>`;
    });
    return [html`<code>${status}</code>`, description, kinds.length === 0 ? "–" : html`${bodies}`];
  });
  return table(`Responses of ${method} ${path}`, ["Status", "Meaning", "Body"], rows);
}

function eventTable({ responses }: OpenApiOperation): Markup | null {
  const events = responses["200"]?.content?.["text/event-stream"]?.["x-events"];
  if (events === undefined) return null;
  const rows = Object.entries(events).map(([name, { description, schema }]) => [
    html`<code>${name}</code>`,
    typeOf(schema),
    description,
  ]);
  return table("Server-sent events", ["Event", "Data", "What it is"], rows);
}

/** A line for a shell; what varies in it is from the description or checked (originOf), and nothing is in need of quotes. */
function curlLine(method: string, path: string, operation: OpenApiOperation, origin: string, withKey: boolean): string {
  const parameters = operation.parameters ?? [];
  const example = (one: Parameter): string => encodeURIComponent(one.example ?? "");
  const filled = parameters
    .filter((one) => one.in === "path")
    .reduce((url, one) => url.replace(`{${one.name}}`, example(one)), path);
  const query = parameters.filter((one) => one.in === "query" && one.example !== undefined);
  const asked = query.map((one, i) => `${i === 0 ? "?" : "&"}${one.name}=${example(one)}`).join("");
  const body = operation.requestBody?.content["application/json"]?.example;
  return [
    `curl -s '${origin}${filled}${asked}'`,
    withKey && "-H 'authorization: Bearer KEY'",
    method === "POST" && `-H 'content-type: application/json' -d '${JSON.stringify(body)}'`,
  ]
    .filter(Boolean)
    .join(" ");
}

function schemaSection(name: string, schema: JsonSchema): Markup {
  const fields = fieldsOf(schema);
  const note = [schema.description, limitsOf(schema)].filter(Boolean).join(", ");
  return html`<h3 id="schema-${name}">${name}</h3>
    ${note !== "" && html`<p>${note}</p>`}
    ${
      fields.length === 0
        ? html`<p>${schema.items === undefined ? typeOf(schema) : html`A ${typeOf(schema)}.`}</p>`
        : html`${schema.items !== undefined && html`<p>A list of these:</p>`}${fieldTable(`Fields of ${name}`, fields)}`
    }`;
}
