/** What the address's fragment names on this page. */
export function namedByHash(): HTMLElement | null {
  try {
    return document.getElementById(decodeURIComponent(location.hash.slice(1)));
  } catch {
    return null; // A stray percent sign.
  }
}
