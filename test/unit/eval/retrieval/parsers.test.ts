import { describe, expect, it } from "vitest";
import { parseLisa, parseNpl, parseTime } from "../../../../src/eval/retrieval/parse-early.js";
import { parseBanking, parseClinc, parseCovidFaq, parseStackFaq } from "../../../../src/eval/retrieval/parse-faq.js";
import { parseCacm, parseCisi, parseCranfield, parseMed } from "../../../../src/eval/retrieval/parse-smart.js";
import { parseCovidQa, parseXquad } from "../../../../src/eval/retrieval/parse-squad.js";

const lines = (...all: string[]): string => `${all.join("\n")}\n`;
const plain = (id: string, text: string, title = "") => ({ id, title, question: null, text });

describe("parseCranfield", () => {
  const documents = [
    lines(".I 1", ".T", "lift of a", "kite .", ".A", "doe,j.", ".W", "lift of a", "kite .", "  the kite rose ."),
    lines(".I 2", ".T", "a title alone", ".W", "a title alone"),
    lines(".I 3", ".T", ".W"),
  ].join("");
  const queries = lines(".I 001", ".W", "how do kites", "rise .", ".I 004", ".W", "who reads titles .");

  it("takes the title off the text, and leaves out what has neither", () => {
    expect(parseCranfield(documents, queries, "1 1 2\n").documents).toEqual([
      plain("1", "the kite rose .", "lift of a kite ."),
      plain("2", "a title alone"),
    ]);
  });

  it("numbers the queries by place, and counts codes 1 to 4 of documents that are there", () => {
    const judgements = lines("1 1 4 ", "1 2 5", "2 2 1", "2 3 1", "2 1 -1");
    expect(parseCranfield(documents, queries, judgements).queries).toEqual([
      { id: "1", text: "how do kites rise .", relevant: ["1"] },
      { id: "2", text: "who reads titles .", relevant: ["2"] },
    ]);
  });
});

describe("parseCisi and parseMed", () => {
  const documents = lines(
    ".I 1",
    ".T",
    "Shelves",
    ".A",
    "Doe",
    ".W",
    "How to",
    "shelve.",
    ".X",
    "1 5 1",
    ".I 2",
    ".W",
    "B.",
  );
  const queries = lines(".I 1", ".W", "shelving?", ".I 7", ".W", "nobody judged this");

  it("read the fields named and no other, and the query's own number", () => {
    const cisi = parseCisi(documents, queries, lines("     1      2\t0\t0.000000", ""));
    expect(cisi.documents).toEqual([plain("1", "How to shelve.", "Shelves"), plain("2", "B.")]);
    expect(cisi.queries).toEqual([{ id: "1", text: "shelving?", relevant: ["2"] }]);
  });

  it("MED's document is the third figure", () => {
    expect(parseMed(documents, queries, lines("1 0 2 1", "1 0 1 1")).queries).toEqual([
      { id: "1", text: "shelving?", relevant: ["2", "1"] },
    ]);
  });
});

describe("parseNpl", () => {
  it("reads records up to a slash, in small letters, and judgements over several lines", () => {
    const npl = parseNpl(
      lines("1", "a memory  of", "magnets", "   /", "2", "a valve", "   /"),
      lines("1", "MAGNETIC STORES", "/", "2", "OTHER", "/"),
      lines("1", "  1", "  2  99", "   /"),
    );
    expect(npl.documents).toEqual([plain("1", "a memory of magnets"), plain("2", "a valve")]);
    expect(npl.queries).toEqual([{ id: "1", text: "magnetic stores", relevant: ["1", "2"] }]);
  });
});

describe("parseTime", () => {
  it("numbers articles by place and queries by their own number", () => {
    const time = parseTime(
      lines("*TEXT 017 01/04/63 PAGE 020", "", "THE ALLIES .", "*TEXT 020 01/04/63 PAGE 021", "A COUP .", "*STOP"),
      lines("*FIND      4", "", " WHO WAS", "", "OVERTHROWN .", "", "*STOP"),
      lines("4  2", "", "5 1"),
    );
    expect(time.documents).toEqual([plain("1", "the allies ."), plain("2", "a coup .")]);
    expect(time.queries).toEqual([{ id: "4", text: "who was overthrown .", relevant: ["2"] }]);
  });
});

describe("parseXquad", () => {
  const article = (title: string, context: string, question: string): object => {
    const qas = [{ id: `q-${title}`, question, answers: [{ answer_start: 0 }] }];
    return { title, paragraphs: [{ context, qas }] };
  };

  it("takes every second article", () => {
    const data = [article("Old_Bridge", "Built  early.", "When?"), article("B", "b", "b?"), article("C", "c", "c?")];
    const { documents, queries } = parseXquad(JSON.stringify({ data }));
    expect(documents).toEqual([plain("Old_Bridge#1", "Built early.", "Old Bridge"), plain("C#1", "c", "C")]);
    expect(queries.map(({ id, relevant }) => [id, relevant])).toEqual([
      ["q-Old_Bridge", ["Old_Bridge#1"]],
      ["q-C", ["C#1"]],
    ]);
  });

  it("makes one query of a question asked twice", () => {
    const data = [article("A", "a", "What?"), article("B", "b", "b?"), article("C", "c", "What?")];
    expect(parseXquad(JSON.stringify({ data })).queries).toEqual([
      { id: "q-A", text: "What?", relevant: ["A#1", "C#1"] },
    ]);
  });
});

