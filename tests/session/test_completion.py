"""Completions from the live namespace, without running the learner's code."""

from __future__ import annotations

import math
import types
from typing import Any

import pytest

from tests.sessions import LiveSession
from tflab.protocol.events import CompletionsOffered
from tflab.protocol.requests import CompleteRequest
from tflab.session.completion import LONGEST_LIST, complete


def names(source: str, namespace: dict[str, Any], position: int | None = None) -> list[str]:
    """The names offered at the end of ``source``."""
    _, found = complete(source, len(source) if position is None else position, namespace)
    return [completion.name for completion in found]


class Noisy:
    """Its properties and hooks must not run."""

    plain = 1

    @property
    def loud(self) -> int:
        raise AssertionError("a property ran")

    def __getattr__(self, name: str) -> Any:
        raise AssertionError("__getattr__ ran")

    def __dir__(self) -> list[str]:
        raise AssertionError("__dir__ ran")


def test_names_of_the_namespace_builtins_and_keywords_are_offered() -> None:
    assert names("lossy = lo", {"loss": 1, "logits": 2, "x": 3}) == ["locals", "logits", "loss"]
    assert "while" in names("whi", {})
    assert "ValueError" in names("Value", {})


def test_the_completed_word_begins_after_the_last_dot() -> None:
    start, found = complete("y = math.sq", 11, {"math": math})

    assert start == 9
    assert [completion.name for completion in found] == ["sqrt"]
    assert found[0].detail == "function"


def test_private_names_are_offered_only_when_asked_for() -> None:
    namespace = {"_hidden": 1, "value": types.SimpleNamespace(_inner=1, outer=2)}
    assert "_hidden" not in names("", namespace)
    assert names("_hid", namespace) == ["_hidden"]
    assert names("value.", namespace) == ["outer"]
    assert names("value._i", namespace) == ["_inner"]


@pytest.mark.parametrize(
    "source", ["f(x).ap", "values[0].ap", "'text'.ap", "(a).ap", "1.re", "a..b", "unknown.at", "math.nothing.at"]
)
def test_what_would_have_to_be_evaluated_is_not(source: str) -> None:
    assert names(source, {"f": print, "x": 1, "values": [1], "a": 1, "math": math}) == []


def test_the_learners_own_code_never_runs() -> None:
    namespace = {"noisy": Noisy()}

    assert "plain" in names("noisy.pl", namespace)
    assert "loud" in names("noisy.lo", namespace)
    assert names("noisy.loud.re", namespace) == []


def test_a_long_list_is_cut() -> None:
    assert len(names("n", {f"n{index}": index for index in range(1000)})) == LONGEST_LIST


def test_positions_outside_the_source_are_no_trouble() -> None:
    assert names("xq", {"xqz": 1}, position=99) == ["xqz"]
    assert complete("ab", -5, {"abc": 1})[0] == 0


def offered(session: LiveSession, source: str) -> dict[str, str]:
    """Name and detail, from a real session."""
    session.client.send(CompleteRequest(request_id=3, source=source, position=len(source)))
    *_, event = session.wait_for(lambda event: isinstance(event, CompletionsOffered))
    assert isinstance(event, CompletionsOffered)
    assert event.request_id == 3
    return {completion.name: completion.detail for completion in event.completions}


def test_a_session_completes_tensorflow_and_tells_shapes(shared_session: LiveSession) -> None:
    shared_session.check(
        "import tensorflow as tf\nimport numpy as np\n"
        "image = tf.zeros((32, 10)); weights = tf.Variable([1.0]); array = np.ones((2, 3), np.int8)\n"
        "layer = tf.keras.layers.Dense(3); layer.build((None, 4))"
    )

    assert "Dense" in offered(shared_session, "tf.keras.layers.De")
    assert offered(shared_session, "imag") == {"image": "float32 (32, 10)"}
    assert offered(shared_session, "weig") == {"weights": "float32 (1)"}
    assert offered(shared_session, "arra") == {"array": "int8 (2, 3)"}
    assert "kernel" in offered(shared_session, "layer.ker")


def test_completions_come_while_a_cell_runs(session: LiveSession) -> None:
    session.check("import time\nwanted = 1")
    session.start("time.sleep(600)")

    assert offered(session, "want") == {"wanted": "int"}
    session.interrupt()
    session.finish()
