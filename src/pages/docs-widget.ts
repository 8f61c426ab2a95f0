import { table } from "./docs-schema.js";
import { html, type Markup } from "./markup.js";

/** The element's public interface, as src/widget/widget.d.ts has it; a test compares the two. */
const ATTRIBUTES: [name: string, values: string, what: string][] = [
  ["endpoint", "address", "Address of this server. If absent, where the script comes from."],
  ["heading", "text", "Title of the chat."],
  ["placeholder", "text", "Shown in the empty field for the question."],
  ["greeting", "text", "What the chat says before the first question; empty for nothing."],
  [
    "suggestions",
    'questions, separated by "|"',
    "Offered before the first question. If absent, this server is asked for some.",
  ],
  ["position", "bottom-right, bottom-left, inline", "Where the button floats, or a chat in the flow of the page."],
  ["open", "no value", "The floating chat is open."],
  ["theme", "auto, light, dark", "Colours. auto follows the reader's system."],
  ["lang", "language tag, such as en", "Language of the interface, not of the answers. If absent, that of the page."],
  ["question", "text", "Asked when the page loads."],
];
const METHODS: [name: string, what: string][] = [
  ["open()", "Opens the floating chat."],
  ["close()", "Closes it."],
  ["ask(text)", "Opens the chat and asks. A promise of the answer, or of null if it was stopped or failed."],
  ["reset()", "Forgets the conversation."],
];
const EVENTS: [name: string, detail: string, what: string][] = [
  ["docent-answer", "{ question, answer }", "A whole answer has been shown."],
  ["docent-feedback", "{ answerId, rating, comment }", "A reader has rated an answer, and the server has kept it."],
  ["docent-open", "{ open }", "The floating chat has been opened or closed."],
];
const PROPERTIES: [name: string, what: string][] = [
  ["--docent-accent", "Buttons, links and markers."],
  ["--docent-on-accent", "Text on the accent colour."],
  ["--docent-ink", "Text."],
  ["--docent-soft", "Text that matters less."],
  ["--docent-paper", "Background."],
  ["--docent-wash", "Background of what stands apart."],
  ["--docent-line", "Borders."],
  ["--docent-bad", "The mark of an error."],
  ["--docent-radius", "Roundness of corners."],
  ["--docent-font", "Typeface."],
  ["--docent-width", "Width of the floating chat."],
  ["--docent-height", "Height of the chat."],
  ["--docent-z", "z-index of the floating chat."],
];

const PARTS =
  "button, panel, header, heading, log, greeting, question, answer, refusal, error, retry, marker, popover, sources, link, tool, comment, chips, chip, composer, input, send";

/** How the chat is put on another site, with the lines to copy. */
export function widgetSection(origin: string, integrity: string): Markup {
  const code = ([name, ...rest]: readonly string[]): (Markup | string)[] => [html`<code>${name!}</code>`, ...rest];
  const snippet = `<script type="module" src="${origin}/widget@1.js" integrity="${integrity}" crossorigin></script>
<docent-chat endpoint="${origin}"></docent-chat>`;
  const listening = `const chat = document.querySelector("docent-chat");
chat.addEventListener("docent-answer", (event) => console.log(event.detail.answer.status));
chat.ask("What can you do?");`;
  const adding = `customElements.whenDefined("docent-chat").then((chat) => {
  chat.addLanguage("it", { send: "Invia", placeholder: "La tua domanda" });
});`;
  return html`<section aria-labelledby="widget">
    <h2 id="widget">Put the chat on your site</h2>
    <p>Copy these two lines into a page. A button appears in its corner, and opens the chat.</p>
    ${codeBlock("Lines for your page", snippet)}
    <p>
      If the page is on another origin than this server, list that origin in the setting
      <code>CORS_ORIGINS</code> (<code>https://www.example.org</code>), or the browser will load nothing.
    </p>
    <p>
      With <code>integrity</code>, the browser runs exactly this version of the file and no other. After an update of
      this server, copy the lines anew; or leave <code>integrity</code> out, to take updates as they come. The path
      <code>/widget@1.js</code> stays for as long as what is listed below does.
    </p>
    <h3 id="widget-attributes">Attributes</h3>
    ${table("Attributes of docent-chat", ["Attribute", "Value", "What it does"], ATTRIBUTES.map(code))}
    <h3 id="widget-methods">Methods</h3>
    ${table("Methods of docent-chat", ["Method", "What it does"], METHODS.map(code))}
    <h3 id="widget-events">Events</h3>
    ${table(
      "Events of docent-chat",
      ["Event", "detail", "When"],
      EVENTS.map(([name, detail, what]) => [html`<code>${name}</code>`, html`<code>${detail}</code>`, what]),
    )}
    ${codeBlock("Asking and listening from a script", listening)}
    <h3 id="widget-style">Style</h3>
    <p>Set these custom properties on the element, or anywhere above it.</p>
    ${table("Custom properties of docent-chat", ["Property", "What it sets"], PROPERTIES.map(code))}
    <p>For everything else there are parts, such as <code>docent-chat::part(panel)</code>: ${PARTS}.</p>
    <h3 id="widget-languages">Another language</h3>
    <p>The interface speaks English, German, French, Spanish and Hindi. A page can add a language, or change words:</p>
    ${codeBlock("Adding a language", adding)}
    <p>The names of all words are in <a href="/widget.d.ts">/widget.d.ts</a>. Words left out are English.</p>
    <p>Types for TypeScript are at <a href="/widget.d.ts">/widget.d.ts</a>.</p>
  </section>`;
}

/** Lines to copy. */
export function codeBlock(label: string, text: string): Markup {
  return html`<pre class="code" role="group" aria-label="${label}"><code>${text}</code></pre>`;
}
