"""Where code is that is being traced: in which graphs, in a loop, in a pipeline of data."""

from __future__ import annotations

import os
from collections.abc import Iterator
from types import FrameType
from typing import Any, Final

from tensorflow.python.framework.func_graph import FuncGraph
from tensorflow.python.ops.control_flow_v2_func_graphs import WhileBodyFuncGraph

from tflab.session.probes import user_site

_LOOPS: Final = ("for_stmt", "while_stmt")
_PIPELINE_FILE: Final = os.path.join("data", "ops", "structured_function.py")
_LOOP_FILE: Final = os.path.join("autograph", "operators", "control_flow.py")


def with_outer(graph: Any) -> Iterator[Any]:
    """``graph`` and the graphs around it, the outermost last."""
    while isinstance(graph, FuncGraph):
        yield graph
        graph = graph.outer_graph


def in_pipeline(frame: FrameType | None) -> bool:
    """Whether a function of a tf.data pipeline is being traced: those must stay free of state.

    AutoGraph makes one of a ``for`` loop over a dataset, which is the learner's own loop all the same.
    """
    is_inside = False
    while frame is not None:
        filename = frame.f_code.co_filename
        if filename.endswith(_PIPELINE_FILE):
            is_inside = True
        elif filename.endswith(_LOOP_FILE):
            is_inside = False
        elif is_inside and (user_site.is_learners(filename) or user_site.is_autograph(filename)):
            return True
        frame = frame.f_back
    return is_inside


def in_loop(frame: FrameType | None, graph: Any) -> bool:
    """Whether a loop inside the function that is being traced comes here, as a loop of the graph or unrolled."""
    if any(isinstance(each, WhileBodyFuncGraph) for each in with_outer(graph)):
        return True
    while frame is not None:
        if frame.f_code.co_name in _LOOPS and frame.f_code.co_filename.endswith(_LOOP_FILE):
            return True
        frame = frame.f_back
    return False
