import { html, svg, type SVGTemplateResult, type TemplateResult } from "lit";

const icon = (path: SVGTemplateResult): TemplateResult =>
  html`<svg viewBox="0 0 24 24" aria-hidden="true">${path}</svg>`;

export const ICONS = {
  chat: icon(svg`<path d="M4 5h16v11H11l-5 4v-4H4z"/><path d="M8 9h8M8 12.5h5"/>`),
  close: icon(svg`<path d="M6 6l12 12M18 6L6 18"/>`),
  fresh: icon(svg`<path d="M12 5v14M5 12h14"/>`),
  send: icon(svg`<g class="turns"><path d="M4 12l16-7-5 15-3.5-6.5z"/><path d="M11.5 13.5L20 5"/></g>`),
  stop: icon(svg`<rect x="7" y="7" width="10" height="10" rx="1" fill="currentColor"/>`),
  copy: icon(svg`<rect x="8" y="8" width="11" height="12" rx="2"/><path d="M5 16V6a2 2 0 0 1 2-2h8"/>`),
  link: icon(
    svg`<path d="M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1"/><path d="M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1"/>`,
  ),
  up: icon(
    svg`<path d="M7 11v9H4v-9zM7 11l4-8c1.7 0 2.5 1 2.2 2.7L12.7 9H19c1.2 0 2 1 1.7 2.2l-1.6 7c-.3 1.1-1 1.8-2.1 1.8H7"/>`,
  ),
  down: icon(
    svg`<path d="M7 13V4H4v9zM7 13l4 8c1.7 0 2.5-1 2.2-2.7L12.7 15H19c1.2 0 2-1 1.7-2.2l-1.6-7C18.8 4.7 18.1 4 17 4H7"/>`,
  ),
  unknown: icon(
    svg`<circle cx="12" cy="12" r="9"/><path d="M9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1 1-1.1 1.8M12 16.7v.1"/>`,
  ),
};
