"""Messages as TensorFlow 2.21 and Keras 3 write them, taken apart."""

from __future__ import annotations

from tflab.session.tensorflow_messages import MessageSite, clean_message


def mine(file: str) -> bool:
    return file.startswith("<cell")


IN_USER_CODE = """in user code:

    File "<cell 1>", line 4, in kin  *
        return m(x)
    File "/venv/site-packages/keras/src/utils/traceback_utils.py", line 122, in error_handler  **
        raise e.with_traceback(filtered_tb) from None
    File "/venv/site-packages/keras/src/layers/input_spec.py", line 239, in assert_input_compatibility
        raise ValueError(

    ValueError: Exception encountered when calling Sequential.call().

    \x1b[1mInput 0 of layer 'dense' is incompatible\x1b[0m

    Arguments received by Sequential.call():
      \u2022 inputs=tf.Tensor(shape=(2, 5), dtype=float32)
      \u2022 training=None
      \u2022 kwargs=<class 'inspect._empty'>

"""
GRAPH_ERROR = """Graph execution error:

Detected at node Sparse/Sparse defined at (most recent call last):
  File "/usr/lib/python3.11/runpy.py", line 198, in _run_module_as_main

  File "<cell 2>", line 9, in <module>

  File "<cell 2>", line 3, in loss

Received a label value of 11 which is outside the valid range of [0, 10).  Label values: 11
\t [[{{node Sparse/Sparse}}]] [Op:__inference_lab_79]"""


def test_lines_of_user_code_are_told_apart_from_the_libraries() -> None:
    clean = clean_message(IN_USER_CODE, mine)

    assert clean.sites == (MessageSite("<cell 1>", 4, "kin", "return m(x)"),)
    assert clean.hidden == 2
    assert clean.text == (
        "Input 0 of layer 'dense' is incompatible\n\n"
        "Arguments received by Sequential.call():\n"
        "  \u2022 inputs=tf.Tensor(shape=(2, 5), dtype=float32)"
    )


def test_a_graph_error_says_what_went_wrong_and_where_the_node_was_defined() -> None:
    clean = clean_message(GRAPH_ERROR, mine)

    assert clean.text == ("Received a label value of 11 which is outside the valid range of [0, 10).  Label values: 11")
    assert [(site.line, site.function) for site in clean.sites] == [(9, "<module>"), (3, "loss")]


def test_names_of_nodes_go_and_the_operation_stays() -> None:
    message = (
        "{{function_node __wrapped____MklMatMul_device_/job:localhost/replica:0/task:0/device:CPU:0}} "
        "Matrix size-incompatible: In[0]: [2,2], In[1]: [3,3] [Op:MatMul] name: "
    )

    assert clean_message(message, mine).text == "Matrix size-incompatible: In[0]: [2,2], In[1]: [3,3] [Op:MatMul]"


def test_a_name_that_was_given_stays() -> None:
    message = "Incompatible shapes: [2] vs. [3] [Op:AddV2] name: sum"

    assert clean_message(message, mine).text == message


def test_a_keras_call_without_arguments_names_the_call_last() -> None:
    message = "Exception encountered when calling M.call().\n\nbroken"

    assert clean_message(message, mine).text == "broken\n\nException encountered when calling M.call()."


def test_other_messages_stay_as_they_are() -> None:
    for message in ("", "division by zero", "two\n\nparagraphs", 'File "x", line 1, in y', "in user code"):
        assert clean_message(message, mine).text == message


def test_a_message_of_only_the_heading_is_no_trouble() -> None:
    assert clean_message("in user code:", mine).text == ""
    assert clean_message("Graph execution error:\n\n", mine).text == ""
