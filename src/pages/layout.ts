import { html, type Markup } from "./markup.js";

export interface PageParts {
  /** For the window and for links shared elsewhere; the site's name is added. Null for the site itself. */
  title: string | null;
  /** One sentence on what is here. */
  description: string;
  main: Markup;
  /** What this server is called by the caller, for links that are read elsewhere; null if that cannot be told. */
  origin?: string | null | undefined;
  /** Path and query of the page below it. */
  path?: string | undefined;
  /** Which entry of the navigation this is. */
  current?: "/" | "/faq" | "/sources" | "/docs" | undefined;
  /** Served scripts (modules) the page is better with; every page can be read without. */
  scripts?: readonly string[] | undefined;
  /** Further elements of the head. */
  head?: Markup | undefined;
}

const SITE = "Docent";
const NAVIGATION = [
  ["/", "Ask"],
  ["/faq", "FAQ"],
  ["/sources", "Sources"],
  ["/docs", "Developers"],
] as const;

/** A whole page. Markup is built from escaped text only (markup.ts); no page has anything inline that a browser runs. */
export function page({
  title,
  description,
  main,
  origin = null,
  path = "/",
  current,
  scripts = [],
  head,
}: PageParts): string {
  const shown = (title === null ? SITE : `${title} – ${SITE}`).replace(DIRECTION_CONTROLS, "");
  return String(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>${shown}</title>
          <meta name="description" content="${description}" />
          <meta property="og:title" content="${shown}" />
          <meta property="og:description" content="${description}" />
          <meta property="og:type" content="website" />
          <meta property="og:site_name" content="${SITE}" />
          ${origin !== null && sharing(origin, path)}
          <meta name="color-scheme" content="light dark" />
          <link rel="icon" href="/favicon.svg" type="image/svg+xml" sizes="any" />
          <link rel="stylesheet" href="/docent.css" />
          ${scripts.map((script) => html`<script type="module" src="${script}"></script> `)}${head ?? null}
        </head>
        <body>
          <a class="skip" href="#main">Skip to the content</a>
          <header class="site">
            <a class="brand" href="/">${SITE}</a>
            <nav aria-label="Pages">
              ${NAVIGATION.map(
                ([to, name]) => html`<a href="${to}" ${to === current ? html` aria-current="page"` : null}>${name}</a>`,
              )}
            </nav>
          </header>
          <main id="main">${main}</main>
        </body>
      </html> `,
  );
}

/** What a link to the page shows elsewhere; addresses must be whole there. */
function sharing(origin: string, path: string): Markup {
  const url = new URL(path, origin).href;
  return html`<link rel="canonical" href="${url}" />
    <meta property="og:url" content="${url}" />
    <meta property="og:image" content="${origin}/social.png" />
    <meta property="og:image:width" content="1200" />
    <meta property="og:image:height" content="630" />
    <meta property="og:image:alt" content="${SITE}: answers that quote their sources" />
    <meta name="twitter:card" content="summary_large_image" />`;
}

/** Characters that change the writing direction; in a window's title nothing else would contain them. */
const DIRECTION_CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
