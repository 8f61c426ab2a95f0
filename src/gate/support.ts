import type { Embedder } from "../embed/embedder.js";
import type { PassageIndex } from "../search/passage-index.js";
import { termsOfWord } from "../search/tokenize.js";
import type { Passage } from "../types.js";
import { backClauses, clausesOf, nearestUnits } from "./clauses.js";
import { type SupportFeatures, featuresOf } from "./features.js";
import { type QuotedUnit, type ReadUnit, readUnits } from "./read-unit.js";
import { readText, type Token } from "./read-text.js";
import type { Verifier } from "./verifier.js";
import { type Unsupported, verdictOn } from "./verdict.js";

export interface Support {
  features: SupportFeatures;
  /** Why it is not let through; null if it is. */
  reason: Unsupported | null;
  /** The units that say it, in the order of its clauses. */
  units: QuotedUnit[];
  /** The units that may be quoted instead: they speak of the same in their own words. */
  nearest: QuotedUnit[];
}

/** Words with which one speaks of a text, or that say little by themselves. */
const LIGHT = new Set(
  "according accord say state mention note list call name mean give include involve provide offer apply concern describe explain document text excerpt source article page section thing kind way example instance well additionally addition overall general generally currently specific certain various several particular respectively"
    .split(" ")
    .flatMap((word) => termsOfWord(word)),
);
const LIGHT_SHARE = 0.3;

/** More likely entailed than not. */
const LEAST_ENTAILMENT = 0.5;

/** The passages that one answer may cite; words and embeddings of each are read once. */
export class Sources {
  readonly #read = new Map<Passage, Promise<ReadUnit[]>>();
  readonly #vectors = new Map<string, Promise<Float32Array>>();

  constructor(
    private readonly index: Pick<PassageIndex, "termWeights" | "shortForms">,
    private readonly embedder: Pick<Embedder, "embedPassages">,
    /** Asked where the words alone would let a claim through. */
    private readonly verifier: Verifier | null = null,
  ) {}

  /**
   * How far passages say a claim: clause by clause, each by the unit that says most of it.
   *
   * @param claim a sentence without markers
   */
  async supportOf(claim: string, passages: readonly Passage[]): Promise<Support> {
    const read = readText(claim, await this.index.shortForms());
    const units = (await Promise.all(passages.map((passage) => this.#unitsOf(passage)))).flat();
    const clauses = clausesOf(read, await this.#weigh(read.tokens));
    const backed = backClauses(clauses, units);
    const chosen = [...new Set(backed.map(({ unit }) => unit))];
    const cosine = await this.#cosine(claim, chosen);
    const features = featuresOf(read, clauses, backed, units, cosine);
    const reason = verdictOn(features) ?? (await this.#secondOpinion(claim, chosen));
    const quoted = (chosenUnits: readonly ReadUnit[]): QuotedUnit[] =>
      chosenUnits.map(({ passage, unit }) => ({ passage, unit }));
    return { features, reason, units: quoted(chosen), nearest: quoted(nearestUnits(clauses, units)) };
  }

  async #secondOpinion(claim: string, units: readonly ReadUnit[]): Promise<"entailment" | null> {
    if (this.verifier === null) return null;
    const premise = units
      .map(({ passage, unit, own }) =>
        [passage.headings.at(-1) ?? passage.title, unit.context, own.text].filter((part) => part !== "").join(". "),
      )
      .join(" ");
    return (await this.verifier.entailment(premise, claim)) < LEAST_ENTAILMENT ? "entailment" : null;
  }

  #unitsOf(passage: Passage): Promise<ReadUnit[]> {
    const known = this.#read.get(passage);
    if (known !== undefined) return known;
    const read = this.index.shortForms().then((forms) => readUnits(passage, forms));
    this.#read.set(passage, read);
    return read;
  }

  async #weigh(tokens: readonly Token[]): Promise<number[]> {
    const weights = await this.index.termWeights(tokens.map(({ terms }) => terms[0]!));
    return tokens.map(({ denies, terms }, t) =>
      denies ? 0 : weights[t]!.idf * (LIGHT.has(terms[0]!) ? LIGHT_SHARE : 1),
    );
  }

  /** The highest cosine of the claim with one of the units, or with all of them together. */
  async #cosine(claim: string, units: readonly ReadUnit[]): Promise<number> {
    if (units.length === 0) return 0;
    const texts = units.map(({ own }) => own.text);
    const [vector, ...others] = await this.#embed([claim, ...texts, ...(texts.length > 1 ? [texts.join(" ")] : [])]);
    return Math.max(...others.map((other) => other.reduce((sum, value, i) => sum + value * vector![i]!, 0)));
  }

  async #embed(texts: readonly string[]): Promise<Float32Array[]> {
    const strange = [...new Set(texts.filter((text) => !this.#vectors.has(text)))];
    const found = this.embedder.embedPassages(strange);
    strange.forEach((text, i) =>
      this.#vectors.set(
        text,
        found.then((vectors) => vectors[i]!),
      ),
    );
    return Promise.all(texts.map((text) => this.#vectors.get(text)!));
  }
}
