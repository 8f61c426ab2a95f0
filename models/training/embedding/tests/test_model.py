"""The tokenizer, the examples and the exported model, on a vocabulary and a table made here."""

import json
import shutil
import subprocess
import tempfile
import unittest
from importlib.util import find_spec
from pathlib import Path

import numpy as np

import tokenizer as training
from examples import CHUNK, Texts, read_examples
from export import dequantise, prepared, quantise, read_model, rotated, write_model
from measure import Collection, measure, ndcg
from model import bags, embed
from wordpiece import SPECIAL, WordPiece, split_words

HERE = Path(__file__).parent
TEXTS = [
    "The ferry leaves from the north quay at half past six in the morning.",
    "Ferries, ferrymen and the ferry's crew: 1969, 24 boats & 3,5 %!",
    "ÎLE d’Orléans — naïve café\u200b 東京 zero",
    "the the the the quay",
]


def small_tokenizer(size: int = 400) -> WordPiece:
    return training.train(training.count_words(("ferry", text) for text in TEXTS * 3), size)


class Tokenizer(unittest.TestCase):
    def test_words_of_the_data_come_back_whole(self) -> None:
        tokenizer = small_tokenizer()
        for text in TEXTS[:2] + TEXTS[3:]:
            ids = tokenizer.encode(text)
            self.assertNotIn(tokenizer.ids["[UNK]"], ids)
            self.assertEqual(tokenizer.decode(ids), " ".join(split_words(text)))

    def test_unseen_words_come_back_from_pieces(self) -> None:
        tokenizer = small_tokenizer()
        ids = tokenizer.encode("quayferries 1234")
        self.assertGreater(len(ids), 2)
        self.assertEqual(tokenizer.decode(ids), "quayferries 1234")

    def test_letters_that_are_not_there_are_one_unknown_token(self) -> None:
        tokenizer = small_tokenizer()
        self.assertEqual(tokenizer.encode("ferryж"), [tokenizer.ids["[UNK]"]])

    def test_a_saved_vocabulary_reads_back_the_same(self) -> None:
        tokenizer = small_tokenizer()
        with tempfile.TemporaryDirectory() as folder:
            tokenizer.save(Path(folder, "tokenizer.json"))
            again = WordPiece.load(Path(folder, "tokenizer.json"))
        self.assertEqual(again.pieces, tokenizer.pieces)
        self.assertEqual([again.encode(text) for text in TEXTS], [tokenizer.encode(text) for text in TEXTS])

    def test_the_vocabulary_is_as_large_as_asked_and_holds_no_piece_twice(self) -> None:
        pieces = small_tokenizer(200).pieces
        self.assertEqual(len(pieces), 200)
        self.assertEqual(len(set(pieces)), 200)
        self.assertEqual(tuple(pieces[:5]), SPECIAL)

    def test_merges_come_in_order_of_frequency(self) -> None:
        made = list(training.merges({"low": 5, "lower": 2, "lot": 1, "newest": 6, "widest": 3}, 4))
        # es 9, est 9, then lo 8, low 7 (after the example of Sennrich et al. 2016).
        self.assertEqual(made, ["##es", "##est", "lo", "low"])


