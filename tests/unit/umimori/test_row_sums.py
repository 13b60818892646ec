"""Sums over rows: order does not matter, any other row does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from umimori.store.sums import EMPTY_SHA256, SUM_BYTES, RowSum, row_text

ROWS = st.lists(st.binary(max_size=40), unique=True, max_size=12)


def total(rows: list[bytes]) -> RowSum:
    row_sum = RowSum()
    for row in rows:
        row_sum.add(row)
    return row_sum


@settings(max_examples=40)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: list[bytes], random: object) -> None:
    mixed = list(rows)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert total(mixed).words == total(rows).words


@settings(max_examples=40)
@given(ROWS, st.binary(max_size=40))
def test_a_row_more_shows_and_can_be_taken_away(rows: list[bytes], more: bytes) -> None:
    row_sum = total(rows)
    before = row_sum.sha256
    row_sum.add(more)
    assert row_sum.sha256 != before
    row_sum.remove(more)
    assert (row_sum.sha256, row_sum.rows) == (before, len(rows))


def test_a_kept_sum_goes_on() -> None:
    first = total([b"a", b"b"])
    kept = RowSum(first.words, first.rows)
    kept.add(b"c")
    assert len(first.words) == SUM_BYTES
    assert kept.sha256 == total([b"c", b"b", b"a"]).sha256
    assert total([]).sha256 == EMPTY_SHA256


@pytest.mark.parametrize(
    ("one", "other"),
    [(("a", "b,c"), ("a,b", "c")), ((None,), ("",)), ((1,), ("1",)), (("é",), ("e",))],
)
def test_columns_are_kept_apart(one: tuple[object, ...], other: tuple[object, ...]) -> None:
    assert row_text("port", 1, one, "h") != row_text("port", 1, other, "h")


def test_values_count_as_sqlite_gives_them_back() -> None:
    assert row_text("port", 1, (True, -0.0, None), "h") == row_text("port", 1, (1, 0.0, None), "h")
