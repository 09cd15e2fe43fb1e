"""Statistics, samples and fingerprints by plain arrays; TensorFlow is not needed for them."""

from __future__ import annotations

import importlib.util
import math
import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest


def load() -> ModuleType:
    """The module by its file: its package imports TensorFlow, which these tests must not."""
    spec = importlib.util.find_spec("tflab.session")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    path = f"{spec.submodule_search_locations[0]}/probes/statistics.py"
    found = importlib.util.spec_from_file_location("probe_statistics", path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules["probe_statistics"] = module
    found.loader.exec_module(module)
    return module


statistics = load()


def test_statistics_of_ordinary_numbers() -> None:
    values = np.array([-1.0, 0.0, 1.0, 4.0], np.float32)
    found = statistics.statistics_of(values)
    assert (found.min, found.max, found.mean, found.zeros, found.negative, found.examined) == (-1, 4, 1, 1, 1, 4)
    assert found.std == pytest.approx(values.std())
    assert sum(found.histogram) == 4
    assert found.histogram[0] == found.histogram[-1] == 1


def test_statistics_without_any_finite_number() -> None:
    found = statistics.statistics_of(np.array([math.nan, math.inf, -math.inf, -math.inf]))
    assert (found.min, found.mean, found.nan, found.inf, found.negative_inf) == (None, None, 1, 3, 2)
    assert found.histogram == ()


@pytest.mark.parametrize(
    ("array", "mean"),
    [
        (np.array([True, False]), 0.5),
        (np.array([250, 255], np.uint8), 252.5),
        (np.array([2**62, 2**62], np.int64), 2.0**62),
        (np.array([3 + 4j]), 5.0),
        (np.array([1e200, -1e200]), 0.0),
        (np.array([], np.float32), None),
    ],
)
def test_statistics_of_other_kinds(array: Any, mean: float | None) -> None:
    assert statistics.is_numeric(array)
    assert statistics.statistics_of(array.reshape(-1)).mean == mean


def test_constants_have_no_histogram() -> None:
    assert statistics.statistics_of(np.ones(5)).histogram == ()


@pytest.mark.parametrize("array", [np.array(["a"]), np.array([None]), np.zeros(2, "V8"), np.zeros(1, [("a", "f4")])])
def test_what_is_no_number(array: Any) -> None:
    assert not statistics.is_numeric(array)


@pytest.mark.parametrize("size", [statistics.SAMPLE + 1, 1_000_003, 5_000_000])
def test_a_sample_is_of_the_right_size_everywhere_and_the_same_every_time(size: int) -> None:
    array = np.arange(size, dtype=np.int64)
    sample = statistics.sampled(array)
    assert sample.size == statistics.SAMPLE
    assert len(np.unique(sample)) > 0.9 * statistics.SAMPLE
    assert sample.min() < size / 100
    assert sample.max() > size * 0.99
    assert (statistics.sampled(array) == sample).all()
    assert (statistics.sample_positions(size) == sample).all()


def test_small_arrays_are_taken_whole() -> None:
    array = np.arange(12).reshape(3, 4)
    assert sorted(statistics.sampled(array).tolist()) == list(range(12))


@pytest.mark.parametrize("turn", [lambda a: a, lambda a: a.T, lambda a: a[::2], lambda a: a[:, ::-1]])
def test_views_are_sampled_without_a_copy_of_the_whole(turn: Any) -> None:
    array = turn(np.random.default_rng(0).normal(size=(2000, 2000)))
    sample = statistics.sampled(array)
    assert sample.size == statistics.SAMPLE
    assert sample.mean() == pytest.approx(array.mean(), abs=0.03)


def test_a_fingerprint_changes_with_the_content_and_only_then() -> None:
    array = np.zeros((50, 50), np.float32)
    first = statistics.fingerprint(array)
    assert statistics.fingerprint(array.copy()) == first
    array[49, 49] = 1
    assert statistics.fingerprint(array) != first
    assert statistics.fingerprint(np.zeros((2500,), np.float32)) != first
    large = np.zeros(1_000_000)
    before = statistics.fingerprint(large)
    large += 1e-9
    assert statistics.fingerprint(large) != before


def test_fingerprints_of_odd_arrays() -> None:
    objects = np.array([object(), None], dtype=object)
    assert statistics.fingerprint(objects) == statistics.fingerprint(objects)
    assert statistics.fingerprint(np.array(["a"])) != statistics.fingerprint(np.array(["b"]))
    assert isinstance(statistics.fingerprint(np.zeros((3, 4)).T[::2]), int)
    assert isinstance(statistics.fingerprint(np.array(1.0)), int)