class Examples(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        data = Path(folder.name)
        for kind in ("pairs", "passages"):
            (data / kind).mkdir()
        pair = {"kind": "faq", "source": "port", "query": "When does the ferry leave?", "passage": TEXTS[0], "group": "g"}
        self.write(data / "pairs" / "port.jsonl", [pair] * 3)
        text = f"{TEXTS[0]} {TEXTS[1]} Zero crew at the quay in the morning of 1969, and no boats past the north."
        passage = {"source": "port", "group": "g", "title": "t", "heading": "h", "text": text}
        self.write(data / "passages" / "port.jsonl", [passage] * (CHUNK - 3))
        self.tokenizer = small_tokenizer()
        self.examples = read_examples(data, self.tokenizer, {"faq": 2})

    def write(self, file: Path, rows: list[dict[str, str]]) -> None:
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))

    def test_an_epoch_draws_each_example_by_its_share(self) -> None:
        self.assertEqual(self.examples.pair_share.tolist(), [2, 2, 2])
        drawn = self.examples.epoch(np.random.default_rng(0))
        # Only whole chunks: 67 wanted, 64 drawn.
        self.assertEqual(len(drawn), CHUNK)
        self.assertLess(int(drawn.max()), CHUNK)

    def test_pairs_keep_their_words(self) -> None:
        batch = self.examples.batch(np.array([0]), np.random.default_rng(0))
        tokens, weights, starts = batch.passages
        wanted, frequency = np.unique(self.tokenizer.encode(TEXTS[0]), return_counts=True)
        self.assertEqual(tokens.tolist(), wanted.tolist())
        np.testing.assert_allclose(weights, frequency**0.5, rtol=1e-6)
        self.assertEqual(starts.tolist(), [0, len(wanted)])

    def test_cloze_questions_are_made_of_a_sentence_that_may_be_taken_out(self) -> None:
        whole = set(self.examples.bodies.ids.tolist())
        opening = set(self.examples.openings.ids.tolist())
        batch = self.examples.batch(np.arange(3, CHUNK), np.random.default_rng(0))
        self.assertLessEqual(set(batch.queries[0].tolist()), whole | opening)
        sizes = np.diff(batch.passages[2])
        self.assertGreater(len(set(sizes.tolist())), 1)
        self.assertGreater(int(sizes.min()), 0)

    def test_answers_of_one_text_are_no_negatives_of_each_other(self) -> None:
        same = self.examples.batch(np.array([0, 1, 3]), np.random.default_rng(0)).same
        self.assertEqual(same.tolist(), [[False, True, False], [True, False, False], [False, False, False]])

    def test_gathering_takes_the_pieces_asked_for(self) -> None:
        texts = Texts.of([[1, 2, 3], [4], [5, 6]])
        found, places = texts.gather(np.array([4, 0]), np.array([2, 1]))
        self.assertEqual((found.tolist(), places.tolist()), ([5, 6, 1], [4, 5, 0]))


class Measuring(unittest.TestCase):
    def test_ndcg(self) -> None:
        self.assertEqual(ndcg(np.array([3, 1, 2]), {3}), 1)
        self.assertAlmostEqual(ndcg(np.array([3, 1, 2]), {1}), 1 / np.log2(3))

    def test_a_perfect_model_and_a_useless_one(self) -> None:
        tokenizer = WordPiece([*SPECIAL, "ferry", "quay", "gull"])
        collection = Collection("port", ["ferry", "quay", "gull"], ["quay"], [{1}], [[(0, 1.0)]])
        lexical, dense, hybrid = measure(np.eye(8, dtype=np.float32), tokenizer, collection)
        self.assertEqual((lexical, dense), (0, 1))
        self.assertAlmostEqual(hybrid, 1 / np.log2(3))


