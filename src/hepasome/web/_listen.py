"""The socket of the server."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from hepasome.files import input_error
from hepasome.web._settings import Serving


@contextmanager
def listening(serving: Serving) -> Iterator[socket.socket]:
    """A socket that listens at the address.

    Raises:
        InputError: If the address or port cannot be had.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(serving.host, serving.port, type=socket.SOCK_STREAM)[0]
        with socket.create_server(address[:2], family=family) as made:
            # connections inherit it; without, the second packet of an answer waits 40 ms for the reader's system
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            yield made
    except socket.gaierror:
        raise input_error("--host", "There is no such address.", "Correct it.", value=serving.host) from None
    except OSError as error:
        place = f"{serving.host}:{serving.port}"
        remedy = "Another program, perhaps another hepasome, has it: choose another --port."
        raise input_error("--port", f"Cannot listen at {place} ({error.strerror}).", remedy) from None


def shown(serving: Serving, made: socket.socket) -> str:
    """The address to open in a browser."""
    host = f"[{serving.host}]" if ":" in serving.host else serving.host
    token = f"/?token={quote(serving.token)}" if serving.token else "/"
    return f"http://{host}:{made.getsockname()[1]}{token}"