describe("parseCovidQa", () => {
  it("cuts every 120 words; the piece in which the answer begins is relevant", () => {
    const words = Array.from({ length: 250 }, (_, i) => `w${i}`);
    const context = words.join(" ");
    const ask = (id: number, word: string): object => {
      return { id, question: `Where is ${word}?`, answers: [{ answer_start: context.indexOf(word) }] };
    };
    const qas = [ask(1, "w119"), ask(2, "w120"), ask(3, "w249")];
    const { documents, queries } = parseCovidQa(JSON.stringify({ data: [{ paragraphs: [{ context, qas }] }] }));
    expect(documents.map(({ text }) => text)).toEqual(
      [words.slice(0, 120), words.slice(120, 240), words.slice(240)].map((piece) => piece.join(" ")),
    );
    expect(queries.map(({ relevant }) => relevant)).toEqual([["1#1"], ["1#2"], ["1#3"]]);
  });
});

describe("parseStackFaq", () => {
  it("makes a FAQ item of a thread and queries of its paraphrases", () => {
    const qapair = [
      {
        question: "How do I mute a tab?",
        answer: ["Right-click it.", "Use a key."],
        rephr: ["Silence a tab", "*", null, "Mute?"],
      },
      { question: "Undo?", answer: "Press  it.", rephr: [] },
    ];
    const { documents, queries } = parseStackFaq(JSON.stringify({ root: { qapair } }));
    expect(documents).toEqual([
      { id: "1", title: "", question: "How do I mute a tab?", text: "Right-click it.\nUse a key." },
      { id: "2", title: "", question: "Undo?", text: "Press it." },
    ]);
    expect(queries.map(({ text, relevant }) => [text, relevant])).toEqual([
      ["Silence a tab", ["1"]],
      ["Mute?", ["1"]],
    ]);
  });
});

describe("parseCovidFaq", () => {
  it("finds the items by their answer, and takes no item's own question for a query", () => {
    const entry = (id: string, query_type: string, question: string, answer: string) => ({
      id,
      query_type,
      question,
      answer,
    });
    const { documents, queries } = parseCovidFaq(
      JSON.stringify([
        entry("1", "faq", "What is it? ", "A virus."),
        entry("2", "faq", "Is it new?", "A virus."),
        entry("3", "user_query", "what is it?", "A virus."),
        entry("4", "user_query", "virus meaning", "A virus."),
        entry("5", "user_query", "football", "Nobody says."),
      ]),
    );
    expect(documents.map(({ question }) => question)).toEqual(["What is it?", "Is it new?"]);
    expect(queries).toEqual([{ id: "4", text: "virus meaning", relevant: ["1", "2"] }]);
  });
});

describe("collections of intents", () => {
  const known = Array.from({ length: 7 }, (_, i) => `card question ${i}`);

  it("know the first five questions of each intent", () => {
    const train = lines("text,category", ...known.map((text) => `"${text}, please",card`), "send money,transfer");
    const test = lines("text,category", "where is my card,card", '"Card question 0, please",card', "odd,unknown");
    const { documents, queries } = parseBanking(train, test);
    expect(documents.map(({ id }) => id)).toEqual(["card#1", "card#2", "card#3", "card#4", "card#5", "transfer#1"]);
    expect(documents[4]!.text).toBe("card question 4, please");
    expect(queries).toEqual([
      { id: "1", text: "where is my card", relevant: ["card#1", "card#2", "card#3", "card#4", "card#5"] },
    ]);
  });

  it("are read from CLINC's JSON too, without what is out of scope", () => {
    const source = { train: [["hi there", "greeting"]], test: [["hello", "greeting"]], oos_test: [["what", "oos"]] };
    expect(parseClinc(JSON.stringify(source)).queries).toEqual([{ id: "1", text: "hello", relevant: ["greeting#1"] }]);
  });
});

describe("parseCacm", () => {
  it("takes a title alone for the text, and the queries' numbers without a nought", () => {
    const documents = lines(".I 1", ".T", "Sorting", ".B", "CACM", ".I 2", ".T", "Heaps", ".W", "A heap is", "a tree.");
    const queries = lines(".I 1", ".W", "What is", "a heap?", ".I 10", ".W", "sort");
    const { documents: read, queries: asked } = parseCacm(documents, queries, lines("01 2  0 0", "10 1  0 0"));
    expect(read).toEqual([plain("1", "Sorting"), plain("2", "A heap is a tree.", "Heaps")]);
    expect(asked).toEqual([
      { id: "1", text: "What is a heap?", relevant: ["2"] },
      { id: "10", text: "sort", relevant: ["1"] },
    ]);
  });
});

describe("parseLisa", () => {
  it("reads documents of several files, queries and judgements", () => {
    const stars = "*".repeat(44);
    const first = lines("Document    1", "LIBRARIES OF", "INDIA.", "     ", "THEY ARE", "MANY.", "", "AND OLD.", stars);
    const second = lines("Document 12", "A TITLE ALONE.", stars);
    const queries = lines("1", "I AM INTERESTED", "IN INDIA. #", "2", "NOBODY JUDGED THIS. #");
    const judgements = lines("Query 1", "2 Relevant Refs:", "1 12 -1", "");
    expect(parseLisa(first, second, queries, judgements)).toEqual({
      documents: [plain("1", "they are many. and old.", "libraries of india."), plain("12", "a title alone.")],
      queries: [{ id: "1", text: "i am interested in india.", relevant: ["1", "12"] }],
    });
  });
});
