"""How sessions end, in words."""

from __future__ import annotations

import pytest

from tflab.client.endings import how, reason_of, size


@pytest.mark.parametrize(
    ("status", "words"),
    [(7, "exit status 7"), (0, "exit status 0"), (-11, "SIGSEGV"), (-9, "SIGKILL"), (-250, "exit status -250")],
)
def test_a_status_in_words(status: int, words: str) -> None:
    assert how(status) == words


def test_a_status_that_is_not_known() -> None:
    assert how(None)


def test_an_end_in_good_order_is_no_crash() -> None:
    assert [reason_of(status) for status in (0, 1, -11, None)] == ["exited", "crashed", "crashed", "crashed"]


def test_sizes_for_people() -> None:
    assert [size(count) for count in (0, 1023, 1024, 3 << 20, 3 << 29, 5 << 40)] == [
        *("0 B", "1023 B", "1 KiB", "3 MiB", "1.5 GiB", "5120.0 GiB")
    ]
