"""Fixtures for the interface."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tflab import messages


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Every test begins in English, whatever the locale and the test before."""
    messages.use_language("en")
    yield
    messages.use_language("en")


@pytest.fixture
def indonesian(english: None) -> None:
    """Speaks Indonesian in one test."""
    messages.use_language("id")
