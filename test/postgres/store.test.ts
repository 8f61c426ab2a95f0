import { rm } from "node:fs/promises";
import path from "node:path";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { BusyError, EmbeddingError, StartupError } from "../../src/errors.js";
import { ingest, type IngestOptions, isStale } from "../../src/ingest.js";
import { Database, DatabaseAwayError } from "../../src/postgres/database.js";
import { tablesOf } from "../../src/postgres/generation.js";
import { PostgresStore } from "../../src/postgres/postgres-store.js";
import { rollBack } from "../../src/rollback.js";
import { FolderStore } from "../../src/search/folder-store.js";
import type { IndexStore, OpenBuild } from "../../src/search/index-store.js";
import { LiveIndex } from "../../src/search/live-index.js";
import { recipeFor, UNFITTED } from "../../src/search/manifest.js";
import { DEFAULT_SPLITTER } from "../../src/corpus/split-passages.js";
import type { Embedder } from "../../src/embed/embedder.js";
import { contentOf } from "../contract/passage-index.contract.js";
import { databaseProxy } from "../helpers/database-proxy.js";
import { temporaryFolder, writeFiles } from "../helpers/folders.js";
import { HashEmbedder } from "../helpers/hash-embedder.js";
import { databaseUrl, GIVEN_URL, NEEDS_SERVER, temporaryDatabase } from "../helpers/postgres.js";
import { until } from "../helpers/program.js";
import { RecordingEmbedder } from "../ingest/corpus.js";

// The fit asks hundreds of questions and has tests of its own; here one question stands for them.
vi.mock("../../src/answer/fit-refusal.js", () => ({
  fitRefusal: async ({ index, embedder }: { index: OpenBuild; embedder: Embedder }) => {
    await index.search({ text: "a probe", vector: await embedder.embedQuery("a probe"), k: 1 });
    return UNFITTED;
  },
}));

const TOLD_SERVER = GIVEN_URL === undefined ? ` (${NEEDS_SERVER})` : "";

let database: Database;
let store: PostgresStore;
let corpusDir: string;
let embedder: RecordingEmbedder;

beforeEach(async () => {
  database = await temporaryDatabase();
  store = new PostgresStore(database);
  corpusDir = temporaryFolder();
  embedder = new RecordingEmbedder();
});

const write = (files: Record<string, string>): Promise<void> => writeFiles(corpusDir, files);
const run = (more: Partial<IngestOptions> = {}) => ingest({ corpusDir, store, embedder, ...more });

async function edition(text: string): Promise<string> {
  await write({ "a.txt": `${text}\n` });
  return (await run()).buildId;
}

async function openCurrent(from: IndexStore = store): Promise<OpenBuild> {
  const build = await from.currentId();
  return from.open((await from.manifest(build!))!);
}

async function textInUse(): Promise<string> {
  return (await (await openCurrent()).document("a"))!.text.trim();
}

/** Names of tables, without those that stay. */
async function tables(of = database): Promise<string[]> {
  const rows = await of.query<{ tablename: string }>("SELECT tablename FROM pg_tables WHERE schemaname = $1", [
    of.schema,
  ]);
  const lasting = new Set(["builds", "current_build", "feedback", "migrations"]);
  return rows
    .map(({ tablename }) => tablename)
    .filter((name) => !lasting.has(name))
    .sort();
}

/** Names of the tables that builds have. */
const namesOf = (...builds: string[]): string[] =>
  builds
    .flatMap((build) => Object.values(tablesOf(database, build)))
    .map((table) => /\."(.+)"$/.exec(table)![1]!)
    .sort();

/** As if the builds had been out of use for longer. */
async function age(seconds: number): Promise<void> {
  await database.query(`UPDATE ${database.table("builds")} SET retired_at = retired_at - make_interval(secs => $1)`, [
    seconds,
  ]);
}

