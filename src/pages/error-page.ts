import type { ErrorCode } from "../errors.js";
import { askForm } from "./ask-form.js";
import { page } from "./layout.js";
import { html } from "./markup.js";

/** What a person is told, where the problem's own words are meant for programs. */
const TOLD: Partial<Record<ErrorCode, (wait: number | null) => { title: string; text: string }>> = {
  not_found: () => ({
    title: "There is no page here",
    text: "It may have been moved or removed, or the address is mistyped. Ask the documents instead:",
  }),
  no_index: () => ({
    title: "The documents are being prepared",
    text: "This takes a few seconds. The page looks again by itself.",
  }),
  overloaded: () => ({
    title: "The server is busy",
    text: "Many people are asking just now. Reload this page in a few seconds.",
  }),
  too_many_requests: (wait) => ({
    title: "Too many requests",
    text: `Wait ${wait === null ? "a minute" : wait === 1 ? "a second" : `${wait} seconds`}, then reload this page.`,
  }),
  missing_key: () => ({
    title: "A key is needed",
    text: "Reload this page. Give any name, and the key as the password.",
  }),
  invalid_request: () => ({
    title: "This address cannot be read",
    text: "Something in it is not as it should be. Check it, or go on from here.",
  }),
  method_not_allowed: () => ({
    title: "Nothing can be sent to this page",
    text: "It can only be opened. Go on from here.",
  }),
  internal: () => ({
    title: "Something went wrong on the server",
    text: "Try again in a moment. If it happens again, tell the operator: the server's log says why.",
  }),
};

/**
 * The page of an error; made from nothing but the error, because documents may be what is missing.
 *
 * @param wait seconds after which it is worth to try again, if known
 */
export function errorPage(
  code: ErrorCode,
  problem: { status: number; title: string; detail: string },
  wait: number | null,
): string {
  const { title, text } = TOLD[code]?.(wait) ?? { title: problem.title, text: problem.detail };
  const main = html`<div class="error-page">
    <p class="status" aria-hidden="true">${problem.status}</p>
    <h1>${title}</h1>
    <p>${text}</p>
    ${code === "not_found" && askForm("")}
    ${
      code !== "no_index" &&
      html`<ul class="ways">
        <li><a href="/">Ask the documents</a></li>
        <li><a href="/faq">Frequent questions</a></li>
        <li><a href="/sources">All documents</a></li>
      </ul>`
    }
  </div>`;
  return page({ title, description: text, main });
}
