"""Stripping and cutting of text."""

import unittest

from extract.text import chunks, first_words, is_prose, is_question, strip_blocks, strip_inline


def plain(text: str) -> str:
    return strip_inline(strip_blocks(text))


class Stripping(unittest.TestCase):
    def test_links_keep_their_words_and_lose_their_addresses(self) -> None:
        self.assertEqual(plain("See [the **permit** page](https://a.example/x_(y)) and https://b.example now."), "See the permit page and now.")

    def test_code_tables_and_comments_go(self) -> None:
        text = "Before.\n\n```sh\nrm -r x\n```\n\n<!-- hidden -->\n<table><tr><td>1</td></tr></table>\n\nAfter."
        self.assertEqual(plain(text), "Before. After.")

    def test_code_inside_a_list_does_not_swallow_the_rest(self) -> None:
        self.assertEqual(plain("- ```js\n  let a;\n  ```\n\nStill here.\n\n```py\nb\n```\n\nAnd here."), "Still here. And here.")

    def test_a_second_opening_fence_does_not_end_code(self) -> None:
        self.assertEqual(plain("One.\n\n```js\na\n```js\nb\n```\n\nTwo."), "One. Two.")

    def test_templates_leave_only_what_they_show(self) -> None:
        self.assertEqual(plain('A {{< glossary_tooltip text="pod" term_id="x" >}} runs.'), "A pod runs.")
        self.assertEqual(plain('Use {{domxref("Node.firstChild")}} here.'), "Use Node.firstChild here.")
        self.assertEqual(plain("Hello {% if user %}you{% endif %}{{ page.title }}."), "Hello you.")

    def test_microsoft_marks_go(self) -> None:
        text = "[!INCLUDE [x](y.md)]\n> [!NOTE]\n> Save first.\n:::image type=\"content\" source=\"a.png\":::\nDone."
        self.assertEqual(plain(text).replace("> ", ""), "Save first. Done.")

    def test_html_and_entities(self) -> None:
        self.assertEqual(plain("<p>Fish &amp; <em>chips</em><br/>today.</p>"), "Fish & chips today.")

    def test_names_with_underscores_stay(self) -> None:
        self.assertEqual(plain("Set max_open_files or __init__ now."), "Set max_open_files or init now.")


class Cutting(unittest.TestCase):
    def test_first_words_ends_at_a_sentence(self) -> None:
        self.assertEqual(first_words("One two three. Four five six. Seven.", 6), "One two three. Four five six.")

    def test_a_long_first_sentence_is_cut(self) -> None:
        self.assertEqual(first_words("one two three four", 2), "one two")

    def test_chunks_hold_every_sentence_once_and_stay_in_bounds(self) -> None:
        sentences = [f"Sentence number {i} has exactly eight words here." for i in range(60)]
        passages = chunks([" ".join(sentences)], 60, 170)
        self.assertEqual(" ".join(passages), " ".join(sentences))
        self.assertTrue(all(len(passage.split()) <= 170 for passage in passages))


class Judging(unittest.TestCase):
    def test_prose_is_told_from_lists_code_and_other_languages(self) -> None:
        self.assertTrue(is_prose("The lock was built in the spring of that year, and it is still in use by the boats of the town.", 10))
        self.assertFalse(is_prose("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma", 10))
        self.assertFalse(is_prose("let x = foo(1, 2); y[3] += {a: 1, b: 2}; z->q(9, 8, 7); return x * y % 4 - 0x1f;", 10))
        self.assertFalse(is_prose("Die Schleuse wurde im Frühling dieses Jahres gebaut und wird noch heute von den Booten benutzt.", 10))

    def test_questions(self) -> None:
        self.assertTrue(is_question("Where do I park?"))
        self.assertFalse(is_question("Parking"))
        self.assertFalse(is_question("Why?"))
