"""What comes below Python, for people."""

from __future__ import annotations

import pytest

from tflab.client.raw_output import RawOutput

NOISE = [
    "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR",
    "I0000 00:00:1795409300.775775    7918 port.cc:153] oneDNN custom operations are on.",
    "E0000 00:00:1795409332.506051    8022 cuda_platform.cc:52] failed call to cuInit: INTERNAL: CUDA error",
    "W0000 00:00:1795409332.506051    8022 gpu_device.cc:2341] Cannot dlopen some GPU libraries.",
    "2026-11-23 05:00:00.123456: I tensorflow/core/util/port.cc:153] oneDNN",
    "2026-11-23 05:00:00.123456: W external/local_xla/xla/service/platform_util.cc:59] x",
    "I1123 05:36:07.123456  123 device_compiler.h:188] Compiled cluster using XLA!",
    "To enable the following instructions: AVX2 AVX512F, in other operations, rebuild TensorFlow.",
]


@pytest.mark.parametrize("line", NOISE)
def test_the_start_up_chatter_is_left_out(line: str) -> None:
    assert RawOutput(has_log=True).feed(f"{line}\nkept\n".encode()) == "kept\n"


@pytest.mark.parametrize(
    "line",
    [
        "F0000 00:00:1795409332.506051    8022 tensor.cc:844] Check failed: dtype() == expected_dtype",
        "2026-11-23 05:00:00.123456: F tensorflow/core/framework/tensor.cc:844] Check failed",
        "E0000 00:00:1795409332.506051    8022 my_own.cc:1] mine",
        "I like it",
        "To enable",
        "WARNING: a warning",
    ],
)
def test_what_a_learner_has_to_see_is_kept(line: str) -> None:
    assert RawOutput(has_log=True).feed(f"{line}\n".encode(), final=True) == f"{line}\n"


def test_chatter_in_pieces_is_left_out_all_the_same() -> None:
    output = RawOutput(has_log=True)
    text = "".join(output.feed(bytes([byte])) for byte in f"{NOISE[1]}\nkept\n".encode())
    assert text + output.feed(b"", final=True) == "kept\n"


def test_an_unfinished_line_is_shown_at_once_unless_it_may_be_chatter() -> None:
    output = RawOutput(has_log=True)
    assert output.feed(b"progress 10%\r") == "progress 10%\r"
    assert output.feed(b"I0000") == ""
    assert output.feed(b"", final=True) == "I0000"


def test_characters_may_be_cut_and_bytes_may_be_wrong() -> None:
    output = RawOutput(has_log=True)
    euro = "\u20ac".encode()
    assert output.feed(euro[:1]) + output.feed(euro[1:] + b"\n") == "\u20ac\n"
    assert output.feed(b"\xff\n") == "\ufffd\n"


def test_control_sequences_stay_for_the_interface_to_judge() -> None:
    assert RawOutput(has_log=True).feed(b"\x1b]52;c;x\x07\n") == "\x1b]52;c;x\x07\n"


@pytest.mark.parametrize("text", [f"{NOISE[1]}\n", "I0000", "42"])
def test_where_no_log_is_written_nothing_is_left_out_or_kept_back(text: str) -> None:
    assert RawOutput(has_log=False).feed(text.encode()) == text
