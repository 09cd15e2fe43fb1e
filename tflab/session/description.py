"""What a name at the cursor is, or the call around it: from the live namespace."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tflab.protocol.editing_help import NameDescribed
from tflab.protocol.requests import DescribeRequest
from tflab.session.completion import detail_of
from tflab.session.cursor_place import Call, place_at
from tflab.session.signatures import active_parameter, documentation_of, parameters_of, written
from tflab.session.trusted import MISSING, resolved

_BEFORE = re.compile(r"(?<![\w.)\]}\"'])(?:[^\W\d]\w*\.)*\w*$")
_AFTER = re.compile(r"\w*")


def describe(request: DescribeRequest, namespace: Mapping[str, Any]) -> NameDescribed:
    """The answer; without a name where nothing is known."""
    position = max(0, min(request.position, len(request.source)))
    place = place_at(request.source, position)
    if request.what == "call":
        return _call(request, place.call, namespace)
    if not place.comment and place.string is None:
        described = _name(request, chain_at(request.source, position), namespace)
        if described.name:
            return described
    return _call(request, place.call, namespace)


def chain_at(source: str, position: int) -> str:
    """The chain of names that the cursor is in or behind, up to the end of the name at the cursor."""
    before = _BEFORE.search(source[max(0, position - 500) : position])
    after = _AFTER.match(source, position)
    chain = (before[0] if before is not None else "") + (after[0] if after is not None else "")
    return chain if chain and all(part.isidentifier() for part in chain.split(".")) else ""


def _name(request: DescribeRequest, chain: str, namespace: Mapping[str, Any]) -> NameDescribed:
    value = resolved(chain.split("."), namespace) if chain else MISSING
    if value is MISSING:
        return NameDescribed(request_id=request.request_id)
    parameters = parameters_of(value)
    return NameDescribed(
        request_id=request.request_id,
        name=chain,
        detail=detail_of(chain.rpartition(".")[2], value),
        parameters=None if parameters is None else tuple(map(written, parameters)),
        documentation=documentation_of(value),
    )


def _call(request: DescribeRequest, call: Call | None, namespace: Mapping[str, Any]) -> NameDescribed:
    value = MISSING if call is None else resolved(call.callee.split("."), namespace)
    parameters = None if value is MISSING else parameters_of(value)
    if call is None or parameters is None:
        return NameDescribed(request_id=request.request_id)
    return NameDescribed(
        request_id=request.request_id,
        name=call.callee,
        detail=detail_of(call.callee.rpartition(".")[2], value),
        parameters=tuple(map(written, parameters)),
        active=active_parameter(parameters, call.index, call.keyword),
        documentation=documentation_of(value),
    )