class Export(unittest.TestCase):
    def setUp(self) -> None:
        self.tokenizer = small_tokenizer()
        random = np.random.default_rng(3)
        self.table = random.standard_normal((len(self.tokenizer.pieces), 16)).astype(np.float32)

    def test_quantisation_keeps_directions(self) -> None:
        table = prepared(rotated(self.table))
        stored = dequantise(*quantise(table))
        cosines = (stored * table)[5:].sum(1) / np.linalg.norm(stored[5:], axis=1) / np.linalg.norm(table[5:], axis=1)
        self.assertGreater(float(cosines.min()), 0.97)
        self.assertEqual(float(np.abs(stored[0]).max()), 0)

    def test_turning_keeps_cosines(self) -> None:
        np.testing.assert_allclose(rotated(self.table) @ rotated(self.table).T, self.table @ self.table.T, atol=1e-4)

    def test_a_bag_counts_a_repeated_token_by_its_square_root(self) -> None:
        tokens, weights, starts = bags([np.array([7, 5, 7, 7, 7]), np.array([], np.int64), np.array([5])], 10)
        self.assertEqual((tokens.tolist(), weights.tolist(), starts.tolist()), ([5, 7, 5], [1, 2, 1], [0, 2, 2, 3]))

    def test_a_written_model_reads_back(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            stored = write_model(self.table, self.tokenizer, Path(folder))
            table, tokenizer = read_model(Path(folder))
        np.testing.assert_array_equal(table, stored)
        self.assertEqual(tokenizer.pieces, self.tokenizer.pieces)

    def test_a_table_of_another_size_is_refused(self) -> None:
        with tempfile.TemporaryDirectory() as folder, self.assertRaisesRegex(ValueError, "does not fit"):
            write_model(self.table[:-1], self.tokenizer, Path(folder))

    def test_the_exported_model_equals_the_reference(self) -> None:
        node = shutil.which("node")
        if node is None or not (HERE.parents[3] / "node_modules" / "@xenova" / "transformers").exists():
            self.skipTest("needs Node.js and the project's packages (npm ci)")
        with tempfile.TemporaryDirectory() as folder:
            stored = write_model(self.table, self.tokenizer, Path(folder, "small"))
            done = subprocess.run(
                [node, str(HERE / "embed.mjs"), folder, "small"],
                input=json.dumps(TEXTS).encode(), capture_output=True, check=True,
            )  # fmt: skip
        found = json.loads(done.stdout)
        pieces = [[self.tokenizer.pieces[number] for number in self.tokenizer.encode(text)] for text in TEXTS]
        self.assertEqual(found["tokens"], pieces)
        # The start token's row is in every text, all but zero.
        np.testing.assert_allclose(np.array(found["vectors"]), embed(stored, self.tokenizer, TEXTS), atol=1e-3)


@unittest.skipUnless(find_spec("torch"), "needs PyTorch")
class Training(unittest.TestCase):
    def test_lazy_adam_is_adam_where_every_row_is_used(self) -> None:
        import torch

        import train

        generator = torch.Generator().manual_seed(0)
        start = torch.randn(4, 3, generator=generator)
        lazy, plain = start.clone(), torch.nn.Parameter(start.clone())
        mine, theirs = train.LazyAdam(lazy), torch.optim.Adam([plain], lr=0.01, betas=train.BETAS)
        for _ in range(5):
            gradient = torch.randn(4, 3, generator=generator)
            mine.step(torch.arange(4), gradient, 0.01)
            plain.grad = gradient
            theirs.step()
        np.testing.assert_allclose(lazy.numpy(), plain.detach().numpy(), atol=1e-6)

    def test_tokens_that_an_earlier_model_lacks_are_put_together(self) -> None:
        import train

        old = WordPiece([*SPECIAL, "ferry", "##man", "q", "##uay"])
        new = WordPiece([*SPECIAL, "ferryman", "quay", "##uayman", "ж"])
        table = np.eye(9, dtype=np.float32)
        carried = train.carried_over(table, old, new)
        self.assertEqual([row.nonzero()[0].tolist() for row in carried[5:]], [[5, 6], [7, 8], [6, 8], [1]])

    def test_word_vectors_are_added_in_all_dimensions(self) -> None:
        import train

        table = np.eye(6, dtype=np.float32)
        words = np.zeros((6, 3), np.float32)
        words[2] = [1, 0, 0]
        added = train.with_words(table, words, 0.5) - table
        self.assertAlmostEqual(float(np.linalg.norm(added[2])), 0.5, 5)
        self.assertEqual(float(np.abs(added[[0, 1, 3, 4, 5]]).max()), 0)

    def test_the_right_passage_has_the_smaller_loss(self) -> None:
        import torch

        import train

        table = torch.eye(4)
        bag = (np.array([0, 1]), np.ones(2, np.float32), np.array([0, 1, 2]))
        swapped = (np.array([1, 0]), np.ones(2, np.float32), np.array([0, 1, 2]))
        none = np.zeros((2, 2), bool)
        self.assertLess(float(train.loss_of(table, bag, bag, none)), 1e-6)
        self.assertGreater(float(train.loss_of(table, bag, swapped, none)), 10)


if __name__ == "__main__":
    unittest.main()
