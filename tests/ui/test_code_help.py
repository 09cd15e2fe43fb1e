"""Answers of the live session and of reading, brought together; and how the editor shows them."""

from __future__ import annotations

from typing import Any

from tests.ui.doubles import READY, MemorySession, lesson
from tests.ui.lab_driver import lab
from tflab.protocol.editing_help import NameDescribed
from tflab.protocol.events import Completion, CompletionsOffered
from tflab.protocol.requests import CompleteRequest, DescribeRequest
from tflab.state.run_state import RunState
from tflab.ui.code_help import CodeHelp
from tflab.ui.widgets.completion_list import NameOffer
from tflab.ui.widgets.rows import text_of
from tflab.ui.widgets.signature_hint import CallShape, call_row


class ScriptedReading:
    """Knows what a test says that reading would tell."""

    def __init__(self) -> None:
        self.asked: list[CompleteRequest | DescribeRequest] = []
        self.answers: list[Any] = []

    def complete(self, request: CompleteRequest, /) -> None:
        """As the protocol in `tflab.ui.launch.StaticNames`."""
        self.asked.append(request)

    def describe(self, request: DescribeRequest, /) -> None:
        """As above."""
        self.asked.append(request)

    def drain(self) -> list[Any]:
        """As above."""
        answers, self.answers = self.answers, []
        return answers


def offered(number: int, start: int, *names: str) -> CompletionsOffered:
    """An answer."""
    return CompletionsOffered(
        request_id=number, start=start, completions=tuple(Completion(name=name) for name in names)
    )


class Asked:
    """A help with both sources and a session that is ready."""

    def __init__(self, live: bool = True) -> None:
        self.state = RunState()
        if live:
            self.state.apply(READY)
        self.reading = ScriptedReading()
        self.help = CodeHelp(MemorySession(), self.state, self.reading)

    def names(self, now: float) -> list[str] | None:
        """What is offered at ``now``."""
        offer = self.help.take_offer(now)
        return None if offer is None else [name for name, _ in offer.names]


def test_what_the_session_says_of_a_chain_is_final() -> None:
    asked = Asked()
    asked.help.complete("tf.", 3, "", now=0.0)
    asked.state.apply(offered(1, 3, "cast"))
    assert asked.help.take_offer(0.0) == NameOffer(3, [("cast", "")], first=True, final=True)
    asked.reading.answers = [offered(1, 3, "other")]
    assert asked.names(9.0) is None


def test_names_of_both_are_offered_together_the_live_ones_first() -> None:
    asked = Asked()
    asked.help.complete("x\nlo", 4, "earlier\n", now=0.0)
    assert [request.source for request in asked.reading.asked] == ["earlier\nx\nlo"]
    asked.state.apply(offered(1, 2, "loss", "log"))
    assert asked.names(0.0) is None
    asked.reading.answers = [offered(1, 10, "load", "loss")]
    assert asked.help.take_offer(0.1) == NameOffer(2, [("loss", ""), ("log", ""), ("load", "")], first=True, final=True)


def test_a_slow_answer_is_added_later() -> None:
    asked = Asked()
    asked.help.complete("lo", 2, "", now=0.0)
    asked.state.apply(offered(1, 0, "loss"))
    assert asked.help.take_offer(1.0) == NameOffer(0, [("loss", "")], first=True, final=False)
    assert asked.names(2.0) is None
    asked.reading.answers = [offered(1, 0, "load")]
    assert asked.help.take_offer(3.0) == NameOffer(0, [("loss", ""), ("load", "")], first=False, final=True)


def test_without_a_session_reading_alone_is_asked_and_its_offsets_are_those_of_the_step() -> None:
    asked = Asked(live=False)
    asked.help.complete("y.re", 4, "y = 1\n", now=0.0)
    asked.reading.answers = [offered(1, 8, "real")]
    assert asked.help.take_offer(0.0) == NameOffer(2, [("real", "")], first=True, final=True)


def test_answers_to_an_earlier_question_are_dropped() -> None:
    asked = Asked()
    asked.help.complete("a", 1, "", now=0.0)
    asked.help.complete("ab", 2, "", now=0.0)
    asked.state.apply(offered(1, 0, "abs"))
    assert asked.names(9.0) is None


