import type { Express } from "express";
import supertest from "supertest";
import { beforeAll, describe, expect, it } from "vitest";
import type { FaqEntry } from "../../src/http/corpus-routes.js";
import { askUrl, quoteUrl } from "../../src/pages/links.js";
import { HashEmbedder } from "../helpers/hash-embedder.js";
import { appOver, folderForFile, openIndex } from "./app-under-test.js";
import { attribute, type Element, open, type Page, textOf } from "./page-under-test.js";

const folder = folderForFile();

async function appWith(name: string, files?: Record<string, string>): Promise<Express> {
  const embedder = new HashEmbedder();
  return appOver(await openIndex(`${folder}/${name}`, embedder, files), embedder).app;
}

function isShown(element: Element): boolean {
  for (let one: unknown = element; one; one = (one as Element).parentNode) {
    if ((one as Element).attrs?.some(({ name }) => name === "hidden")) return false;
  }
  return true;
}

/** The questions to be seen. */
function shownQuestions(page: Page): string[] {
  return page.all("article").flatMap((item) => (isShown(item) ? [textOf(headingOf(page, item))] : []));
}

function headingOf(page: Page, item: Element): Element {
  return page.all(undefined, item).find(({ tagName }) => /^h\d$/.test(tagName))!;
}

function statusOf(page: Page): string {
  return textOf(page.all().find((element) => attribute(element, "role") === "status")!);
}

function structuredData(page: Page): { name: string; text: string }[] {
  const scripts = page.all("script").filter((script) => attribute(script, "type") === "application/ld+json");
  if (scripts.length === 0) return [];
  const data = JSON.parse(textOf(scripts[0]!)) as {
    mainEntity: { "@type": string; name: string; acceptedAnswer: { "@type": string; text: string } }[];
  };
  expect(data).toMatchObject({ "@context": "https://schema.org", "@type": "FAQPage" });
  return data.mainEntity.map((question) => {
    expect([question["@type"], question.acceptedAnswer["@type"]]).toEqual(["Question", "Answer"]);
    return { name: question.name, text: question.acceptedAnswer.text };
  });
}

describe("GET /faq over the corpus", () => {
  let app: Express;
  let faq: FaqEntry[];
  beforeAll(async () => {
    app = await appWith("corpus");
    faq = (await supertest(app).get("/api/faq")).body as FaqEntry[];
  });

  it("has every question with its own answer, where it stands, a link of its own, and a way to ask it", async () => {
    const page = await open(app, "/faq");
    expect(faq.length).toBeGreaterThan(3);
    const items = page.all("article").map((item) => ({
      question: textOf(headingOf(page, item)),
      heading: headingOf(page, item).tagName,
      answer: textOf(page.all("div", item)[0]!),
      links: page.all("a", item).map((link) => [attribute(link, "href"), textOf(link), attribute(link, "aria-label")]),
      id: attribute(item, "id"),
    }));
    expect(items).toEqual(
      faq.map(({ id, question, citations: [citation] }) => ({
        question,
        heading: "h2",
        answer: citation!.quote,
        id: id.replace("#", "-"),
        links: [
          [quoteUrl(citation!), [citation!.title, ...citation!.heading].join(" › "), undefined],
          [askUrl(question), "Ask this", `Ask this: ${question}`],
          [`/faq#${id.replace("#", "-")}`, "Link", `Link to: ${question}`],
        ],
      })),
    );
    expect(statusOf(page)).toBe(`${faq.length} questions`);
    const source = await open(app, items[0]!.links[0]![0]!.split("#")[0]!);
    expect(source.all("mark").map(textOf)).toEqual([faq[0]!.citations[0]!.quote]);
  });

  it("describes them for search engines, on one page once", async () => {
    const page = await open(app, "/faq");
    expect(structuredData(page)).toEqual(faq.map(({ question, answer }) => ({ name: question, text: answer })));
    expect(page.all("head").flatMap((head) => page.all("script", head))).toHaveLength(2);
  });

  it.each([
    ["moon", /moon/i],
    ["MOON", /moon/i],
    ["moo", /\bmoo/i],
    ["the moon", /moon/i],
    ["mission", /mission/i],
    ["missions moon", /mission[^]*moon|moon[^]*mission/i],
  ])("?q=%s shows the questions that have it, there or in the answer", async (query, pattern) => {
    const page = await open(app, `/faq?q=${encodeURIComponent(query)}`);
    const expected = faq.filter(({ question, answer }) => pattern.test(`${question} ${answer}`));
    expect(expected.length).toBeGreaterThan(0);
    expect(expected.length).toBeLessThan(faq.length);
    expect(shownQuestions(page)).toEqual(expected.map(({ question }) => question));
    expect(statusOf(page)).toBe(`${expected.length} of ${faq.length} questions`);
    expect(structuredData(page).map(({ name }) => name)).toEqual(expected.map(({ question }) => question));
    expect(attribute(page.all("input")[0]!, "value")).toBe(query);
  });

  it("offers to ask what no question has", async () => {
    const page = await open(app, "/faq?q=zebra%20%3Cb%3E");
    expect(shownQuestions(page)).toEqual([]);
    expect(statusOf(page)).toBe("No question here has these words.");
    const ask = page.all("a").find((link) => textOf(link) === "Ask the documents instead")!;
    expect([isShown(ask), attribute(ask, "href")]).toEqual([true, "/?q=zebra+%3Cb%3E"]);
    expect(structuredData(page)).toEqual([]);
    const all = await open(app, "/faq");
    expect(isShown(all.all("a").find((link) => textOf(link) === "Ask the documents instead")!)).toBe(false);
  });

  it.each(["/faq?q=", "/faq?q=%20", "/faq?q=a&q=b", "/faq?q[]=a", "/faq?page=x", "/faq?page=7"])(
    "%s is the same as /faq",
    async (path) => {
      expect((await open(app, path)).main).toBe((await open(app, "/faq")).main);
    },
  );
});

