import { css, unsafeCSS } from "lit";

const LIGHT = {
  ink: "#1b2129",
  paper: "#fff",
  soft: "#56606c",
  line: "#d8dde3",
  wash: "#f1f4f7",
  accent: "#0b5cad",
  "on-accent": "#fff",
  bad: "#a8201a",
};
const DARK: typeof LIGHT = {
  ink: "#e7eaee",
  paper: "#191d22",
  soft: "#a9b3be",
  line: "#3a424c",
  wash: "#242a31",
  accent: "#82bbff",
  "on-accent": "#0d1a29",
  bad: "#ff9d94",
};

/** A page sets `--docent-accent` and so on, on the element or anywhere above it. */
const colours = (theme: typeof LIGHT): ReturnType<typeof unsafeCSS> =>
  unsafeCSS(
    Object.entries(theme)
      .map(([name, value]) => `--${name}:var(--docent-${name},${value})`)
      .join(";"),
  );

/**
 * Lengths are in em, from a size that follows the reader's setting but not a page's small root. Logical properties, so
 * that all of it turns round where the page is written from right to left.
 */
export const styles = css`
  :host {
    display: block;
    color-scheme: light;
    ${colours(LIGHT)};
    --radius: var(--docent-radius, 0.875em);
  }
  :host([hidden]) {
    display: none;
  }
  :host([theme="dark"]) {
    color-scheme: dark;
    ${colours(DARK)};
  }
  @media (prefers-color-scheme: dark) {
    :host(:not([theme="light"])) {
      color-scheme: dark;
      ${colours(DARK)};
    }
  }
  /* Nothing of the page's own style comes in by inheritance. */
  .launcher,
  .panel,
  .popover,
  .hidden {
    all: initial;
    box-sizing: border-box;
    font: max(16px, 1rem) / 1.5
      var(--docent-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif);
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  button,
  textarea {
    font: inherit;
    color: inherit;
    margin: 0;
  }
  button {
    cursor: pointer;
    background: none;
    border: 0;
    padding: 0;
  }
  a {
    color: var(--accent);
    text-underline-offset: 0.15em;
  }
  p,
  ol,
  ul,
  blockquote,
  h2,
  h3 {
    margin: 0;
    padding: 0;
    font: inherit;
  }
  :focus {
    outline: none;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  svg {
    inline-size: 1.25em;
    block-size: 1.25em;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.75;
    stroke-linecap: round;
    stroke-linejoin: round;
    flex: none;
  }
  .hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  /* The button and the panel */
  .launcher,
  .panel.floating {
    position: fixed;
    z-index: var(--docent-z, 2147483000);
    inset-block-end: 1.25em;
    inset-inline-end: 1.25em;
  }
  :host([position="bottom-right"]) :is(.launcher, .panel.floating) {
    inset-inline: auto;
    right: 1.25em;
  }
  :host([position="bottom-left"]) :is(.launcher, .panel.floating) {
    inset-inline: auto;
    left: 1.25em;
  }
  .launcher {
    cursor: pointer;
    display: grid;
    place-items: center;
    inline-size: 3.5em;
    block-size: 3.5em;
    border-radius: 50%;
    background: var(--accent);
    color: var(--on-accent);
    box-shadow: 0 0.25em 1em rgb(0 0 0 / 0.28);
  }
  .launcher svg {
    inline-size: 1.6em;
    block-size: 1.6em;
  }
  .panel {
    display: flex;
    flex-direction: column;
    color: var(--ink);
    background: var(--paper);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    overflow: hidden;
    text-align: start;
  }
  .panel.floating {
    inline-size: min(var(--docent-width, 26em), calc(100vw - 2.5em));
    block-size: min(var(--docent-height, 42em), calc(100vh - 2.5em));
    block-size: min(var(--docent-height, 42em), calc(100dvh - 2.5em));
    box-shadow: 0 0.5em 2.5em rgb(0 0 0 / 0.3);
  }
  .panel.inline {
    position: relative;
    min-block-size: 16em;
    max-block-size: var(--docent-height, clamp(24em, 75vh, 48em));
  }
  @media (max-width: 480px), (max-height: 480px) {
    .panel.floating {
      inset: 0;
      inline-size: auto;
      block-size: auto;
      border: 0;
      border-radius: 0;
    }
    :host([position]) .panel.floating {
      inset: 0;
    }
  }
  header {
    display: flex;
    align-items: center;
    gap: 0.25em;
    padding: 0.6em 0.75em 0.6em 1em;
    padding-inline: 1em 0.6em;
    border-block-end: 1px solid var(--line);
  }
  h2 {
    flex: 1;
    min-inline-size: 0;
    font-weight: 650;
    overflow-wrap: anywhere;
  }
  .icon {
    display: grid;
    place-items: center;
    min-inline-size: 2.25em;
    min-block-size: 2.25em;
    border-radius: 0.5em;
    color: var(--soft);
  }
  .icon:hover,
  .icon[aria-pressed="true"] {
    color: var(--accent);
    background: var(--wash);
  }
  .icon[aria-pressed="true"] svg {
    fill: currentColor;
    fill-opacity: 0.25;
  }

  /* The conversation */
  .log {
    /* What is hidden in it stays in it, and does not lengthen the page. */
    position: relative;
    flex: 1;
    min-block-size: 0;
    overflow-y: auto;
    overscroll-behavior: contain;
    padding: 1em;
    scrollbar-width: thin;
  }
  .log:focus-visible {
    outline-offset: -2px;
  }
  .greeting {
    color: var(--soft);
  }
  .greeting + .exchange {
    margin-block-start: 1em;
  }
  .exchange + .exchange {
    margin-block-start: 1.5em;
  }
  .question {
    inline-size: fit-content;
    max-inline-size: 85%;
    margin-inline-start: auto;
    padding: 0.5em 0.85em;
    border-radius: var(--radius);
    border-end-end-radius: 0.25em;
    background: var(--accent);
    color: var(--on-accent);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .answer {
    margin-block-start: 0.85em;
    overflow-wrap: anywhere;
  }
  .answer > * + * {
    margin-block-start: 0.5em;
  }
  .answer ul {
    padding-inline-start: 1.25em;
  }
  .answer li + li {
    margin-block-start: 0.25em;
  }
  .refusal {
    padding: 0.65em 0.85em;
    border: 1px dashed var(--soft);
    border-radius: var(--radius);
    color: var(--soft);
  }
  .refusal-text {
    display: flex;
    gap: 0.5em;
    align-items: flex-start;
    font-style: italic;
  }
  .refusal-text svg {
    margin-block-start: 0.125em;
  }
  .error {
    padding: 0.65em 0.85em;
    border-inline-start: 3px solid var(--bad);
    border-radius: 0.25em;
    background: var(--wash);
  }
  .waiting {
    color: var(--soft);
  }
  .note {
    color: var(--soft);
    font-size: 0.9em;
    margin-block-start: 0.5em;
  }
  .marker {
    display: inline-block;
    min-inline-size: 1.5em;
    padding: 0 0.35em;
    margin-inline: 0.1em;
    border-radius: 0.4em;
    font-size: 0.78em;
    line-height: 1.5;
    font-weight: 600;
    vertical-align: 0.12em;
    text-align: center;
    color: var(--accent);
    background: var(--wash);
    border: 1px solid var(--line);
  }
  .marker:hover,
  .marker[aria-describedby] {
    background: var(--accent);
    color: var(--on-accent);
    border-color: var(--accent);
  }
  h3 {
    font-size: 0.85em;
    font-weight: 650;
    color: var(--soft);
    margin-block: 0.9em 0.3em;
  }
  .sources ol {
    list-style: none;
    font-size: 0.9em;
  }
  .sources li {
    display: flex;
    gap: 0.5em;
  }
  .sources li + li {
    margin-block-start: 0.3em;
  }
  .number {
    flex: none;
    color: var(--soft);
    font-variant-numeric: tabular-nums;
  }
  .place {
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }
  .sources a {
    text-decoration: none;
  }
  .sources a:hover {
    text-decoration: underline;
  }
  .under {
    color: var(--soft);
  }
  .outside {
    white-space: nowrap;
  }
  .sources .outside {
    display: block;
  }
  .log > h3:first-child {
    margin-block-start: 0;
  }
  /* A box is broken only where it is wider than the line, as a long word is in large type. */
  .kept {
    display: inline-block;
    max-inline-size: 100%;
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.1em;
    margin-block-start: 0.5em;
    margin-inline-start: -0.5em;
    font-size: 0.9em;
  }
  .link {
    color: var(--accent);
    text-decoration: underline;
    text-underline-offset: 0.15em;
    padding: 0.25em 0;
  }
  .comment {
    margin-block-start: 0.5em;
    font-size: 0.9em;
  }
  .comment label {
    display: block;
  }
  .comment textarea {
    inline-size: 100%;
    margin-block: 0.35em;
  }
  .comment .note {
    margin-block: 0 0.6em;
  }
  .chips {
    list-style: none;
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    gap: 0.4em;
  }
  .chip {
    padding: 0.4em 0.8em;
    border: 1px solid var(--line);
    border-radius: 1.2em;
    color: var(--accent);
    background: var(--paper);
    text-align: start;
    overflow-wrap: anywhere;
  }
  .chip:hover {
    border-color: var(--accent);
    background: var(--wash);
  }
  .chip:disabled {
    opacity: 0.6;
    cursor: default;
  }

  /* The quote of a marker */
  .popover {
    position: fixed;
    margin: 0;
    inset: auto;
    z-index: 2147483001;
    inline-size: max-content;
    max-inline-size: min(24em, calc(100vw - 1em));
    max-block-size: min(20em, 60vh);
    overflow-y: auto;
    padding: 0.75em 0.9em;
    color: var(--ink);
    background: var(--paper);
    border: 1px solid var(--line);
    border-radius: 0.6em;
    box-shadow: 0 0.35em 1.5em rgb(0 0 0 / 0.28);
    font-size: 0.9em;
    text-align: start;
    overflow-wrap: anywhere;
  }
  .popover:not(.shown) {
    display: none;
  }
  .popover .title {
    font-weight: 650;
  }
  .popover blockquote {
    margin-block: 0.5em;
    padding-inline-start: 0.7em;
    border-inline-start: 3px solid var(--accent);
    white-space: pre-line;
  }
  .popover .links {
    display: flex;
    flex-wrap: wrap;
    gap: 0.25em 1em;
  }

  /* Where one writes */
  .composer {
    display: flex;
    align-items: flex-end;
    gap: 0.5em;
    padding: 0.75em;
    border-block-start: 1px solid var(--line);
  }
  textarea {
    display: block;
    resize: none;
    padding: 0.5em 0.75em;
    border: 1px solid var(--soft);
    border-radius: 0.6em;
    background: var(--paper);
  }
  .composer textarea {
    flex: 1;
    min-inline-size: 0;
    max-block-size: 9em;
    field-sizing: content;
  }
  textarea::placeholder {
    color: var(--soft);
    opacity: 1;
  }
  .send,
  .primary {
    border-radius: 0.6em;
    background: var(--accent);
    color: var(--on-accent);
  }
  .send {
    display: grid;
    place-items: center;
    flex: none;
    inline-size: 2.6em;
    block-size: 2.6em;
  }
  .primary {
    padding: 0.35em 0.9em;
  }
  .send:disabled {
    background: var(--wash);
    color: var(--soft);
    cursor: default;
  }
  :host(:dir(rtl)) .turns,
  [dir="rtl"] .turns {
    transform: scaleX(-1);
    transform-box: view-box;
    transform-origin: center;
  }
  @media (prefers-reduced-motion: no-preference) {
    .panel.floating {
      animation: rise 0.16s ease-out;
    }
    .waiting {
      animation: breathe 1.4s ease-in-out infinite;
    }
    @keyframes rise {
      from {
        opacity: 0;
        translate: 0 0.75em;
      }
    }
    @keyframes breathe {
      50% {
        opacity: 0.55;
      }
    }
  }
  @media (forced-colors: active) {
    .question,
    .launcher,
    .send,
    .marker {
      border: 1px solid;
    }
  }
`;
