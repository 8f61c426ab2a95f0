import { readFileSync } from "node:fs";
import path from "node:path";
import { PROJECT_DIR } from "../config.js";
import { synonymGroups } from "./synonyms.js";
import { termsOf } from "./tokenize.js";

/** Words that people ask with and words that texts say it with, a headword a line: see the README there. */
const FILE = path.join(PROJECT_DIR, "models", "docent-words-en", "thesaurus.txt");

/** What a word that means nearly the same counts at least, and one that often stands in an answer instead. */
const SAME = 0.6;
const NEAR = Number(process.env.NEAR ?? 0.4);

/** Of index terms, those that go with them, and how far they mean the same. */
type Companions = ReadonlyMap<string, number>;

const NONE: Companions = new Map();
let companions: Map<string, Map<string, number>> | null = null;

/** The everyday words that go with an index term, as index terms, and how far they mean the same, 0 to 1. */
export function companionsOf(term: string): Companions {
  return (companions ??= load()).get(term) ?? NONE;
}

function load(): Map<string, Map<string, number>> {
  const all = new Map<string, Map<string, number>>();
  const put = (from: string, to: string, likeness: number): void => {
    if (from === to) return;
    const others = all.get(from) ?? new Map<string, number>();
    others.set(to, Math.max(likeness, others.get(to) ?? 0));
    all.set(from, others);
  };
  const join = (a: string, b: string, likeness: number): void => {
    put(a, b, likeness);
    put(b, a, likeness);
  };
  for (const [term, others] of synonymGroups()) for (const other of others) join(term, other, SAME);
  for (const line of readFileSync(FILE, "utf8").trim().split("\n")) {
    const [head, lists] = line.split(":") as [string, string];
    const [same, near] = lists.split("|").map((list) => list.split(" ").flatMap((word) => termsOf(word).slice(0, 1)));
    const [term] = termsOf(head);
    if (term === undefined) continue;
    for (const other of same!) join(term, other, SAME);
    for (const other of near!) join(term, other, NEAR);
  }
  return all;
}
