import { parseLisa, parseNpl, parseTime } from "./parse-early.js";
import { parseBanking, parseClinc, parseCovidFaq, parseStackFaq } from "./parse-faq.js";
import { parseCacm, parseCisi, parseCranfield, parseMed } from "./parse-smart.js";
import { parseCovidQa, parseXquad } from "./parse-squad.js";
import type { CollectionSource } from "./types.js";

/** A copy of the classic test collections. */
const CLASSICS = {
  repository: "fabianobie/luppar",
  commit: "9abddd4af4e3720b8efc7716c8d1f22c6e76354e",
  licence:
    "distributed for research by the University of Glasgow's IR group, without a licence of its own; only measured with",
};
/** Parsed copies of FAQ collections. */
const FAQ_COPIES = { repository: "ML-Recipes/BERT-FAQ", commit: "3c184030c1819b462e29f665465ab4968657440e" };

/**
 * The manifest: every collection, where it lies and how it is read. Their texts are not part of the project: they are fetched
 * to be measured with. The report set was fixed before any model but the first was measured on it, and is never tuned on.
 */
export const COLLECTIONS: readonly CollectionSource[] = [
  {
    name: "encyclopaedia",
    split: "report",
    about: "120 paragraphs of 24 encyclopaedia articles, questions written by people who saw the paragraph",
    repository: "google-deepmind/xquad",
    commit: "7d30520c717524000f0d9d2f9c10a069acd9d285",
    licence: "CC BY-SA 4.0",
    files: [{ path: "xquad.en.json", sha256: "e4c57d1c9143aaa1c5d265ba5987a65f4e69528d2a98f29d6e75019b10344f29" }],
    rule: "the English part, every second article from the first on; each paragraph a document titled like its article",
    parse: parseXquad,
  },
  {
    name: "cranfield",
    split: "report",
    about: "abstracts on aerodynamics, questions that researchers had",
    ...CLASSICS,
    files: [
      { path: "data/cran/cran.all.1400", sha256: "b234544b6ceccd131520df4a3cb6d42aee6576eb577933d047e722bbfe7b0b09" },
      { path: "data/cran/cran.qry", sha256: "dd9b1419f678874daf66d5239ca372193722d74f5ea749f3b0f46a6b37cd9274" },
      { path: "data/cran/cranqrel", sha256: "92e54b58dac0b980152178f350d892fae66c8a239b8a11715b835fb8d2f6bc0e" },
    ],
    rule: ".T is the title, .W without it the text; queries numbered by place; codes 1 to 4 are relevant, all alike",
    parse: parseCranfield,
  },
  {
    name: "med",
    split: "report",
    about: "abstracts of medical papers, queries that describe a subject at some length",
    ...CLASSICS,
    files: [
      { path: "data/med/MED.ALL", sha256: "ff214f631a2720d192b856c79adec6a89b45553fdbbc40cca81209338b38a3bd" },
      { path: "data/med/MED.QRY", sha256: "220aeffdd9970903e669c0c2e94f5a80cf800bd97faacec82ee1e5649eb416ad" },
      { path: "data/med/MED.REL", sha256: "aef5ac922c08d5711ffd525985e03cda4272694e35f646deab90177f329ff575" },
    ],
    rule: ".W is the text; a judgement's first figure is the query, its third the document",
    parse: parseMed,
  },
  {
    name: "cisi",
    split: "report",
    about: "abstracts on library science, queries of one to many sentences, on average 41 relevant documents each",
    ...CLASSICS,
    files: [
      { path: "data/cisi/CISI.ALL", sha256: "c13934ad921234b571e7b424af3461fe39dccb16757cb21954b3aea5250d072e" },
      { path: "data/cisi/CISI.QRY", sha256: "b72de0e0cb8aa5c93ac988e5be0400cc18949d0a94913a248783a37dd97d5470" },
      { path: "data/cisi/CISI.REL", sha256: "f7396c92586c61953ccb7ae99ad8d3ac749ac3b989041fc93a9e311568f58997" },
    ],
    rule: ".T is the title, .W the text; a judgement's first figure is the query, its second the document",
    parse: parseCisi,
  },
  {
    name: "stackfaq",
    split: "report",
    about: "FAQ: 125 Stack Exchange threads on web applications, ten paraphrases of each question by other people",
    ...FAQ_COPIES,
    licence:
      "CC BY-SA 3.0 (the threads, from Stack Exchange); the paraphrases (Karan and Šnajder 2018) free to use when cited",
    files: [
      {
        path: "data/StackFAQ/stackExchange-FAQ.json",
        sha256: "0ae2af4f8edae91f2dd37c557e2468d412b21d63f534ddc461118434f066f075",
      },
    ],
    rule: "a thread with all its answers is one FAQ item; its paraphrases are the queries",
    parse: parseStackFaq,
  },
  {
    name: "covid-faq",
    split: "report",
    about:
      "FAQ: 68 questions and answers on COVID-19, and what people typed, matched to an answer by the collection's makers",
    ...FAQ_COPIES,
    licence: "Apache-2.0 (collected by JHU-COVID-QA/scraping-qas); MIT (this form)",
    files: [
      {
        path: "data/CovidFAQ/query_answer_pairs.json",
        sha256: "17970adbd6cf2ee98990823546c5852f835b838f6bb91ca685a16df34a2db9b3",
      },
    ],
    rule: "entries of type faq are the items; a user_query asks for the items with its answer; an item's own question is no query",
    parse: parseCovidFaq,
  },
  {
    name: "banking77",
    split: "report",
    about: "FAQ: questions to an online bank with 77 intents; five known wordings of each, the others ask for them",
    repository: "PolyAI-LDN/task-specific-datasets",
    commit: "57ec275d8078af65b7731c2a98be812d844a6d6b",
    licence: "CC BY 4.0",
    files: [
      { path: "banking_data/train.csv", sha256: "b06e26ac675513959a63135f11b94ea7786ed02da65db93a5650d8838cbc664b" },
      { path: "banking_data/test.csv", sha256: "d12d6e3bc4c3103966ae786dc435913c0c563dfa328f5a3646d0e62cfeeb474d" },
    ],
    rule: "of each intent the first five training questions are documents; a test question asks for those of its intent",
    parse: parseBanking,
  },
  {
    name: "time",
    split: "dev",
    about: "articles of TIME magazine of 1963, queries of a sentence",
    ...CLASSICS,
    files: [
      { path: "data/time/TIME.ALL", sha256: "30b61d42f3a2903e577d32a9d8ad08197fd97709fe2a3fbf9479ba9ab391bdbd" },
      { path: "data/time/TIME.QUE", sha256: "65240d7dbc5dc58ca48c1d40ceb92f3db2add239dc1aeabe5e9c928bff1fcb16" },
      { path: "data/time/TIME.REL", sha256: "8fa406a593b01980d0da3099b925fb74f6e1137dd288364b3fd56b39b640d427" },
    ],
    rule: "articles numbered by place; texts and queries, all in capitals, put in small letters",
    parse: parseTime,
  },
  {
    name: "npl",
    split: "dev",
    about: "abstracts on physics and electronics, without punctuation, queries of a few words",
    ...CLASSICS,
    files: [
      { path: "data/npl/doc-text", sha256: "9a9a396da453eb0a6c659b1399ae6c551d11d04a68b6f0a4e21fc757e77c398f" },
      { path: "data/npl/query-text", sha256: "e7af19694ca1c8f8d1ad14e1d0afac59c9ca4379004789150623e568f1e21b70" },
      { path: "data/npl/rlv-ass", sha256: "0f65985363fabd2c001d6ec5baba94d818a63787cf00b6cc49d0c6591ff96bcd" },
    ],
    rule: "records end at a line with a slash; queries, all in capitals, put in small letters",
    parse: parseNpl,
  },
  {
    name: "lisa",
    split: "dev",
    about: "abstracts on library science, long queries: what people were interested in, in their own words",
    ...CLASSICS,
    files: [
      { path: "data/lisa/LISA0.001", sha256: "626b5bfe8bbcda4e90f06f9ef16cfce6377437bca17568731b486e491c37b77b" },
      { path: "data/lisa/LISA0.501", sha256: "4347e9c38aaecbe3efe2f18141e388372f87433f1914cbd682368e2be817145d" },
      { path: "data/lisa/LISA1.001", sha256: "ada3469598e1f0239ad0ffb933567d4276d6a991715165a6d977213a54edddac" },
      { path: "data/lisa/LISA1.501", sha256: "ecaaeb7d4126f820d5b31e1e0565be949a4bc1ffc27f0ef196104663bbe79813" },
      { path: "data/lisa/LISA2.001", sha256: "046a8fc320194add03372fe824cf3a049159ed1bb5412592ad4da4783ff6a149" },
      { path: "data/lisa/LISA2.501", sha256: "ffa062d08af2c7b41f8e1755cf7bd91dd0af4bf3b140b5bd2580ae230de2106d" },
      { path: "data/lisa/LISA3.001", sha256: "2271dd0f42ae994c39d5e12dca0565005a3710abe1c088f4d40b41c052de5849" },
      { path: "data/lisa/LISA3.501", sha256: "daefea09ad10f383b3d0377bfef678af7c0112673ed4b1d47d7d311c26c7ecda" },
      { path: "data/lisa/LISA4.001", sha256: "99678da43421ff5acf53b3f2e93f454913d85932443b685c6aec355ac0192cbc" },
      { path: "data/lisa/LISA4.501", sha256: "a559152ba8e78003f0a589f3d4fedebc3a2489cb2fe916ed106bae3f5dddcaaf" },
      { path: "data/lisa/LISA5.001", sha256: "f24c63e7924b478f0cb75437d783cd087e00b92c6f5ee2b4d42fe2033291f7e5" },
      { path: "data/lisa/LISA5.501", sha256: "cfff39ddddcc9a6da9ebee06d397508305d5e54135f5aa65a487af99a7a37fb1" },
      { path: "data/lisa/LISA5.627", sha256: "87db8d725d60606f566470d351306038626b4887223647cf8f7f3baebfd82354" },
      { path: "data/lisa/LISA5.850", sha256: "fac9d15c6f41f7ccc1142c9fe6524ebbf5d656f8ef7bae0804ec5f20e51d21c3" },
      { path: "data/lisa/LISA.QUE", sha256: "d2f042f4f68f8c67546dc44aba073e6acd3582be6e88c7f41a948b760eaea935" },
      { path: "data/lisa/LISA.REL", sha256: "3df07a974316be1136fd4dba7b7701396752f1f26c8e6c4eb39c91ec24ea6ff6" },
    ],
    rule: "a title, an empty line, then the text; texts and queries, all in capitals, put in small letters",
    parse: parseLisa,
  },
  {
    name: "cacm",
    split: "dev",
    about: "titles and abstracts of computer science, queries of one to many sentences",
    repository: "c00kiemon5ter/LuceneEval",
    commit: "aee70fa0139ae9b3670a65b1d3df9dcb4dc36b52",
    licence: CLASSICS.licence,
    files: [
      { path: "data/cacm/cacm.all", sha256: "a2d407e30a223877e59ebe57eb28c7b930a762610f97d8c30dde0157a049e9d3" },
      { path: "data/cacm/query.text", sha256: "ca004f06b57cb8a298c73bf55793174e50ff32fc83c5bb5f10ed2ed559f621e6" },
      { path: "data/cacm/qrels.text", sha256: "da4202b0c70cad7d91c9a028eaf8cbd0a4ca981ebdc3955eb75ba7b6de6f185c" },
    ],
    rule: ".T is the title, .W the text, without which the title is; a judgement's first figure is the query, its second the document",
    parse: parseCacm,
  },
  {
    name: "covid-qa",
    split: "dev",
    about: "papers on COVID-19 in pieces of 120 words, questions by biomedical experts who saw the answer",
    repository: "deepset-ai/COVID-QA",
    commit: "fb2eb5e249618457e5359806601086c635c8eb8f",
    licence: "Apache-2.0",
    files: [
      {
        path: "data/question-answering/200423_covidQA.json",
        sha256: "ab310b4e39f726e087c8fa3d1787c73771dacddc584977204ebe3cc889ee1264",
      },
    ],
    rule: "papers cut every 120 words; the piece in which the first answer begins is relevant",
    parse: parseCovidQa,
  },
  {
    name: "clinc150",
    split: "dev",
    about: "what people say to an assistant, 150 intents; five known wordings of each, the others ask for them",
    repository: "clinc/oos-eval",
    commit: "828f8093932c8fe6ca7936c3d2e52903b1c523de",
    licence: "CC BY 3.0",
    files: [
      { path: "data/data_full.json", sha256: "36923c3705a59e08fe9c3883d8bc2dd966ef93e22cb78ac41171782a698d56e0" },
    ],
    rule: "of each intent the first five training questions are documents; a test question asks for those of its intent",
    parse: parseClinc,
  },
];
