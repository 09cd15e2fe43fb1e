"""A session in waiting: ``python -m tflab.session.spare FD`` loads TensorFlow and becomes the session it is asked for.

For systems on which a process that has loaded TensorFlow cannot safely be forked (macOS); the lab keeps one of these
warm (`tflab.client.spawn_source`). ``FD`` is a stream socket to the lab that carries frames: `ServerProgressed` and
`ServerReady` or `ServerFailed` go out, one `ForkRequest` with its descriptors comes in.

The libraries have started threads by then, which a sandbox would not hold: only limits are put in force, and that is
what the session measures.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
import traceback
from contextlib import ExitStack
from typing import NoReturn

from tflab import messages
from tflab.protocol import codec, server
from tflab.session.sandbox import Kernel
from tflab.session.startup import CannotStart, prepare

_KERNEL = Kernel(landlock_abi=0, seccomp=False, namespaces=False)
_LARGEST = 1 << 20


def _send(control: socket.socket, event: server.ServerEvent) -> None:
    try:
        control.sendall(codec.frame(event))
    except OSError:
        # The lab is gone.
        os._exit(0)


def _request(control: socket.socket) -> tuple[server.ForkRequest, server.SessionDescriptors]:
    """The one request, with its descriptors; ends this process where the lab goes without any."""
    frames = codec.FrameReader(maximum=_LARGEST)
    descriptors: list[int] = []
    while True:
        try:
            data, came, _, _ = socket.recv_fds(control, 65536, len(server.SessionDescriptors._fields))
        except OSError:
            data, came = b"", []
        descriptors += came
        if not data:
            os._exit(0)
        for body in frames.feed(data):
            request = codec.decode_server_request(body)
            if isinstance(request, server.ForkRequest):
                return request, server.SessionDescriptors(*descriptors)


def serve(control: socket.socket) -> NoReturn:
    """Waits for the request and is a session from then on."""
    # Until the session handles it: ctrl+c in the lab's terminal is the lab's.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    began = time.perf_counter()
    patches = ExitStack()
    try:
        from tflab.session.devices import physical_devices

        prebuilt = prepare(
            lambda stage, fraction: _send(control, server.ServerProgressed(stage=stage, fraction=fraction)),
            patches,
            physical_devices,
        )
    except CannotStart as error:
        _send(control, server.ServerFailed(message=str(error)))
        os._exit(1)
    ready = server.ServerReady(
        tensorflow=prebuilt.tensorflow,
        keras=prebuilt.keras,
        python=prebuilt.python,
        seconds=time.perf_counter() - began,
        gpus=sum(device.kind == "gpu" for device in prebuilt.devices),
    )
    _send(control, ready)
    request, descriptors = _request(control)
    control.close()
    status = 1
    try:
        from tflab.session.session import run_session

        run_session(prebuilt, request.spec, descriptors, kernel=_KERNEL)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def main() -> None:
    """Serves on the descriptor that the command line names."""
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    messages.use_language(messages.preferred_language())
    serve(control)


if __name__ == "__main__":
    # Under its real name: sessions replace ``__main__``.
    from tflab.session import spare

    spare.main()
