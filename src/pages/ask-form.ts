import { LIMITS } from "../http/schemas.js";
import { html, type Markup } from "./markup.js";

/** Asks a question without a script. */
export function askForm(question: string): Markup {
  return html`<form action="/" method="get" role="search">
    <input
      name="q"
      aria-label="Your question"
      placeholder="Ask about these documents"
      maxlength="${LIMITS.questionChars}"
      required
      value="${question}"
    /><button>Ask</button>
  </form>`;
}
