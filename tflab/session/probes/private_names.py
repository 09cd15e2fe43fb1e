"""Every private name of TensorFlow and Keras that a probe leans on, and whether this installation has it.

The probes are written against TensorFlow 2.21 and Keras 3; their tests pass with TensorFlow 2.20, too. A name that is
missing turns off the probe that needs it, with a reason that its panel shows, and nothing else. Nothing here runs an
operation.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any, Final

_CONTEXT = (
    "tensorflow.python.eager.context:context_safe",
    "tensorflow.python.eager.context:Context._initialized",
    "tensorflow.python.eager.record:stop_recording",
)
_RING = (
    "tensorflow.python.framework.func_graph:FuncGraph",
    "tensorflow.python.ops.resource_variable_ops:_variable_handle_from_shape_and_dtype",
    "tensorflow.python.ops.gen_resource_variable_ops:read_variable_op",
    "tensorflow.python.ops.gen_resource_variable_ops:assign_variable_op",
    "tensorflow.python.ops.gen_resource_variable_ops:assign_add_variable_op",
    "tensorflow.python.ops.gen_resource_variable_ops:resource_scatter_update",
    "tensorflow.python.ops.gen_resource_variable_ops:resource_gather",
    "tensorflow.python.saved_model.save_context:in_save_context",
    "tensorflow.python.util.tf_stack:extract_stack",
)

PRIVATE_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "loop": (
        *_CONTEXT,
        "tensorflow.python.eager.backprop:GradientTape.__enter__",
        "tensorflow.python.eager.backprop:GradientTape.gradient",
        "tensorflow.python.eager.polymorphic_function.polymorphic_function:Function.__call__",
        "keras.src.backend.tensorflow.trainer:TensorFlowTrainer.fit",
        "keras.src.optimizers.base_optimizer:BaseOptimizer._learning_rate",
    ),
    "tape": (
        *_CONTEXT,
        *_RING,
        "tensorflow.python.eager.backprop:GradientTape.__enter__",
        "tensorflow.python.eager.backprop:GradientTape.__exit__",
        "tensorflow.python.eager.backprop:GradientTape.gradient",
        "tensorflow.python.eager.backprop:GradientTape.jacobian",
        "tensorflow.python.eager.backprop:GradientTape.batch_jacobian",
        "tensorflow.python.framework.indexed_slices:IndexedSlices",
        "tensorflow.python.framework.op_callbacks:remove_op_callback",
        "tensorflow.python.framework.ops:EagerTensor",
        "tensorflow.python.framework.ops:gradient_registry",
        "tensorflow.python.framework.ops:uid",
        "tensorflow.python.ops.gen_nn_ops:l2_loss",
        "tensorflow.python.ops.parallel_for.control_flow_ops:_pfor_impl",
        "tensorflow.python.ops.control_flow_util:GraphOrParentsInXlaContext",
        "tensorflow.python.util.nest:flatten",
        "tensorflow.python.eager.context:Context.call_function",
        "tensorflow.python.eager.polymorphic_function.atomic_function:AtomicFunction.call_flat",
        "tensorflow.python.eager.polymorphic_function.concrete_function:ConcreteFunction._call_flat",
        "tensorflow.python.ops.control_flow_v2_func_graphs:WhileBodyFuncGraph",
        "tensorflow.python.eager.tape:push_tape",
        "tensorflow.python.eager.tape:pop_tape",
        "tensorflow.python:pywrap_tfe.TFE_Py_TapeSetIsEmpty",
        "tensorflow.python:pywrap_tfe.TFE_Py_TapeSetShouldRecordBackprop",
        "tensorflow.python.eager.polymorphic_function.tracing_compilation:_create_concrete_function",
        "tensorflow.python.framework.convert_to_constants:convert_variables_to_constants_v2_as_graph",
        "tensorflow.python.saved_model.save:_AugmentedGraphView._maybe_uncache_variable_captures",
        "tensorflow.python.saved_model.signature_serialization:canonicalize_signatures",
        "keras.src.backend.tensorflow.optimizer:TFOptimizer._backend_update_step",
        "keras.src.backend.tensorflow.optimizer:TFOptimizer._all_reduce_sum_gradients",
        "keras.src.backend.tensorflow.optimizer:TFOptimizer._distributed_tf_update_step",
        "keras.src.backend.tensorflow.optimizer:TFOptimizer.assign_add",
        "keras.src.backend.tensorflow.optimizer:TFOptimizer.assign_sub",
        "keras.src.optimizers.base_optimizer:BaseOptimizer.scale_loss",
        "keras.src.optimizers.loss_scale_optimizer:LossScaleOptimizer.scale_loss",
    ),
    "traces": (
        "tensorflow.python.eager.polymorphic_function.tracing_compilation:_create_concrete_function",
        "tensorflow.python.eager.polymorphic_function.tracing_compilation:_maybe_define_function",
        "tensorflow.python.eager.polymorphic_function.tracing_compilation:ScopeType.VARIABLE_CREATION",
        "tensorflow.python.eager.polymorphic_function.polymorphic_function:Function._initialize",
        "tensorflow.python.eager.polymorphic_function.polymorphic_function:"
        "FREQUENT_TRACING_WARNING_MAX_WARNING_PER_DETECTOR",
        "tensorflow.python.eager.polymorphic_function.polymorphic_function:"
        "_FrequentTracingDetectorManager.called_without_tracing",
        "tensorflow.python.eager.polymorphic_function.polymorphic_function:"
        "_FrequentTracingDetectorManager.called_with_tracing",
        "tensorflow.python.eager.polymorphic_function.polymorphic_function:Function._get_key_for_call_stats",
        "tensorflow.python.eager.polymorphic_function.tf_method_target:TfMethodTarget",
        "tensorflow.core.function.trace_type.default_types:Literal",
        "tensorflow.core.function.trace_type.default_types:Weakref",
        "tensorflow.core.function.polymorphism.function_cache:FunctionCache._primary",
        "tensorflow.python.ops.resource_variable_ops:VariableSpec",
        "tensorflow.python.framework.tensor:TensorSpec",
        "tensorflow.python.saved_model.save_context:in_save_context",
        "tensorflow.python.util.tf_decorator:unwrap",
        "tensorflow.python.util.tf_stack:extract_stack",
    ),
    "graphs": (
        "tensorflow.python.autograph.impl.api:_convert_actual",
        "tensorflow.python.autograph.operators.conditional_expressions:_tf_if_exp",
        "tensorflow.python.autograph.operators.conditional_expressions:_py_if_exp",
        "tensorflow.python.autograph.operators.control_flow:for_loop_registry.lookup",
        "tensorflow.python.autograph.operators.control_flow:_tf_if_stmt",
        "tensorflow.python.autograph.operators.control_flow:_py_if_stmt",
        "tensorflow.python.autograph.operators.control_flow:_py_for_stmt",
        "tensorflow.python.autograph.operators.control_flow:_known_len_tf_for_stmt",
        "tensorflow.python.autograph.operators.control_flow:_tf_range_for_stmt",
        "tensorflow.python.autograph.operators.control_flow:_tf_iterator_for_stmt",
        "tensorflow.python.autograph.operators.control_flow:_tf_distributed_iterable_for_stmt",
        "tensorflow.python.autograph.operators.control_flow:_tf_while_stmt",
        "tensorflow.python.autograph.operators.control_flow:_py_while_stmt",
        "tensorflow.python.autograph.pyct.origin_info:LineLocation",
        "tensorflow.python.framework.func_graph:FuncGraph",
        "tensorflow.python.framework.ops:Graph._functions",
    ),
    "tensors": (
        *_CONTEXT,
        "tensorflow.python.framework.ops:EagerTensor._numpy",
        "tensorflow.python.ops.gen_resource_variable_ops:read_variable_op",
        "tensorflow.python.ops.resource_variable_ops:BaseResourceVariable",
    ),
    "metrics": (
        *_CONTEXT,
        *_RING,
        "keras.src.callbacks.callback_list:CallbackList.on_epoch_end",
        "keras.src.backend.tensorflow.trainer:TensorFlowTrainer._make_function",
        "tensorflow:summary.scalar",
        "tensorflow.python.ops.summary_ops_v2:_summary_state",
    ),
    "operations": (
        *_CONTEXT,
        *_RING,
        "tensorflow.python.eager.polymorphic_function.function_context:make_function_context",
        "tensorflow.core.function.polymorphism.function_cache:FunctionContext.scope_type",
        "tensorflow.python.eager.context:Context.call_function",
        "tensorflow.python.ops.control_flow_v2_func_graphs:CondBranchFuncGraph",
        "tensorflow.python.ops.control_flow_v2_func_graphs:WhileBodyFuncGraph",
        "tensorflow.python.ops.control_flow_v2_func_graphs:WhileCondFuncGraph",
        "tensorflow.python.framework.op_callbacks:add_op_callback",
        "tensorflow.python.framework.op_callbacks:remove_op_callback",
        "tensorflow.python.framework.op_callbacks:should_invoke_op_callbacks",
        "tensorflow.python.ops.gen_resource_variable_ops:resource_scatter_min",
    ),
    "progress": (),
    "workers": (
        "tensorflow.python.distribute.collective_all_reduce_strategy:CollectiveAllReduceExtended"
        "._initialize_multi_worker",
        "tensorflow.python.eager.context:Context.abort_collective_ops",
    ),
    "devices": (
        *_CONTEXT,
        "tensorflow:config.experimental.get_memory_info",
    ),
    # Each rule names its own.
    "diagnosis": (),
}
"""``module:attribute.path``, by probe."""


def missing_name(probe: str) -> str | None:
    """The first private name that ``probe`` needs and that is not there; None where all are."""
    return absent_name(PRIVATE_NAMES[probe])


def absent_name(names: Iterable[str]) -> str | None:
    """The first of ``names`` (``module:attribute.path``) that is not there; None where all are."""
    return next((name for name in names if not _exists(name)), None)


def _exists(name: str) -> bool:
    module, _, path = name.partition(":")
    try:
        value: Any = importlib.import_module(module)
        for attribute in path.split("."):
            value = _attribute(value, attribute)
    except (ImportError, AttributeError):
        return False
    return True


def _attribute(owner: Any, name: str) -> Any:
    # `Context._initialized` is made by `Context.__init__`: an annotation or an assignment there is all there is to see.
    if isinstance(owner, type) and not hasattr(owner, name):
        initializer = getattr(vars(owner).get("__init__"), "__code__", None)
        if initializer is not None and name in initializer.co_names:
            return None
    return getattr(owner, name)
