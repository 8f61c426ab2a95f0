import { describe, expect, it } from "vitest";
import { formatClock, linkAt, parseClock, youtubeId } from "../../../src/corpus/media.js";

describe("parseClock", () => {
  it.each([
    ["01:12:11", 4331],
    ["1:12:11", 4331],
    ["00:07", 7],
    ["2:05", 125],
    ["75:00", 4500],
    ["100:00:00", 360_000],
    [" 01:00 ", 60],
  ])("reads %j as %d seconds", (text, seconds) => {
    expect(parseClock(text)).toBe(seconds);
  });

  it.each(["", "11", "01:60", "01:60:00", "1:2:3", "01:12:11.5", "[01:12:11]", "-01:00", "a:bc", "1:2"])(
    "rejects %j",
    (text) => {
      expect(parseClock(text)).toBeNull();
    },
  );
});

describe("formatClock", () => {
  it.each([
    [4331, "01:12:11"],
    [0, "00:00:00"],
    [59.9, "00:00:59"],
    [360_000, "100:00:00"],
    [-3, "00:00:00"],
  ])("writes %d as %s", (seconds, text) => {
    expect(formatClock(seconds)).toBe(text);
  });
});

describe("linkAt", () => {
  const media = { kind: "youtube", id: "a1B2-c3_D4e" } as const;

  it("links to a second, or to the whole recording", () => {
    expect(linkAt(media, 4331)).toBe("https://www.youtube.com/watch?v=a1B2-c3_D4e&t=4331s");
    expect(linkAt(media, 62.9)).toBe("https://www.youtube.com/watch?v=a1B2-c3_D4e&t=62s");
    expect(linkAt(media, 0)).toBe("https://www.youtube.com/watch?v=a1B2-c3_D4e&t=0s");
    expect(linkAt(media, null)).toBe("https://www.youtube.com/watch?v=a1B2-c3_D4e");
  });

  it("encodes ids that are none", () => {
    expect(linkAt({ kind: "youtube", id: "a&b=c" }, null)).toBe("https://www.youtube.com/watch?v=a%26b%3Dc");
  });
});

describe("youtubeId", () => {
  it.each([
    "a1B2-c3_D4e",
    " a1B2-c3_D4e\n",
    "https://www.youtube.com/watch?v=a1B2-c3_D4e",
    "http://youtube.com/watch?t=3s&v=a1B2-c3_D4e#x",
    "https://m.youtube.com/watch?v=a1B2-c3_D4e&list=PL1",
    "https://youtu.be/a1B2-c3_D4e?t=61",
    "youtu.be/a1B2-c3_D4e",
    "//www.youtube-nocookie.com/embed/a1B2-c3_D4e?rel=0",
    "https://www.youtube.com/embed/a1B2-c3_D4e",
  ])("finds the id in %j", (text) => {
    expect(youtubeId(text)).toBe("a1B2-c3_D4e");
  });

  it.each([
    "",
    "a1B2-c3_D4",
    "a1B2-c3_D4ef",
    "https://example.org/watch?v=a1B2-c3_D4e",
    "https://youtube.com.example.org/watch?v=a1B2-c3_D4e",
    "https://www.youtube.com/watch?v=short",
    "https://www.youtube.com/channel/a1B2-c3_D4e",
    "javascript:alert(1)",
  ])("finds none in %j", (text) => {
    expect(youtubeId(text)).toBeNull();
  });
});
