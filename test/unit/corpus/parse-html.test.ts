import { describe, expect, it } from "vitest";
import { parseHtml } from "../../../src/corpus/parse-html.js";
import { UnreadableFileError } from "../../../src/errors.js";
import type { ParsedDocument } from "../../../src/types.js";

/** Each block as `kind(level or depth)` with the text its span reproduces. */
function outline({ text, blocks }: ParsedDocument): [string, string][] {
  return blocks.map((block) => {
    const detail = block.kind === "heading" ? block.level : block.kind === "item" ? block.depth : "";
    const kind = block.kind === "row" && block.header ? "header" : block.kind;
    return [`${kind}${detail}`, text.slice(block.start, block.end)];
  });
}

function cellsOf({ text, blocks }: ParsedDocument): string[][] {
  return blocks.flatMap((block) =>
    block.kind === "row" ? [block.cells.map((cell) => text.slice(cell.start, cell.end))] : [],
  );
}

function timesOf({ text, times }: ParsedDocument): [number, string][] {
  return times.map((time) => [time.seconds, text.slice(time.start, time.end)]);
}

describe("parseHtml", () => {
  it("reads headings, paragraphs, entities and line breaks", () => {
    const parsed = parseHtml(
      "<h1>City &amp; <b>garden</b> library</h1>\r\n<p>Caf&eacute;\r\n  open&nbsp;daily.<br>Come&shy; in.</p>" +
        "<blockquote>Hush!</blockquote><div>loose <i>text</i><div>inner</div>tail</div>",
    );
    expect(outline(parsed)).toEqual([
      ["heading1", "City & garden library"],
      ["paragraph", "Café open daily. Come in."],
      ["paragraph", "Hush!"],
      ["paragraph", "loose text"],
      ["paragraph", "inner"],
      ["paragraph", "tail"],
    ]);
    expect(parsed.text).toBe(
      "City & garden library\n\nCafé open daily. Come in.\n\nHush!\n\nloose text\n\ninner\n\ntail",
    );
    expect(parsed).toMatchObject({ title: null, url: null, media: null, times: [], faq: [] });
  });

  it("takes title and canonical address from the head", () => {
    const head = '<title> Garden\n rules </title><meta property="og:title" content="Other">';
    const parsed = parseHtml(`<head>${head}<link rel="Canonical" href="https://garden.example/rules"></head><p>x`);
    expect([parsed.title, parsed.url, parsed.text]).toEqual(["Garden rules", "https://garden.example/rules", "x"]);
    const other = parseHtml('<meta property="og:title" content="Tools"><link rel=canonical href="javascript:x"><p>x');
    expect([other.title, other.url]).toEqual(["Tools", null]);
    expect(parseHtml('<link rel="canonical" href="/rules"><p>x<svg><title>icon</title></svg>')).toMatchObject({
      title: null,
      url: null,
    });
  });

  it("skips what readers do not see", () => {
    const hidden =
      "<script>a</script><style>b</style><template>c</template><noscript>d</noscript><svg><text>e</text></svg>" +
      "<iframe>f</iframe><object>g</object><p hidden>h</p><p aria-hidden=true>i</p><nav>j</nav><header>k</header>" +
      "<footer>l</footer><aside>m</aside><form><input value=n><textarea>o</textarea><select><option>p</select>" +
      "<button>q</button></form><dialog>r</dialog><div role=navigation>s</div><!-- t -->";
    expect(parseHtml(`${hidden}<p>Seen.</p>`).text).toBe("Seen.");
  });

  it("keeps header and aside within the content, and buttons that are an accordion's headings", () => {
    const top = "<article><header><h1>Seeds</h1></header><aside>Tip: dry them.</aside>";
    expect(outline(parseHtml(`${top}<h3><button>When to sow?</button></h3><p>In May.<button>Print</button>`))).toEqual([
      ["heading1", "Seeds"],
      ["paragraph", "Tip: dry them."],
      ["heading3", "When to sow?"],
      ["paragraph", "In May."],
    ]);
  });

  it("prefers main, or a single article, when it holds at least half of the text", () => {
    expect(parseHtml("<p>aside from it<main><p>the main text</main>").text).toBe("the main text");
    expect(parseHtml("<p>12345<article>12345</article>").text).toBe("12345");
    expect(parseHtml("<p>a far longer text stands around<main><p>short</main>").text).toBe(
      "a far longer text stands around\n\nshort",
    );
    expect(parseHtml("<article>one</article><article>two</article>").text).toBe("one\n\ntwo");
  });

  it("reads nested and numbered lists", () => {
    const parsed = parseHtml(
      "<ul><li>tools<ul><li>spades</li></ul></li><li><p>seeds</p><p>in bags</p></li></ul>" +
        "<ol><li>dig<li>sow</ol><ol start=4><li>water<li value=8>wait<li>pick</ol>",
    );
    expect(parsed.text).toBe("- tools\n  - spades\n- seeds\n\nin bags\n\n1. dig\n2. sow\n4. water\n8. wait\n9. pick");
    expect(outline(parsed)).toEqual([
      ["item0", "tools"],
      ["item1", "spades"],
      ["item0", "seeds"],
      ["paragraph", "in bags"],
      ["item0", "dig"],
      ["item0", "sow"],
      ["item0", "water"],
      ["item0", "wait"],
      ["item0", "pick"],
    ]);
  });

  it("reads tables with their header, empty cells and caption", () => {
    const parsed = parseHtml(
      "<table><caption>Hours</caption><tr><td></td><th>Mon</th><th>Tue</th></tr>" +
        "<tr><th>Hall</th><td>9<p>to 5</p></td><td></td></tr></table>",
    );
    expect(outline(parsed)).toEqual([
      ["paragraph", "Hours"],
      ["header", "Mon | Tue"],
      ["row", "Hall | 9 to 5"],
    ]);
    expect(cellsOf(parsed)).toEqual([
      ["", "Mon", "Tue"],
      ["Hall", "9 to 5", ""],
    ]);
    const thead = parseHtml("<table><thead><tr><th>Tool<th>Fee<tbody><tr><td>Saw<td>2 €</table>");
    expect(outline(thead)).toEqual([
      ["header", "Tool | Fee"],
      ["row", "Saw | 2 €"],
    ]);
  });

  it("reads tables that arrange a page as the text in them", () => {
    const inner = "<h2>Loans</h2><p>Four weeks.</p><table><tr><td>Saw</td><td>2</td></tr></table>";
    expect(outline(parseHtml(`<table><tr><td>${inner}</td><td>Side.</td></tr></table>`))).toEqual([
      ["heading2", "Loans"],
      ["paragraph", "Four weeks."],
      ["row", "Saw | 2"],
      ["paragraph", "Side."],
    ]);
  });

  it("reads definition lists, preformatted text and details", () => {
    const parsed = parseHtml(
      "<h2>Help</h2><dl><dt>May I eat?<dd>No.</dl><pre>\none\n  two<br>three</pre>" +
        "<details><summary>Lost card?</summary>Call us.<details><summary>At night?</summary>Write.</details></details>" +
        "<details><summary>Wet book?</summary><p>Dry it.</details><p>That is all.",
    );
    expect(outline(parsed)).toEqual([
      ["heading2", "Help"],
      ["paragraph", "May I eat?"],
      ["paragraph", "No."],
      ["paragraph", "one\n  two\nthree"],
      ["heading3", "Lost card?"],
      ["paragraph", "Call us."],
      ["heading4", "At night?"],
      ["paragraph", "Write."],
      ["heading3", "Wet book?"],
      ["paragraph", "Dry it."],
      ["break", ""],
      ["paragraph", "That is all."],
    ]);
  });

  it("turns timestamp anchors into times of the text before them", () => {
    const parsed = parseHtml(
      '<p>Sow early. <a class="yt-timestamp" href="https://youtu.be/a1B2-c3_D4e?t=5" data-t="01:12:11">[01:12:11]</a> ' +
        'Then wait.<a data-t="01:12:20">[x]</a> Not timed.</p><ul><li>Water it.<a data-t="1:15:00">k</a></li></ul>' +
        '<p>A block.</p><p><a data-t="1:20:00">k</a></p><p><a data-t="soon">Soon</a></p>',
    );
    expect(parsed.text).toBe("Sow early. Then wait. Not timed.\n\n- Water it.\n\nA block.\n\nSoon");
    expect(timesOf(parsed)).toEqual([
      [4331, "Sow early."],
      [4340, " Then wait."],
      [4500, "Water it."],
      [4800, "A block."],
    ]);
    expect(parsed.times.slice(0, 2)).toEqual([
      { start: 0, end: 10, seconds: 4331 },
      { start: 10, end: 21, seconds: 4340 },
    ]);
    expect(parsed.media).toEqual({ kind: "youtube", id: "a1B2-c3_D4e" });
  });

  it("places times in table cells", () => {
    const parsed = parseHtml('<table><tr><td>Saw</td><td> cut <a data-t="0:09">k</a></td></tr></table>');
    expect(parsed.text).toBe("Saw | cut");
    expect(timesOf(parsed)).toEqual([[9, "cut"]]);
    expect(parsed.media).toBeNull();
  });

  it("copes with unclosed and crossed tags", () => {
    const parsed = parseHtml("<h2>Rules<p>One <b>two <i>three</b> four<li>five<table><tr><td>six");
    expect(outline(parsed)).toEqual([
      ["heading2", "Rules One two three four"],
      ["item0", "five"],
      ["paragraph", "six"],
    ]);
  });

  it.each(["", "   ", "<!doctype html>", "<p> <br>&nbsp;</p>", "<nav>Home</nav>", "<title>x</title>", "<frameset>"])(
    "refuses %j, which shows nothing",
    (source) => {
      expect(() => parseHtml(source)).toThrow(UnreadableFileError);
      expect(() => parseHtml(source)).toThrow("holds no text");
    },
  );

  it.each([
    "<div>",
    "<ul><li>x",
    "<b>x ",
    "<p>x<br>",
    "<li><div>x",
    "<table><tr><td>x",
    "<details><summary>q</summary>a",
  ])("reads 100,000 times %j in time proportional to it", (piece) => {
    const started = performance.now();
    expect(parseHtml(`${piece.repeat(100_000)}end`).text).toMatch(/end$/);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
