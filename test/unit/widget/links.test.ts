import { describe, expect, it } from "vitest";
import type { Exchange } from "../../../src/widget/conversation.js";
import { answerLink, copyText, mainLink, outsideLink, quoteLink } from "../../../src/widget/links.js";
import type { DocentCitation } from "../../../src/widget/widget.js";

const HOST = "https://docent.example";
const PRIZE: DocentCitation = {
  n: 1,
  source: "guides/tour",
  title: "The tour",
  heading: ["Prizes", "First"],
  quote: "It won.",
  start: 40,
  end: 47,
  url: "/sources/guides/tour#p3",
  external_url: null,
  timestamp: null,
};
const SPOKEN: DocentCitation = {
  ...PRIZE,
  n: 2,
  external_url: "https://www.youtube.com/watch?v=abc&t=61s",
  timestamp: "00:01:01",
};

describe("links of a citation", () => {
  it("open the source at the very words, below any endpoint", () => {
    expect(quoteLink(HOST, PRIZE)).toBe(`${HOST}/sources/guides/tour?from=40&to=47#p3`);
    expect(quoteLink(`${HOST}/bot/`, PRIZE)).toBe(`${HOST}/bot/sources/guides/tour?from=40&to=47#p3`);
  });

  it("lead into the recording where there is one", () => {
    expect(mainLink(HOST, SPOKEN)).toBe(SPOKEN.external_url);
    expect(mainLink(HOST, PRIZE)).toBe(quoteLink(HOST, PRIZE));
    expect(mainLink(HOST, { ...PRIZE, external_url: "https://example.org/" })).toBe(quoteLink(HOST, PRIZE));
  });

  it.each([
    "javascript:alert(1)",
    " JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc",
    "blob:x",
    "",
  ])("lead to the web only, not to %j", (address) => {
    expect(outsideLink({ ...SPOKEN, external_url: address })).toBeNull();
    expect(mainLink(HOST, { ...SPOKEN, external_url: address })).toBe(quoteLink(HOST, SPOKEN));
    expect(quoteLink(address, PRIZE)).toBeNull();
    expect(quoteLink(HOST, { ...PRIZE, url: address })?.startsWith("javascript") ?? false).toBe(false);
  });
});

it("answerLink asks the question on load", () => {
  expect(answerLink(HOST, "What & why?")).toBe(`${HOST}/?q=What+%26+why%3F`);
});

it("copyText has the answer and each source's place, words and address", () => {
  const exchange = { text: "It won [1]. So it was said [2].", citations: [PRIZE, SPOKEN] } as unknown as Exchange;
  expect(copyText(HOST, exchange).split("\n")).toEqual([
    "It won [1]. So it was said [2].",
    "[1] The tour › Prizes › First: “It won.” https://docent.example/sources/guides/tour?from=40&to=47#p3",
    "[2] The tour › Prizes › First, 00:01:01: “It won.” https://www.youtube.com/watch?v=abc&t=61s",
  ]);
});
