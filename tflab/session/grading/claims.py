"""``check``: what a check cell claims about the learner's work, and the evidence that comes of it.

Every claim appends one piece of evidence, says whether it held and never raises. Claims are about what a run showed,
values, shapes, gradients, traces, losses; never about text that was printed, nor about source.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from tflab.messages import text
from tflab.protocol.events import Evidence
from tflab.session.grading import looks, values
from tflab.session.grading.observations import Observations

_BACKTICKED = re.compile(r"`([^`]+)`")


class Check:
    """The claims. ``report`` gets each piece of evidence as it comes."""

    def __init__(self, observations: Observations, report: Callable[[Evidence], None]) -> None:
        self._observations = observations
        self._report = report

    # --- values --------------------------------------------------------------------------------------------------

    def that(self, held: Any, claim: str, observed: str = "") -> bool:
        """``held`` is true. ``observed`` says what was seen, which helps most where it is not.

        An object of the learner's own can call itself equal to anything: compare values with `equal`.
        """

        def judge() -> tuple[bool, str]:
            truth = looks.look_at_truth(held)
            return truth.held, text("check.seen.uncomparable", error=truth.trouble) if truth.trouble else observed

        return self._claim(claim, judge)

    def equal(self, value: Any, expected: Any, claim: str, tolerance: float = 1e-5) -> bool:
        """``value`` equals ``expected``: tensors, variables, arrays, numbers, strings, and lists or dictionaries of
        them. ``tolerance`` is absolute up to 1, relative beyond; whole numbers are exact, NaN equals NaN. Shapes
        have to agree, and types of numbers too where both are TensorFlow's."""

        def judge() -> tuple[bool, str]:
            seen = looks.look_at_value(value)
            found = values.difference(seen, looks.look_at_value(expected), tolerance)
            return found is None, found or text("check.seen.value", seen=values.shown(seen))

        return self._claim(claim, judge)

    def shape(self, value: Any, shape: Sequence[int | None], claim: str | None = None) -> bool:
        """``value`` has this shape; None stands for any length."""

        def judge() -> tuple[bool, str]:
            seen = looks.look_at_shape(value)
            if seen.axes is None:
                return False, text("check.seen.no_shape", kind=seen.kind)
            held = len(seen.axes) == len(shape) and all(
                wanted is None or wanted == found for wanted, found in zip(shape, seen.axes, strict=True)
            )
            if held:
                return True, text("check.seen.value", seen=values.shape_text(seen.axes))
            expected = values.shape_text(tuple(shape))
            return False, text("check.seen.shape", expected=expected, seen=values.shape_text(seen.axes))

        return self._claim(claim or text("check.claim.shape", shape=values.shape_text(tuple(shape))), judge)

    def dtype(self, value: Any, dtype: Any, claim: str | None = None) -> bool:
        """``value`` has this type of numbers: ``tf.float32``, ``"int64"``."""
        expected = tf.as_dtype(dtype).name

        def judge() -> tuple[bool, str]:
            seen = looks.look_at_dtype(value)
            if not seen.name:
                return False, text("check.seen.no_dtype", kind=seen.kind)
            if seen.name == expected:
                return True, text("check.seen.value", seen=seen.name)
            return False, text("check.seen.instead", expected=expected, seen=seen.name)

        return self._claim(claim or text("check.claim.dtype", dtype=expected), judge)

    def raises(self, function: Callable[[], Any], exception: str | type[BaseException], claim: str) -> bool:
        """Calling ``function`` raises ``exception`` (a class or its name) or a kind of it."""
        name = exception if isinstance(exception, str) else exception.__name__

        def judge() -> tuple[bool, str]:
            raised = looks.look_at_raised(function)
            if not raised.names:
                return False, text("check.seen.raised_nothing")
            return name in raised.names, text("check.seen.raised", error=raised.message)

        return self._claim(claim, judge)

    def mistake(self, held: Any, message: str) -> bool:
        """A common mistake: if ``held``, one failing piece of evidence that says ``message``; else nothing.

        True where the mistake was made. What is neither true nor false is not this mistake.
        """
        made = looks.look_at_truth(held).held
        if made:
            self._add(text("check.claim.no_slip"), False, message)
        return made

    # --- what the probes saw -------------------------------------------------------------------------------------

    def traces(self, function: Any, count: int, claim: str | None = None) -> bool:
        """``function``, a tf.function, was traced exactly ``count`` times so far."""
        seen_function = looks.look_at_function(function)

        def judge() -> tuple[bool, str]:
            if seen_function.function is None:
                return False, text("check.seen.traces.plain", function=seen_function.name)
            traces = self._observations.traces(seen_function.function)
            if not traces and count:
                return False, text("check.seen.traces.not_called", function=seen_function.name)
            if len(traces) == count:
                return True, text("check.seen.value", seen=count)
            seen = _counted(count, "check.seen.traces.one", "check.seen.traces", seen=len(traces))
            reason = _reason(traces) if len(traces) > count else ""
            if reason:
                seen = text("check.seen.traces.because", observed=seen, reason=reason)
            return False, seen

        sentence = _counted(count, "check.claim.traces.one", "check.claim.traces", function=seen_function.name)
        return self._claim(claim or sentence, judge)

    def gradients(self, claim: str | None = None, count: int | None = None) -> bool:
        """The last gradients of each ``tape.gradient`` call are there and finite; ``count`` of them at the last."""

        def judge() -> tuple[bool, str]:
            calls = self._observations.gradients()
            if not calls:
                return False, text("check.seen.no_gradient_call")
            for gradient in (gradient for call in calls for gradient in call.gradients):
                if gradient.norm is None:
                    return False, _missing_gradient(gradient.name, gradient.cause)
                if not math.isfinite(gradient.norm):
                    seen = values.number_text(gradient.norm)
                    return False, text("check.seen.gradient_not_finite", name=gradient.name, norm=seen)
            last = calls[-1].gradients
            if count is not None and len(last) != count:
                return False, text("check.seen.gradient_count", count=count, seen=len(last))
            largest = max((gradient.norm or 0.0 for gradient in last), default=0.0)
            return True, text("check.seen.gradients", seen=len(last), norm=values.number_text(largest))

        return self._claim(claim or text("check.claim.gradients"), judge)

    def gradient_calls(self, at_least: int = 1, claim: str | None = None) -> bool:
        """``tape.gradient`` was called so many times."""

        def judge() -> tuple[bool, str]:
            seen = self._observations.gradient_calls()
            if not seen:
                return at_least <= 0, text("check.seen.no_gradient_call")
            return seen >= at_least, text("check.seen.calls", seen=seen)

        sentence = _counted(at_least, "check.claim.gradient_calls.one", "check.claim.gradient_calls")
        return self._claim(claim or sentence, judge)

    def losses_fall(self, claim: str | None = None, below: float | None = None, steps: int | None = None) -> bool:
        """The recorded losses are finite and fall: the mean of the last quarter is below that of the first, the last
        loss is below ``below``, and there are at least so many ``steps``."""

        def judge() -> tuple[bool, str]:
            losses = self._observations.losses()
            if not losses:
                return False, text("check.seen.no_losses")
            if steps is not None and len(losses) < steps:
                return False, text("check.seen.few_losses", steps=steps, seen=len(losses))
            for step, loss in enumerate(losses):
                if not math.isfinite(loss):
                    return False, text("check.seen.loss_not_finite", step=step, value=values.number_text(loss))
            quarter = max(1, len(losses) // 4)
            first, last = sum(losses[:quarter]) / quarter, sum(losses[-quarter:]) / quarter
            if below is not None and not losses[-1] < below:
                seen = values.number_text(losses[-1])
                return False, text("check.seen.loss_high", below=below, last=seen, steps=len(losses))
            course = text(
                "check.seen.loss_rose",
                first=values.number_text(first),
                last=values.number_text(last),
                steps=len(losses),
            )
            return last < first, course

        return self._claim(claim or text("check.claim.losses_fall"), judge)

    def metric(
        self, name: str, below: float | None = None, above: float | None = None, claim: str | None = None
    ) -> bool:
        """The last value of a metric (of Keras, or ``lab.log``) lies between ``above`` and ``below``."""

        def judge() -> tuple[bool, str]:
            recorded = self._observations.metric(name)
            if not recorded:
                return False, text("check.seen.no_metric", name=name)
            last = recorded[-1]
            held = math.isfinite(last) and (below is None or last < below) and (above is None or last > above)
            return held, text("check.seen.value", seen=values.number_text(last))

        kind = "between" if below is not None and above is not None else "below" if above is None else "above"
        sentence = text(f"check.claim.metric.{kind}", name=name, **_given(below=below, above=above))
        return self._claim(claim or sentence, judge)

    def no_problem(self, code: str | None = None, claim: str | None = None) -> bool:
        """The run showed no problem of this code, or none at all."""

        def judge() -> tuple[bool, str]:
            for problem in self._observations.problems():
                if code is None or problem.code == code:
                    if problem.line is None:
                        return False, text("check.seen.problem.no_line", message=problem.message)
                    return False, text("check.seen.problem", line=problem.line, message=problem.message)
            return True, ""

        sentence = text("check.claim.no_problem.code", code=code) if code else text("check.claim.no_problem")
        return self._claim(claim or sentence, judge)

    # --- evidence ------------------------------------------------------------------------------------------------

    def _claim(self, claim: str, judge: Callable[[], tuple[bool, str]]) -> bool:
        try:
            held, observed = judge()
        # Whatever the learner's values do when they are looked at.
        except Exception as error:
            told = f"{type(error).__name__}: {error}"
            held, observed = False, text("check.seen.uncomparable", error=told)
        return self._add(claim, held, observed)

    def _add(self, claim: str, held: bool, observed: str) -> bool:
        self._report(Evidence(claim=values.one_line(claim), held=held, observed=values.one_line(observed)))
        return held


def _counted(count: int, one: str, several: str, **fields: Any) -> str:
    """The sentence for ``count`` things."""
    return text(one, **fields) if count == 1 else text(several, count=count, **fields)


def _given(**bounds: float | None) -> dict[str, object]:
    return {name: values.number_text(bound) for name, bound in bounds.items() if bound is not None}


def _missing_gradient(name: str, cause: str | None) -> str:
    try:
        return text("check.seen.gradient_none", name=name, cause=text(f"check.cause.{cause}"))
    except KeyError:
        return text("check.seen.gradient_none.unexplained", name=name)


def _reason(traces: Sequence[Any]) -> str:
    """Why a function was traced again, in a clause."""
    again = [trace for trace in traces if trace.ordinal > 1]
    if not again:
        return ""
    reason: str = again[-1].reason
    if again[-1].cause in ("python_value", "python_type") and (argument := _BACKTICKED.search(reason)):
        is_number = re.search(r"(?<![\w.])-?\d", reason[argument.end() :]) is not None
        key = "check.seen.traces.number" if is_number else "check.seen.traces.python"
        return text(key, argument=argument[1])
    return reason[:1].lower() + reason[1:].rstrip(".")
