/** Lets a text through piece by piece up to the first of some stops, wherever the pieces divide it. */
export interface StopCut {
  /** What of the text so far can be sent on; what may turn out to begin a stop is held back. */
  push(text: string): string;
  /** What was held back, once no more text comes. */
  end(): string;
}

/** The text is cut where the first stop starts; of none, never. */
export function stopCut(given: string | readonly string[] | null | undefined): StopCut {
  const stops = [given ?? []].flat().filter((stop) => stop !== "");
  const longest = Math.max(0, ...stops.map((stop) => stop.length));
  let held = "";
  let isCut = false;
  const take = (end: number): string => {
    const taken = held.slice(0, end);
    held = held.slice(end);
    return taken;
  };
  const push = (text: string): string => {
    if (isCut) return "";
    held += text;
    const first = firstOf(stops, held);
    // Another stop may begin before it and still be going on.
    const going = goingOn(stops, held, longest);
    if (first < 0 || going < first) return take(going);
    isCut = true;
    return take(first);
  };
  const end = (): string => {
    if (isCut) return "";
    const first = firstOf(stops, held);
    isCut = true;
    return first < 0 ? held : held.slice(0, first);
  };
  return { push, end };
}

/** Where the first stop starts, or -1. */
function firstOf(stops: readonly string[], text: string): number {
  const starts = stops.map((stop) => text.indexOf(stop)).filter((start) => start >= 0);
  return starts.length === 0 ? -1 : Math.min(...starts);
}

/** Where the text first begins a stop that its end leaves open; its length if nowhere. */
function goingOn(stops: readonly string[], text: string, longest: number): number {
  for (let i = Math.max(0, text.length - longest + 1); i < text.length; i++) {
    const rest = text.slice(i);
    if (stops.some((stop) => stop.length > rest.length && stop.startsWith(rest))) return i;
  }
  return text.length;
}