describe("builds in PostgreSQL", () => {
  it("are none at first, then the last one made is in use beside the one before", async () => {
    expect([await store.currentId(), await store.otherId(), await store.isPinned()]).toEqual([null, null, false]);
    const first = await edition("The first edition is red.");
    expect([await store.currentId(), await store.otherId()]).toEqual([first, null]);
    const second = await edition("The second edition is blue.");
    expect([await store.currentId(), await store.otherId()]).toEqual([second, first]);
    expect(await textInUse()).toBe("The second edition is blue.");
    expect(await tables()).toEqual(namesOf(first, second));
  });

  it("are kept for a minute after their use, then go at the next ingest, but the one before stays", async () => {
    const first = await edition("The first edition is red.");
    const second = await edition("The second edition is blue.");
    const third = await edition("The third edition is green.");
    expect(await tables()).toEqual(namesOf(first, second, third));
    await age(50);
    expect((await run()).built).toBe(false);
    expect(await tables()).toEqual(namesOf(first, second, third));
    await age(11);
    expect((await run()).built).toBe(false);
    expect(await tables()).toEqual(namesOf(second, third));
    expect([await store.currentId(), await store.otherId()]).toEqual([third, second]);
  });

  it("are gone back to until the next ingest", async () => {
    await edition("The edition before is grey.");
    const first = await edition("The first edition is red.");
    const second = await edition("The second edition is blue.");
    expect((await rollBack(store, embedder.fingerprint)).buildId).toBe(first);
    expect([await textInUse(), await store.isPinned()]).toEqual(["The first edition is red.", true]);
    expect(await isStale({ corpusDir, store, embedder })).toBe(false);
    expect((await rollBack(store, embedder.fingerprint)).buildId).toBe(second);
    expect(await textInUse()).toBe("The second edition is blue.");
    await rollBack(store, embedder.fingerprint);
    const third = await run();
    expect([third.built, await store.isPinned()]).toEqual([true, false]);
    expect(await textInUse()).toBe("The second edition is blue.");
    // The one before is the one that was in use, not the newer one that was gone back from.
    expect(await store.otherId()).toBe(first);
    await age(61);
    await run();
    expect(await tables()).toEqual(namesOf(first, third.buildId));
  });

  it("are followed again where an ingest finds the documents as they were then", async () => {
    await edition("The first edition is red.");
    await edition("The second edition is blue.");
    await rollBack(store, embedder.fingerprint);
    await write({ "a.txt": "The first edition is red.\n" });
    expect([(await run()).built, await store.isPinned()]).toEqual([false, false]);
    await write({ "a.txt": "The third edition is green.\n" });
    expect(await isStale({ corpusDir, store, embedder })).toBe(true);
  });

  it("cannot be gone back to where there is none", async () => {
    await expect(rollBack(store, embedder.fingerprint)).rejects.toThrow(/holds no index/);
    await edition("The first edition is red.");
    await expect(rollBack(store, embedder.fingerprint)).rejects.toThrow(/holds no build but the one in use/);
  });

  it("leave the tables of others alone, and clear away those of an interrupted ingest", async () => {
    const first = await edition("The first edition is red.");
    const [orphan, foreign] = ["passages_20260102t030405z_0abcde", "passages_20260102t030405z_0abcdex"];
    for (const name of [orphan, foreign]) await database.query(`CREATE TABLE ${database.table(name)} (label int)`);
    await run();
    expect(await tables()).toEqual([...namesOf(first), foreign].sort());
  });

  it("of another format or without their rows are made anew", async () => {
    const first = await edition("The first edition is red.");
    const reasons: string[] = [];
    const onRebuild = (reason: string): void => void reasons.push(reason);
    const builds = database.table("builds");
    await database.query(`UPDATE ${builds} SET manifest = jsonb_set(manifest::jsonb, '{format}', '0')::json`);
    expect([await store.manifest(first), await store.manifest("20260102T030405Z-0abcde")]).toEqual([null, null]);
    expect(await isStale({ corpusDir, store, embedder })).toBe(true);
    const second = await run({ onRebuild });
    await database.query(`DELETE FROM ${tablesOf(database, second.buildId).contents}`);
    await expect(openCurrent()).rejects.toThrow(
      new StartupError('the tables of the index lack rows. Run "npm run ingest -- --force".'),
    );
    const third = await run({ onRebuild });
    await database.query(`DROP TABLE ${tablesOf(database, third.buildId).terms}`);
    await expect(openCurrent()).rejects.toThrow(
      /^the tables of the index cannot be read \(relation .* does not exist\)/,
    );
    await run({ onRebuild });
    expect(await textInUse()).toBe("The first edition is red.");
    expect(reasons).toEqual(Array(3).fill("the index before is damaged or of another version"));
  });

  it("that a server still answers from are told to be replaced once they are gone", async () => {
    await edition("The first edition is red.");
    const index = await openCurrent();
    await edition("The second edition is blue.");
    await edition("The third edition is green.");
    await age(61);
    await run();
    const query = { text: "edition", vector: await embedder.embedQuery("edition"), k: 1 };
    await expect(index.search(query)).rejects.toMatchObject({ name: "DocentError", code: "no_index" });
  });
});

