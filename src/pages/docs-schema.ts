import type { JsonSchema } from "../http/openapi-types.js";
import { html, type Markup } from "./markup.js";

/** One field of a body, however deep: `history[].role`. */
export interface Field {
  name: string;
  required: boolean;
  schema: JsonSchema;
}

/** The fields of an object, which may be null, or of the objects in a list; those of components it refers to are described elsewhere. */
export function fieldsOf(schema: JsonSchema, above = ""): Field[] {
  if (schema.items !== undefined) return fieldsOf(schema.items, `${above}[]`);
  const { properties, required: needed } = schema.anyOf?.find((one) => one.properties !== undefined) ?? schema;
  return Object.entries(properties ?? {}).flatMap(([key, field]) => {
    const name = above === "" ? key : `${above}.${key}`;
    const required = needed?.includes(key) ?? false;
    return [{ name, required, schema: field }, ...fieldsOf(field, name)];
  });
}

/** What a value is, in words: "list of string", "up or down", a link to a component. */
export function typeOf(schema: JsonSchema): Markup {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1);
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.enum !== undefined) {
    return html`${schema.enum.map((value, i) => html`${i > 0 && " or "}<code>"${value}"</code>`)}`;
  }
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.anyOf !== undefined) return html`${schema.anyOf.map((one, i) => html`${i > 0 && " or "}${typeOf(one)}`)}`;
  if (schema.items !== undefined) return html`list of ${typeOf(schema.items)}`;
  return html`${[schema.type ?? "any"].flat().join(" or ")}`;
}

/** What is allowed of a value: "1 to 2,000 characters", "at most 20 items", "8 if absent". */
export function limitsOf(schema: JsonSchema): string {
  const { minLength, maxLength, minItems, maxItems, minimum, maximum } = schema;
  return [
    range(minLength, maxLength, " characters"),
    range(minItems, maxItems, " items"),
    schema.items?.maxLength !== undefined &&
      `each ${range(schema.items.minLength, schema.items.maxLength, " characters")}`,
    range(minimum, maximum, ""),
    schema.default !== undefined && `${schema.default} if absent`,
  ]
    .filter(Boolean)
    .join(", ");
}

function range(least: number | undefined, most: number | undefined, unit: string): string | null {
  // The ends of what a whole number can be are no limits that anybody set.
  const from = least === undefined || least <= Number.MIN_SAFE_INTEGER ? null : least.toLocaleString("en");
  const to = most === undefined || most >= Number.MAX_SAFE_INTEGER ? null : most.toLocaleString("en");
  if (to === null) return from === null ? null : `at least ${from}${unit}`;
  return from === null ? `at most ${to}${unit}` : `${from} to ${to}${unit}`;
}

/** A table whose rows become blocks where the screen is narrow (docent.css). */
export function table(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly (Markup | string)[])[],
): Markup {
  return html`<table class="facts">
    <caption>
      ${caption}
    </caption>
    <thead>
      <tr>
        ${columns.map((column) => html`<th scope="col">${column}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            ${row.map((cell, i) => (i === 0 ? html`<th scope="row">${cell}</th>` : html`<td>${cell}</td>`))}
          </tr> `,
      )}
    </tbody>
  </table>`;
}

/** Fields as a table, with those that may be absent marked. */
export function fieldTable(caption: string, fields: readonly Field[]): Markup {
  const rows = fields.map(({ name, required, schema }) => {
    const limits = limitsOf(schema);
    return [
      html`<code>${name}</code>${!required && html` <small>optional</small>`}`,
      typeOf(schema),
      html`${schema.description ?? ""}${limits !== "" && html` <small class="limits">${limits}</small>`}`,
    ];
  });
  return table(caption, ["Field", "Type", "What it is"], rows);
}
