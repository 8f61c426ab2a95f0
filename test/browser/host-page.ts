import type { RequestListener } from "node:http";

export interface HostPage {
  /** Content-Security-Policy of the page. */
  policy?: string;
  /** Where widget.js comes from. */
  widget?: string;
  /** Further attributes of the script element. */
  script?: string;
  /** Attributes of the widget, or null for none on the page. */
  chat?: string | null;
  /** Attributes of <html>. */
  html?: string;
}

/** As strict as a site can be whose own server has the widget. */
const STRICT_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'";

/** As strict as a site can be that has the widget from another server. */
export function strictPolicyWith(docent: string): string {
  return `default-src 'none'; script-src 'self' ${docent}; style-src 'self'; connect-src 'self' ${docent}`;
}

/** A page of somebody's web site with the widget on it. */
function hostMarkup({ widget = "/widget.js", script = "", chat = "", html = 'lang="en"' }: HostPage): string {
  return `<!doctype html>
<html ${html}>
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>A site of somebody's</title>
  <script type="module" src="${widget}" ${script}></script>
</head>
<body>
  <main>
    <h1>Opening hours</h1>
    <p>Open on all days but Monday. <a href="/elsewhere">Elsewhere</a></p>
    ${chat === null ? "" : `<docent-chat ${chat}></docent-chat>`}
  </main>
</body>
</html>`;
}

/** Serves host pages by path, as they are at the time. */
export function hostPages(pages: ReadonlyMap<string, HostPage>): RequestListener {
  return (request, response) => {
    const page = pages.get(request.url ?? "");
    if (page === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.setHeader("Content-Security-Policy", page.policy ?? STRICT_POLICY);
    response.end(hostMarkup(page));
  };
}