describe("GET /faq over other documents", () => {
  it("says so where there are no questions, and how to have some", async () => {
    const page = await open(await appWith("empty", { "a.txt": "Lamps burn oil.\n" }), "/faq");
    expect(page.all("article")).toEqual([]);
    expect(page.all("form")).toEqual([]);
    expect(structuredData(page)).toEqual([]);
    const said = page.all("p").map((one) => textOf(one).replace(/\s+/g, " ").trim());
    expect(said[0]).toMatch(/^The documents have no frequently asked questions\./);
    expect(said[1]).toMatch(/under a heading such as “FAQ”/);
  });

  it("groups them by document, sets answers as they are set there, and shows all as text", async () => {
    const app = await appWith("groups", {
      "tours/tour.md":
        "# Tours\n\n## FAQ\n\n### What do I need?\n\nThree things:\n\n1. a ticket\n2. a `<b>coat</b>`\n\n### Is `</script><script>alert(1)</script>` open?\n\nIt is.\n",
      "tours-tour.csv": 'question,answer\nWhat do I need?,"A ticket.\n<img src=x onerror=alert(1)>"\n',
    });
    const page = await open(app, "/faq");
    const titles = page.all("h2").map(textOf);
    expect(titles).toEqual(["Tours tour", "Tours"]);
    expect(page.all("h3").map(textOf)).toEqual([
      "What do I need?",
      "What do I need?",
      "Is </script><script>alert(1)</script> open?",
    ]);
    expect(page.all("article").map((item) => attribute(item, "id"))).toEqual([
      "tours-tour-faq1",
      "tours-tour-faq1-2",
      "tours-tour-faq2",
    ]);
    const [, second] = page.all("article");
    expect(page.all("li", second).map((item) => [attribute(item, "value"), textOf(item)])).toEqual([
      ["1", "a ticket"],
      ["2", "a <b>coat</b>"],
    ]);
    expect(structuredData(page).at(-1)).toEqual({
      name: "Is </script><script>alert(1)</script> open?",
      text: "It is.",
    });
  });

  it("takes pages where there are many, and searches all of them", async () => {
    const rows = Array.from(
      { length: 620 },
      (_, i) => `Which lamp is number ${i}?,Lamp ${i} hangs ${i % 7 === 0 ? "outside" : "inside"}.`,
    );
    const app = await appWith("many", { "lamps.csv": `question,answer\n${rows.join("\n")}\n` });
    const second = await open(app, "/faq?page=2");
    expect(shownQuestions(second)).toHaveLength(300);
    expect(structuredData(second).map(({ name }) => name)).toEqual(shownQuestions(second));
    expect(statusOf(second)).toBe("620 questions");
    const [item] = second.all("article");
    expect(second.all("a", item).map((link) => attribute(link, "href"))[2]).toBe(
      `/faq?page=2#${attribute(item!, "id")}`,
    );
    expect(attribute(item!, "id")).toBe("lamps-faq301");
    const found = await open(app, "/faq?q=outside");
    expect([shownQuestions(found).length, statusOf(found)]).toEqual([89, "89 of 620 questions"]);
    const inside = await open(app, "/faq?q=inside");
    const next = inside.all("a").find((link) => textOf(link) === "Next")!;
    expect(attribute(next, "href")).toBe("/faq?q=inside&page=2");
    expect(shownQuestions(await open(app, "/faq?q=inside&page=2"))).toHaveLength(231);
    // The page's script must not filter what is not all there.
    const list = (page: Page): Element => page.byClass("faq");
    expect(attribute(list(found), "data-whole")).toBeUndefined();
  });
});
