/** Of the report: everything it needs is in the page, so that it can be read anywhere. */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--soft:#59636e;--line:#d6dbe1;--accent:#0b5cad;--panel:#f5f7f9;--good:#1a7f37;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--ink:#e8eaed;--paper:#15181c;--soft:#a3adb8;--line:#373e47;--accent:#7db8ff;--panel:#1d2127;--good:#57c274;--bad:#ff8a80}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:64rem;padding:1.25rem 1rem 4rem;background:var(--paper);color:var(--ink);font:1rem/1.55 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.25;margin:0}
h2{font-size:1.2rem;margin:2.5rem 0 .5rem;padding-top:.75rem;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:1.5rem 0 .5rem}
h4{font-size:.85rem;margin:1.1rem 0 .3rem;color:var(--soft);font-weight:600}
a{color:var(--accent)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.soft{color:var(--soft)}
.good{color:var(--good)}
.bad{color:var(--bad)}
nav ul{display:flex;flex-wrap:wrap;gap:.5rem;list-style:none;padding:0;margin:1rem 0}
nav li{border:1px solid var(--line);border-radius:.5rem;padding:.3rem .7rem}
.wide{overflow-x:auto;margin:.75rem 0;overflow-wrap:normal}
table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{padding:.3rem .8rem .3rem 0;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th{font-weight:600;vertical-align:bottom}
thead th{color:var(--soft);white-space:normal;min-width:4.5rem}
th:first-child{position:sticky;left:0;background:var(--paper);text-align:left;min-width:8rem}
details{margin:.35rem 0}
summary{cursor:pointer;padding:.25rem 0}
details.question{border:1px solid var(--line);border-radius:.5rem;padding:.2rem .8rem;content-visibility:auto;contain-intrinsic-size:auto 4rem}
details.question[open]{padding-bottom:.8rem}
.question summary small{display:block;color:var(--soft)}
.answer{white-space:pre-line;background:var(--panel);border-radius:.5rem;padding:.6rem .8rem}
ol,ul{padding-left:1.4rem;margin:.3rem 0}
li{margin:.3rem 0}
li small{display:block;color:var(--soft)}
blockquote{margin:.15rem 0 0;padding-left:.75rem;border-left:3px solid var(--line)}
.unused{color:var(--soft)}
.passage{background:var(--panel);border-radius:.5rem;padding:.6rem .8rem;margin:.6rem 0}
.passage p{white-space:pre-line;margin:.2rem 0 0}
:target{outline:2px solid var(--accent)}
`;
