/** One thing measured in one way. */
export interface Figure {
  /** What was measured, such as "bundled model, 2 threads". */
  subject: string;
  /** What it was measured on, with its size. */
  on: string;
  value: number;
}

/** Figures of one kind, to be compared with one of them. */
export interface Comparison {
  title: string;
  unit: string;
  /** The subject whose figure is 1 in the ratios. */
  baseline: string;
  figures: Figure[];
}

export interface SuiteResult {
  suite: string;
  /** What a reader must know to believe the figures. */
  about: string[];
  comparisons: Comparison[];
}

export interface BenchReport {
  /** Time, machine, versions: what the figures were measured on. */
  run: Record<string, string>;
  suites: SuiteResult[];
}

/** The value of a figure divided by the baseline's. @throws Error if a comparison lacks its baseline */
function ratioOf(figure: Figure, { title, baseline, figures }: Comparison): number {
  const base = figures.find(({ subject }) => subject === baseline);
  if (base === undefined) throw new Error(`"${title}" has no figure for its baseline "${baseline}".`);
  return figure.value / base.value;
}

/** The report for programs: the figures with their ratios. */
export function jsonOf({ run, suites }: BenchReport): string {
  const withRatio = (comparison: Comparison): object => ({
    ...comparison,
    figures: comparison.figures.map((figure) => ({ ...figure, ratio: ratioOf(figure, comparison) })),
  });
  const whole = { run, suites: suites.map((suite) => ({ ...suite, comparisons: suite.comparisons.map(withRatio) })) };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

/** The report for people. */
export function markdownOf({ run, suites }: BenchReport): string {
  const lines = ["# Benchmarks", "", ...Object.entries(run).map(([name, value]) => `- ${name}: ${value}`)];
  for (const { suite, about, comparisons } of suites) {
    lines.push("", `## ${suite}`, "", ...about.map((line) => `- ${line}`));
    for (const comparison of comparisons) {
      const { title, unit, baseline, figures } = comparison;
      lines.push("", `### ${title}`, "", `| | measured on | ${unit} | × baseline |`, "| --- | --- | ---: | ---: |");
      for (const figure of figures) {
        const ratio = figure.subject === baseline ? "baseline" : threeDigits(ratioOf(figure, comparison));
        lines.push(`| ${figure.subject} | ${figure.on} | ${threeDigits(figure.value)} | ${ratio} |`);
      }
    }
  }
  return `${lines.join("\n")}\n`;
}

function threeDigits(value: number): string {
  const decimals = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(decimals, 3));
}