describe("an ingest into PostgreSQL", () => {
  it("embeds only what is new, and takes over the vectors of the rest as they are", async () => {
    await write({ "lamp.txt": "The lamp burned paraffin.\n", "ferry.txt": "The ferry leaves at noon.\n" });
    expect(await run()).toMatchObject({ built: true, documents: 2, reused: 0, embedded: 4 });
    expect(embedder.taken()).toHaveLength(4);
    expect(await run()).toMatchObject({ built: false, documents: 2, passages: 2, rebuildReason: null });
    const vectorOf = async (): Promise<Float32Array> => {
      for await (const { passage, vector } of (await openCurrent()).embedded())
        if (passage.documentId === "lamp") return vector();
      throw new Error("the lamp is gone");
    };
    const first = await vectorOf();
    for (const hour of ["one", "two", "three"]) {
      await write({ "ferry.txt": `The ferry leaves at ${hour}.\n` });
      expect(await run()).toMatchObject({ built: true, reused: 2, embedded: 2 });
      expect(embedder.taken().every((text) => text.includes(hour))).toBe(true);
    }
    expect(await vectorOf()).toEqual(first);
    expect(await run({ force: true })).toMatchObject({ built: true, reused: 0, embedded: 4, rebuildReason: null });
  });

  it("with another recipe embeds all anew, of other dimensions too, while the build before answers", async () => {
    const first = await edition("The lamp burned paraffin.");
    const before = await openCurrent();
    const other = new HashEmbedder({ dimensions: 48, revision: "2" });
    const reasons: string[] = [];
    expect(await isStale({ corpusDir, store, embedder: other })).toBe(true);
    const summary = await run({ embedder: other, onRebuild: (reason) => reasons.push(reason) });
    expect(summary).toMatchObject({ built: true, reused: 0, embedded: 2, rebuildReason: reasons[0] });
    expect(reasons).toEqual([expect.stringContaining("dimensions from 64 to 48")]);
    for (const [index, by] of [
      [before, embedder],
      [await openCurrent(), other],
    ] as const) {
      const [hit] = await index.search({ text: "paraffin", vector: await by.embedQuery("paraffin"), k: 1 });
      expect(hit!.passage.text).toBe("The lamp burned paraffin.");
    }
    await expect(rollBack(store, other.fingerprint)).rejects.toThrow(/cannot be used \(.*EMBEDDING_MODEL/);
    expect([await store.currentId(), await store.otherId()]).toEqual([summary.buildId, first]);
  });

  it.each([
    ["while passages are embedded", "embedPassages"],
    ["while the new build is tried", "embedQuery"],
  ] as const)("whose model fails %s leaves the build before in use", async (_, method) => {
    const first = await edition("The first edition is red.");
    await write({ "a.txt": "The second edition is blue.\n" });
    const fault = new EmbeddingError("the model has no memory left");
    const failing = new HashEmbedder();
    Object.assign(failing, { [method]: () => Promise.reject(fault) });
    await expect(run({ embedder: failing })).rejects.toBe(fault);
    expect([await store.currentId(), await textInUse()]).toEqual([first, "The first edition is red."]);
    expect(await tables()).toEqual(namesOf(first));
    expect((await run()).built).toBe(true);
  });

  it.each([
    ["while passages are embedded", "embedPassages"],
    ["while the new build is tried", "embedQuery"],
  ] as const)("cut off from the database %s leaves the build before in use, and the next clears up", async (_, at) => {
    const first = await edition("The first edition is red.");
    await write({ "a.txt": "The second edition is blue.\n" });
    const proxy = await databaseProxy(await databaseUrl());
    const far = new Database(proxy.url, database.schema);
    onTestFinished(() => far.close());
    const cutting = new HashEmbedder();
    const whole = { embedPassages: cutting.embedPassages.bind(cutting), embedQuery: cutting.embedQuery.bind(cutting) };
    Object.assign(cutting, {
      [at]: (given: never) => {
        proxy.cut();
        return whole[at](given);
      },
    });
    const cut = run({ store: new PostgresStore(far), embedder: cutting });
    await expect(cut).rejects.toThrow(DatabaseAwayError);
    expect([await store.currentId(), await textInUse()]).toEqual([first, "The first edition is red."]);
    expect((await tables()).length).toBe(namesOf(first).length * (at === "embedQuery" ? 2 : 1));
    proxy.mend();
    // A real server takes a moment to notice that whoever held the lock is gone.
    const again = { store: new PostgresStore(far) };
    await until(
      () =>
        run(again).then(
          () => true,
          (error: unknown) => !(error instanceof BusyError),
        ),
      5_000,
    );
    const second = (await store.currentId())!;
    expect(second).not.toBe(first);
    expect(await tables()).toEqual(namesOf(first, second));
  });

  it("excludes another in the same process", async () => {
    await store.exclusively(async () => {
      await expect(store.exclusively(async () => {})).rejects.toThrow(BusyError);
      await expect(edition("The first edition is red.")).rejects.toThrow(/^another ingest is at work on the database/);
    });
    await edition("The first edition is red.");
    await expect(
      store.publish(
        await contentOf({}, embedder),
        origin(),
        async () => UNFITTED,
        () => {},
      ),
    ).rejects.toThrow("the store is written to without its lock");
  });

  it.skipIf(GIVEN_URL === undefined)(
    `excludes that of another process until it ends or dies${TOLD_SERVER}`,
    async () => {
      const other = new PostgresStore(new Database(GIVEN_URL!, database.schema));
      onTestFinished(() => other.close());
      const elsewhere = new PostgresStore(await temporaryDatabase());
      await store.exclusively(async () => {
        await expect(other.exclusively(async () => {})).rejects.toThrow(BusyError);
        expect(await elsewhere.exclusively(async () => "free")).toBe("free");
      });
      expect(await other.exclusively(async () => "free")).toBe("free");
      await store.exclusively(async () => {
        await database.query(
          `SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
         WHERE l.locktype = 'advisory' AND a.application_name = 'docent ingest' AND l.objid = hashtext($1)::oid`,
          [database.schema],
        );
        const isFree = (): Promise<boolean> => other.exclusively(async () => true).catch(() => false);
        await until(isFree, 5_000);
        await expect(store.goBackTo("20260102T030405Z-0abcde")).rejects.toThrow(DatabaseAwayError);
      });
    },
  );

  it.skipIf(GIVEN_URL === undefined)(`of two at once one builds and the other is told${TOLD_SERVER}`, async () => {
    await write({ "a.txt": "The first edition is red.\n" });
    const other = new PostgresStore(new Database(GIVEN_URL!, database.schema));
    onTestFinished(() => other.close());
    await database.migrate();
    const [one, two] = await Promise.allSettled([run(), run({ store: other })]);
    const failures = [one, two].flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
    expect(failures).toEqual([expect.any(BusyError)]);
    expect(await tables()).toEqual(namesOf((await store.currentId())!));
  });
});

const origin = () => ({ recipe: recipeFor(embedder.fingerprint, DEFAULT_SPLITTER), files: {} });

const ODD = `'quoted' \\back\\slash\\ "double" %s $1 ; DROP TABLE builds; -- \u0000 \u{1f3f3}\u{fe0f}\u{200d}\u{1f308} \u202e \u2028 ${"w".repeat(3000)} naïve ﷺ`;
const HOSTILE: Record<string, string> = {
  'it\'s \\ "odd"; --.md': `# Title ${ODD}\n\n## Heading ${ODD}\n\nThe lamp says ${ODD} at noon.\n`,
  "😀/名前 %00 $1.txt": `${ODD}\n\nThe ferry leaves at noon. It's O'Brien's \\'ferry\\'.\n`,
  "__proto__.json":
    '[{"question": "What\\u0000 is \\ud800 \\"it\\"?", "answer": "A lone \\udfff surrogate \\ud83d, it\'s \\\\."}]',
  "constructor.csv": `question,answer\n"Who said 'what'?","O'Brien did \\ so ""he"" says \u{1f600}."\n`,
  "table.md": `| Day | Tide |\n| --- | --- |\n| Mon'day | hi\\gh |\n| ${"x".repeat(5000)} | low |\n`,
};

describe("texts of any kind", () => {
  it("come back from PostgreSQL as they come back from a folder", async () => {
    await write(HOSTILE);
    const folder = new FolderStore(path.join(temporaryFolder(), "index"));
    const [inDatabase, inFolder] = [await run(), await run({ store: folder })];
    expect({ ...inDatabase, buildId: "", seconds: 0 }).toEqual({ ...inFolder, buildId: "", seconds: 0 });
    expect(inDatabase.documents).toBe(Object.keys(HOSTILE).length);
    const [one, two] = [await openCurrent(), await openCurrent(folder)];
    const told = async (index: OpenBuild): Promise<unknown> => {
      const heads = await index.documents();
      return {
        summaries: heads.map((head) => ({ ...head, text: "" })),
        faq: await index.faqItems(),
        forms: await index.shortForms(),
        counts: [...(await index.passageCounts())],
        documents: await Promise.all(heads.map(({ id }) => index.document(id))),
        passages: await Promise.all(heads.map(({ id }) => index.passagesOf(id))),
      };
    };
    expect(await told(one)).toEqual(await told(two));
    expect((await run()).built).toBe(false);
    // All is taken over again, so the texts that vectors are looked up by are the same.
    await write({ "more.txt": "The tide turns.\n" });
    expect(await run()).toMatchObject({ built: true, embedded: 2, reused: inDatabase.embedded });
  });

  it("are kept though no reader would let them through", async () => {
    const content = await contentOf(
      { "a.md": "# Lamp\n\nThe lamp is lit.\n\n## Frequently asked questions\n\n### Who lit it?\n\nShe did.\n" },
      embedder,
    );
    const [document] = content.documents;
    const odd = `\u0000 \ud800 \udfff \uffff ' \\ " ${"é".repeat(9)} \u{1f600}`;
    Object.assign(document!, { title: odd, path: odd, url: odd, text: document!.text + odd });
    for (const section of document!.sections) Object.assign(section, { path: [odd] });
    for (const passage of content.passages) Object.assign(passage, { headingPath: [odd] });
    const manifest = await store.exclusively(() =>
      store.publish(
        content,
        origin(),
        async () => UNFITTED,
        () => {},
      ),
    );
    const index = await store.open(manifest);
    expect(await index.document("a")).toEqual(document);
    expect(await index.passagesOf("a")).toEqual(content.passages);
  });

  it("may be asked for", async () => {
    await write({ ...HOSTILE, "plain.txt": "The herring is smoked over beech wood.\n" });
    const folder = new FolderStore(path.join(temporaryFolder(), "index"));
    await run();
    await run({ store: folder });
    const [index, other] = [await openCurrent(), await openCurrent(folder)];
    const queries = [
      ODD,
      "O'Brien's \\'ferry\\'",
      "'' \\\\ ''' :* a:* !b <-> & | ( )",
      "\u0000",
      "\ud800 herring",
      `herring ${"w".repeat(100_000)}`,
      Array.from({ length: 3000 }, (_, i) => `word${i} herring`).join(" "),
      "x".repeat(5000),
    ];
    for (const text of queries) {
      const vector = await embedder.embedQuery(text);
      const found = async (from: OpenBuild): Promise<unknown[]> =>
        (await from.search({ text, vector, k: 50 }))
          .filter(({ lexical }) => lexical > 0)
          .map(({ passage }) => passage.id)
          .sort();
      // A word too long for PostgreSQL's index finds nothing by itself.
      if (text.length !== 5000) expect(await found(index)).toEqual(await found(other));
    }
    const vector = await embedder.embedQuery("herring");
    const ids = [
      "'; DROP TABLE builds; --",
      "\\",
      '"',
      "{1,2}",
      "NULL",
      "",
      "__proto__.",
      "toString",
      "\u0000",
      "\ud800",
      "../a",
      "x".repeat(9999),
    ];
    for (const id of ids) {
      expect([await index.document(id), await index.documentHead(id), await index.passagesOf(id)]).toEqual([
        null,
        null,
        [],
      ]);
      expect(await index.search({ text: "herring", vector, k: 3, sources: [id] })).toEqual([]);
      expect(await index.searchFaq(vector, 3, [id])).toEqual([]);
    }
    const some = await index.search({ text: "herring", vector, k: 3, sources: [...ids, "plain"] });
    expect(some.map(({ passage }) => passage.documentId)).toEqual(["plain"]);
    expect((await openCurrent()).counts).toEqual(index.counts);
  });
});

describe("schemas", () => {
  it.each(["", "Docent", "a-b", 'a"; DROP SCHEMA public; --', "1st", "é", "a".repeat(32), "a.b", "a\n"])(
    "%j is no name",
    (name) => {
      expect(() => new Database("postgresql://postgres:s3cret@127.0.0.1/docs", name)).toThrow(
        new StartupError(`DATABASE_SCHEMA: "${name}" is no name of small letters, digits and underscores.`),
      );
    },
  );

  it("may be named by a word of SQL's", async () => {
    const own = new Database(await databaseUrl(), "user");
    onTestFinished(async () => {
      await own.drop();
      await own.close();
    });
    await write({ "a.txt": "The lamp is lit.\n" });
    const summary = await run({ store: new PostgresStore(own) });
    expect(await new PostgresStore(own).currentId()).toBe(summary.buildId);
    expect(await own.bytes()).toBeGreaterThan(10_000);
  });

  it("of one database do not see each other", async () => {
    const first = await edition("The first edition is red.");
    const other = await temporaryDatabase();
    const beside = new PostgresStore(other);
    expect(await beside.currentId()).toBe(null);
    await write({ "a.txt": "Another house's lamp.\n" });
    const second = await run({ store: beside });
    await run({ store: beside, force: true });
    expect([await store.currentId(), await textInUse()]).toEqual([first, "The first edition is red."]);
    await other.drop();
    expect(await tables(other)).toEqual([]);
    expect(await tables()).toEqual(namesOf(first));
    expect(second.built).toBe(true);
  });
});

describe("a server's look for a new build", () => {
  it("that the database cuts short is made again, and one that is damaged is not", async () => {
    await edition("The first edition is red.");
    const proxy = await databaseProxy(await databaseUrl());
    const far = new PostgresStore(new Database(proxy.url, database.schema));
    onTestFinished(() => far.close());
    const live = new LiveIndex(far);
    await live.refresh(embedder.fingerprint);
    const second = await edition("The second edition is blue.");
    // Cut between the manifest and the tables.
    const manifest = far.manifest.bind(far);
    far.manifest = async (id) => {
      const found = await manifest(id);
      proxy.cut();
      return found;
    };
    await expect(live.refresh(embedder.fingerprint)).rejects.toThrow(DatabaseAwayError);
    expect(live.current!.buildId).not.toBe(second);
    far.manifest = manifest;
    proxy.mend();
    await live.refresh(embedder.fingerprint);
    expect(live.current!.buildId).toBe(second);
    const third = await edition("The third edition is green.");
    await database.query(`DELETE FROM ${tablesOf(database, third).contents}`);
    await expect(live.refresh(embedder.fingerprint)).rejects.toThrow(StartupError);
    await live.refresh(embedder.fingerprint);
    expect(live.current!.buildId).toBe(second);
  });
});

it("a corpus folder that is gone is told before anything is written", async () => {
  await rm(corpusDir, { recursive: true });
  await expect(run()).rejects.toThrow(/^CORPUS_DIR/);
  expect(await tables()).toEqual([]);
});