def test_a_description_that_knows_something_wins() -> None:
    asked = Asked()
    number = asked.help.describe("f(", 2, "", call=True)
    asked.state.apply(NameDescribed(request_id=number))
    assert asked.help.take_description() is None
    asked.reading.answers = [NameDescribed(request_id=number, name="f", parameters=("x",))]
    described = asked.help.take_description()
    assert described is not None
    assert described.name == "f"
    assert asked.help.take_description() is None


def test_where_nobody_knows_the_last_answer_says_so() -> None:
    asked = Asked()
    number = asked.help.describe("f(", 2, "", call=True)
    asked.state.apply(NameDescribed(request_id=number))
    asked.help.take_description()
    asked.reading.answers = [NameDescribed(request_id=number)]
    described = asked.help.take_description()
    assert described is not None
    assert described.name == ""


def test_a_long_call_keeps_the_active_parameter_in_sight() -> None:
    call = CallShape("f", tuple(f"parameter_{number}=None" for number in range(20)), active=15)
    row = call_row(call, 60)
    assert "parameter_15=None" in text_of(row)
    assert text_of(row).startswith("f(…, ")
    assert len(text_of(row)) <= 60
    assert text_of(call_row(CallShape("f", ("a", "b=1")), 60)) == "f(a, b=1)"


# --- in the lab -------------------------------------------------------------------------------------------------


async def test_a_bracket_shows_what_the_call_takes_until_it_is_left() -> None:
    async with lab(lesson("")) as running:
        await running.press("f", "(")
        await running.until(lambda: running.session.descriptions)
        asked = running.session.descriptions[-1]
        assert (asked.source, asked.position, asked.what) == ("f()", 2, "call")
        await running.happens(
            NameDescribed(request_id=asked.request_id, name="f", parameters=("units", "rate=0.1"), active=0)
        )
        await running.sees("f(units, rate=0.1)")
        await running.press("right")
        await running.until(lambda: len(running.session.descriptions) > 1)
        await running.happens(NameDescribed(request_id=running.session.descriptions[-1].request_id))
        await running.misses("f(units, rate=0.1)")


async def test_escape_closes_the_signature() -> None:
    async with lab(lesson("")) as running:
        await running.press("f", "(")
        await running.until(lambda: running.session.descriptions)
        number = running.session.descriptions[-1].request_id
        await running.happens(NameDescribed(request_id=number, name="f", parameters=("units",)))
        await running.sees("f(units)")
        await running.press("escape")
        await running.misses("f(units)")


async def test_a_page_says_what_is_at_the_cursor() -> None:
    async with lab(lesson("Dense")) as running:
        await running.press("alt+i")
        await running.until(lambda: running.session.descriptions)
        asked = running.session.descriptions[-1]
        assert (asked.position, asked.what) == (0, "name")
        await running.happens(
            NameDescribed(
                request_id=asked.request_id,
                name="Dense",
                detail="class",
                parameters=("units", "activation=None"),
                documentation="A layer.\n\n    Indented.",
            )
        )
        await running.sees("Dense(units, activation=None)  class", "│ A layer.  ", "│     Indented.")
        await running.press("escape")
        await running.misses("A layer.")


async def test_what_nobody_knows_is_said_in_a_line() -> None:
    async with lab(lesson("x")) as running:
        await running.press("alt+i")
        await running.until(lambda: running.session.descriptions)
        await running.happens(NameDescribed(request_id=running.session.descriptions[-1].request_id))
        await running.sees("Nothing is known")


async def test_a_later_answer_adds_to_the_list_and_does_not_open_one_that_was_closed() -> None:
    reading = ScriptedReading()
    async with lab(lesson(""), static_names=reading) as running:
        await running.press("l", "tab")
        await running.until(lambda: running.session.questions)
        number = running.session.questions[-1].request_id
        await running.happens(offered(number, 0, "loss", "log"))
        await running.sees("▸loss")
        reading.answers = [offered(number, 0, "load")]
        await running.sees("▸loss", "load")
        await running.press("escape", "tab")
        await running.until(lambda: len(running.session.questions) > 1)
        number = running.session.questions[-1].request_id
        await running.happens(offered(number, 0, "loss", "log"))
        await running.sees("▸loss")
        await running.press("escape")
        await running.misses("▸loss")
        reading.answers = [offered(number, 0, "load")]
        await running.until(lambda: not reading.answers)
        await running.pilot.pause(0.1)
        assert "load" not in running.text()
