"""What names are, and what calls take, from a namespace."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
import pytest

from tests.sessions import LiveSession
from tflab.protocol.editing_help import NameDescribed
from tflab.protocol.requests import DescribeRequest
from tflab.session.completion import complete
from tflab.session.description import chain_at, describe


def step(images: Any, labels: Any = None, *rest: Any, rate: float = 0.1, **more: Any) -> None:
    """Takes one step."""


class Rude:
    """Runs code of the learner's wherever it is looked at."""

    def __repr__(self) -> str:
        raise AssertionError("was run")

    @property
    def __signature__(self) -> object:
        raise AssertionError("was run")

    @property
    def __doc__(self) -> str:  # type: ignore[override]
        raise AssertionError("was run")

    def __call__(self, first: int, second: object = None) -> None:
        raise AssertionError("was run")


RUDE = Rude()


def takes_rude(value: object = RUDE, shape: tuple[int, ...] = (3, 3)) -> None:
    """Has a default of the learner's."""


def described(source: str, namespace: dict[str, Any], what: Any = "name", position: int | None = None) -> NameDescribed:
    """The answer."""
    at = len(source) if position is None else position
    return describe(DescribeRequest(request_id=1, source=source, position=at, what=what), namespace)


def names(source: str, namespace: dict[str, Any]) -> list[str]:
    """What could stand at the end."""
    return [each.name for each in complete(source, len(source), namespace)[1]]


def test_a_function_tells_its_parameters_and_its_documentation() -> None:
    found = described("step", {"step": step})

    assert found.name == "step"
    assert found.parameters == ("images", "labels=None", "*rest", "rate=0.1", "**more")
    assert found.documentation == "Takes one step."


@pytest.mark.parametrize(
    ("source", "active"),
    [
        ("step(", 0),
        ("step(1, ", 1),
        ("step(1, 2, 3, ", 2),
        ("step(rate=", 3),
        ("step(other=", 4),
        ("step(1, labels=", 1),
    ],
)
def test_a_call_tells_which_parameter_the_cursor_is_at(source: str, active: int) -> None:
    assert described(source, {"step": step}, "call").active == active


def test_the_name_at_the_cursor_comes_before_the_call_around_it() -> None:
    namespace = {"step": step, "math": math}

    assert described("step(math.sqrt", namespace).name == "math.sqrt"
    assert described("step(math.sqrt", namespace, "call").name == "step"
    assert described("step(1, ", namespace).name == "step"


@pytest.mark.parametrize(
    ("source", "position", "chain"),
    [
        ("tf.keras.layers", 4, "tf.keras"),
        ("a.b", 0, "a"),
        ("a.b", 3, "a.b"),
        ("f(x).y", 6, ""),
        ("1 + x", 5, "x"),
        ("", 0, ""),
        ("a.", 2, ""),
    ],
)
def test_a_chain_ends_with_the_name_at_the_cursor(source: str, position: int, chain: str) -> None:
    assert chain_at(source, position) == chain


def test_the_learners_own_code_never_runs() -> None:
    namespace = {"rude": RUDE, "takes_rude": takes_rude, "bound": partial(step)}

    assert described("rude", namespace).parameters == ("first", "second=None")
    assert described("takes_rude", namespace).parameters == ("value=…", "shape=(3, 3)")
    assert described("rude(1, ", namespace, "call").active == 1
    assert described("bound", namespace).parameters is None


def test_what_is_not_known_has_no_name() -> None:
    for source in ("unknown", "unknown(", "", "'math", "# math", "1("):
        assert described(source, {"math": math}).name == ""


def test_a_call_offers_the_keywords_that_it_has_not_got() -> None:
    namespace = {"step": step}

    assert names("step(", namespace)[:3] == ["images=", "labels=", "rate="]
    assert names("step(1, ra", namespace)[0] == "rate="
    assert "images=" not in names("step(1, ", namespace)
    assert "rate=" not in names("step(rate=1, ", namespace)
    assert "rate=" not in names("step(rate=", namespace)


def test_a_string_offers_keys_where_it_is_one(tmp_path: Any) -> None:
    np.savez(tmp_path / "digits.npz", images=np.zeros(2), labels=np.zeros(2))
    with np.load(tmp_path / "digits.npz") as digits:
        namespace = {"table": {"loss": 1, "learning_rate": 2, 3: 4}, "digits": digits}
        assert names('table["l', namespace) == ["loss", "learning_rate"]
        assert names('digits["', namespace) == ["images", "labels"]


def test_a_string_offers_paths(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "digits.npz").touch()
    (tmp_path / ".hidden").touch()
    monkeypatch.chdir(tmp_path)

    assert names("open('", {}) == ["data/"]
    assert names("open('data/di", {}) == ["digits.npz"]
    assert names("open('.hi", {}) == [".hidden"]
    assert names("open('nowhere/", {}) == []


def test_a_comment_offers_nothing() -> None:
    assert names("# pri", {}) == []


def test_a_session_describes_tensorflow(shared_session: LiveSession) -> None:
    shared_session.check("import tensorflow as tf\nweights = tf.Variable(tf.zeros((2, 3)))")

    def ask(source: str) -> NameDescribed:
        request = DescribeRequest(request_id=7, source=source, position=len(source))
        shared_session.client.send(request)
        *_, event = shared_session.wait_for(lambda event: isinstance(event, NameDescribed))
        assert isinstance(event, NameDescribed)
        return event

    dense = ask("tf.keras.layers.Dense(10, ")
    assert dense.parameters is not None
    assert dense.parameters[:2] == ("units", "activation=None")
    assert dense.active == 1
    assert "densely" in dense.documentation
    assert ask("weights").detail == "float32 (2, 3)"
    assert "reduce_sum" in ask("tf.reduce_sum").name
