"""The model: a table with one vector a token, and how texts become vectors. The reference that the exported graph equals.

A text's vector is the sum of its tokens' vectors, each weighted with the square root of how often the token occurs in the
text, brought to length 1: sum over t of n(t)^0.5 E[t]. The damping keeps a word that a long passage repeats from drowning
the others (as the sublinear term frequencies of text retrieval do).
"""

from __future__ import annotations

import numpy as np

from wordpiece import WordPiece

FREQUENCY_EXPONENT = 0.5


def bags(texts: list[np.ndarray], vocabulary: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The different tokens of each text with their weights.

    Returns (token ids, weights, where each text begins), the ids of all texts in a row; starts has one entry a text and
    one for the end.
    """
    lengths = np.array([len(text) for text in texts], np.int64)
    flat = np.concatenate(texts).astype(np.int64) if len(texts) else np.zeros(0, np.int64)
    return merge_bags(flat, np.repeat(np.arange(len(texts)), lengths), len(texts), vocabulary)


def merge_bags(
    tokens: np.ndarray, owner: np.ndarray, count: int, vocabulary: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """`bags` for tokens that lie in a row, `owner` the number of each token's text, 0 to `count` - 1."""
    keys, frequency = np.unique(owner * vocabulary + tokens, return_counts=True)
    owners = keys // vocabulary
    starts = np.searchsorted(owners, np.arange(count + 1))
    return keys % vocabulary, frequency.astype(np.float32) ** np.float32(FREQUENCY_EXPONENT), starts


def embed(table: np.ndarray, tokenizer: WordPiece, texts: list[str]) -> np.ndarray:
    """Vectors of texts, [texts, dimensions], length 1; all zero for a text without tokens.

    :param table: [tokens, dimensions], float32
    """
    result = np.zeros((len(texts), table.shape[1]), np.float32)
    for number, text in enumerate(texts):
        ids = np.array(tokenizer.encode(text), np.int64)
        if len(ids) == 0:
            continue
        tokens, weights, _ = bags([ids], len(table))
        vector = weights @ table[tokens]
        result[number] = vector / max(float(np.linalg.norm(vector)), 1e-12)
    return result
