/**
 * Makes names for addresses (`/faq#name`) out of texts: the letters and digits of each with hyphens between, and a
 * number after those met before.
 *
 * @param maxChars where longer names are cut
 */
export function fragmentNames(maxChars: number): (text: string) => string {
  const taken = new Set<string>();
  const next = new Map<string, number>();
  return (text) => {
    const words = text.toLowerCase().match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
    const bare = words
      .join("-")
      .slice(0, maxChars)
      .replace(/[-\ud800-\udbff]$/, "");
    let name = bare;
    for (let n = next.get(bare) ?? 2; taken.has(name) || name === ""; n++) {
      name = `${bare}-${n}`;
      next.set(bare, n + 1);
    }
    taken.add(name);
    return name;
  };
}
