"""What all rows of a table add up to: one number that any edited, added or removed row changes.

LtHash with 1024 words of 16 bits (LtHash16): each row is hashed to 2048 bytes, and the words are
added modulo 2**16. Rows can be added and taken away in any order at a few microseconds each, so
that a write never reads the other rows. The log states the SHA-256 of the sum.

Strength: adding hashes was proposed by Bellare and Micciancio ("A New Paradigm for Collision-free
Hashing: Incrementality at Reduced Cost", EUROCRYPT 1997: AdHash, LtHash). A sum of plain 256-bit
hashes would fall to the generalised birthday attack of Wagner (CRYPTO 2002) with far less work than
2**128. For these sizes Lewi, Kim, Maykov and Weis ("Securing Update Propagation with Homomorphic
Hashing", IACR ePrint 2019/227) estimate more than 200 bits. The rows are hashed with SHAKE128
(FIPS 202), so that the whole is at most as strong as that: 128 bits.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

SUM_BYTES = 2048
WORD = np.dtype("<u2")


def row_text(table: str, row: int, cells: Iterable[object], body_sha256: str) -> bytes:
    """Return what stands for one row: its table, number, columns and the hash of its body.

    JSON keeps the parts apart; ``-0.0`` is written as ``0.0`` and truth as 1 or 0, as SQLite
    stores them.
    """
    parts = [table, row, *map(_as_stored, cells), body_sha256]
    return json.dumps(parts, separators=(",", ":"), default=repr).encode()


def _as_stored(cell: object) -> object:
    if isinstance(cell, bool):
        return int(cell)
    if isinstance(cell, float):
        return cell + 0.0
    return cell


class RowSum:
    """The sum over a set of rows, which can be added and taken away one by one."""

    def __init__(self, words: bytes = bytes(SUM_BYTES), rows: int = 0) -> None:
        """Begin with nothing, or with a sum that was kept."""
        self._words: NDArray[np.uint16] = np.frombuffer(words, dtype=WORD).copy()
        self.rows = rows

    def add(self, row: bytes) -> None:
        """Add a row (:func:`row_text`)."""
        self._words += _expand(row)
        self.rows += 1

    def remove(self, row: bytes) -> None:
        """Take a row away that was added."""
        self._words -= _expand(row)
        self.rows -= 1

    @property
    def words(self) -> bytes:
        """Return the sum's 2048 bytes."""
        return self._words.tobytes()

    @property
    def sha256(self) -> str:
        """Return the SHA-256 (hex) of the sum."""
        return hashlib.sha256(self.words).hexdigest()


def _expand(row: bytes) -> NDArray[np.uint16]:
    words: NDArray[np.uint16] = np.frombuffer(hashlib.shake_128(row).digest(SUM_BYTES), dtype=WORD)
    return words


EMPTY_SHA256 = RowSum().sha256
"""What no rows at all add up to."""
