import { html, type Markup } from "./markup.js";

export interface PageParts {
  /** For the window and for links shared elsewhere; the site's name is added. Null for the site itself. */
  title: string | null;
  /** One sentence on what is here. */
  description: string;
  main: Markup;
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
  ["/docs", "API"],
] as const;

/** A whole page. Markup is built from escaped text only (markup.ts); no page has anything inline that a browser runs. */
export function page({ title, description, main, current, scripts = [], head }: PageParts): string {
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
          <meta name="twitter:card" content="summary" />
          <meta name="color-scheme" content="light dark" />
          <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
          <link rel="stylesheet" href="/docent.css" />
          ${scripts.map((script) => html`<script type="module" src="${script}"></script> `)}${head ?? null}
        </head>
        <body>
          <a class="skip" href="#main">Skip to the content</a>
          <header class="site">
            <a class="brand" href="/">${SITE}</a>
            <nav aria-label="Pages">
              ${NAVIGATION.map(
                ([path, name]) =>
                  html`<a href="${path}" ${path === current ? html` aria-current="page"` : null}>${name}</a>`,
              )}
            </nav>
          </header>
          <main id="main">${main}</main>
        </body>
      </html> `,
  );
}

/** Characters that change the writing direction; in a window's title nothing else would contain them. */
const DIRECTION_CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
