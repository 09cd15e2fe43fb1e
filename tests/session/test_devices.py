"""Which GPUs a session sees. There need be none here: what is set is what CUDA reads."""

from __future__ import annotations

from tests.sessions import WarmServer
from tflab.protocol.events import Device
from tflab.session.devices import shown_devices

CARDS = tuple(Device(name=f"GPU:{number}", kind="gpu", description=f"card {number}") for number in range(3))
DEVICES = (Device(name="CPU", kind="cpu"), *CARDS)
SEES = "import os\nos.environ['CUDA_VISIBLE_DEVICES']"


def test_a_session_has_the_gpus_that_it_was_given(warm_server: WarmServer) -> None:
    with warm_server.session(gpus=(2, 0)) as live:
        assert live.check(SEES).results == ["'2,0'"]


def test_gpus_that_were_chosen_before_are_shared_out_by_their_names(warm_server: WarmServer) -> None:
    chosen = (("CUDA_VISIBLE_DEVICES", "GPU-8a, GPU-9b,GPU-7c"),)
    with warm_server.session(gpus=(1, 2), variables=chosen) as live:
        assert live.check(SEES).results == ["'GPU-9b,GPU-7c'"]


def test_without_a_gpu_there_is_none_for_tensorflow(warm_server: WarmServer) -> None:
    with warm_server.session(gpus=()) as live:
        run = live.check(SEES + "\nimport tensorflow as tf\ntf.config.list_physical_devices('GPU')")
        assert run.results == ["[]"]
        assert [device.kind for device in live.ready.devices] == ["cpu"]


def test_its_gpus_are_counted_from_0() -> None:
    assert shown_devices(DEVICES, None) == DEVICES
    assert [(each.name, each.description) for each in shown_devices(DEVICES, (2, 1))[1:]] == [
        ("GPU:0", "card 2"),
        ("GPU:1", "card 1"),
    ]
    assert shown_devices(DEVICES, ()) == DEVICES[:1]
