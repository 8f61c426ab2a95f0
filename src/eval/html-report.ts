import { byKind, reliabilityOf } from "./figures.js";
import type { FloorCheck } from "./floors.js";
import { anchor, passageAnchor, questionMarkup } from "./html-question.js";
import { STYLE } from "./html-style.js";
import { markup, type Markup, raw } from "./markup.js";
import type { SetResult } from "./run-sets.js";
import { shown } from "./terminal.js";
import { decimal, percent, rowsOf, TABLES } from "./totals.js";
import type { Outcome } from "./types.js";

/** The report as one page that needs nothing else: figures first, then every question, wrong ones before right ones. */
export function htmlReport(results: readonly SetResult[], checks: readonly FloorCheck[]): string {
  const asked = results.filter(({ skipped }) => skipped === null);
  const skipped = results.filter((set) => set.skipped !== null);
  const made = new Date().toISOString().slice(0, 16).replace("T", " ");
  return markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Docent: evaluation</title><link rel="icon" href="data:,"><style>${raw(STYLE)}</style></head><body>
<h1>Evaluation</h1>
<p class="soft">${made} UTC${skipped.map(({ name, skipped: why }) => ` · ${name} skipped: ${why}`)}</p>
<nav aria-label="Sets"><ul>${asked.map(navItem)}</ul></nav>
${floorsMarkup(checks)}
<h2>Figures</h2>
${figureTables(results)}
${asked.map(setMarkup)}
${asked.map(passagesMarkup)}
</body></html>
`.text;
}

function navItem({ name, outcomes }: SetResult): Markup {
  const wrong = outcomes.filter(isWrong).length;
  return markup`<li><a href="#${name}">${name}</a> <span class="soft">${wrong} of ${outcomes.length} wrong</span></li>`;
}

function floorsMarkup(checks: readonly FloorCheck[]): Markup | null {
  if (checks.length === 0) return null;
  const line = ({ set, figure, value, wanted }: FloorCheck): string =>
    `${figure} of ${set}: ${shown(value)}, wanted ${wanted}`;
  const held = checks.filter((check) => check.held).map((check) => markup`<li>${line(check)}</li>`);
  const failed = checks
    .filter((check) => !check.held)
    .map((check) => {
      const links = check.against.map(
        ({ id, question }) => markup` <a href="#${anchor(check.set, id)}" title="${question}">${id}</a>`,
      );
      return markup`<li><span class="bad">${line(check)}</span><small>${links}</small></li>`;
    });
  const verdict = markup`<p class="good">All ${checks.length} floors held.</p>`;
  return markup`<h2>Floors</h2>
${failed.length === 0 ? verdict : markup`<ul>${failed}</ul>`}
<details><summary>${held.length} that held</summary><ul>${held}</ul></details>`;
}

function figureTables(results: readonly SetResult[]): Markup[] {
  const rows = rowsOf(results);
  return TABLES.map(({ title, columns }) =>
    tableMarkup(
      [title, ...columns.map((column) => column.title)],
      rows.map((row) => [row.name, ...columns.map(({ show }) => show(row))]),
    ),
  );
}

function setMarkup({ name, outcomes }: SetResult): Markup {
  const list = (title: string, chosen: readonly Outcome[]): Markup | null =>
    chosen.length === 0
      ? null
      : markup`<h3 id="${name}-${title}">${chosen.length} ${title}</h3>${chosen.map((outcome) => questionMarkup(name, outcome))}`;
  const right = outcomes.filter((outcome) => !isWrong(outcome));
  return markup`<section id="${name}"><h2>${name}</h2>
<p><a href="#${name}-right">Right answers</a> · <a href="#${name}-passages">Passages</a></p>
<details><summary>By kind</summary>${kindTable(outcomes)}</details>
<details><summary>Confidence against share right</summary>${reliabilityMarkup(outcomes)}</details>
${list("wrong", outcomes.filter(isWrong))}
${list("right", right)}
</section>`;
}

/** An answer with a quote that is not exact is wrong, whatever it says. */
function isWrong({ right, quoteFaults }: Outcome): boolean {
  return !right || quoteFaults.length > 0;
}

function kindTable(outcomes: readonly Outcome[]): Markup {
  return tableMarkup(
    ["Kind", "right", "refused"],
    byKind(outcomes).map(({ kind, count, right, refused }) => [kind, `${right}/${count}`, `${refused}/${count}`]),
  );
}

function reliabilityMarkup(outcomes: readonly Outcome[]): Markup {
  return tableMarkup(
    ["Confidence", "answers", "mean confidence", "right"],
    reliabilityOf(outcomes).map(({ from, to, count, confidence, accuracy }) => [
      `${decimal(from, 1)}–${decimal(to, 1)}`,
      String(count),
      decimal(confidence, 2),
      percent(accuracy),
    ]),
  );
}

function tableMarkup([first, ...others]: readonly string[], rows: readonly string[][]): Markup {
  const body = rows.map(([name, ...cells]) => {
    return markup`<tr><th scope="row">${name!}</th>${cells.map((cell) => markup`<td>${cell}</td>`)}</tr>`;
  });
  const columns = others.map((title) => markup`<th scope="col">${title}</th>`);
  return markup`<div class="wide" tabindex="0"><table><thead><tr><th scope="col">${first!}</th>${columns}</tr></thead><tbody>${body}</tbody></table></div>
`;
}

/** Each passage once, for the questions to point to. */
function passagesMarkup({ name, outcomes }: SetResult): Markup {
  const passages = new Map(outcomes.flatMap(({ retrieved }) => retrieved.map(({ passage }) => [passage.id, passage])));
  const items = [...passages.values()].map(({ id, title, headings, text }) => {
    const where = [id, title, ...headings].join(" › ");
    return markup`<div class="passage" id="${passageAnchor(name, id)}"><span class="soft">${where}</span><p>${text}</p></div>
`;
  });
  return markup`<h2 id="${name}-passages">Passages of ${name}</h2>${items}`;
}
