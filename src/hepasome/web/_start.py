"""Starting the application. What it needs beside hepasome is imported here, when it is started."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import TYPE_CHECKING

from hepasome.files import input_error
from hepasome.web._settings import MISSING, Serving, is_loopback

if TYPE_CHECKING:
    from fastapi import FastAPI

_NEEDED = ("fastapi", "python_multipart", "uvicorn")


def usable() -> bool:
    """Whether the packages of the extra `web` are installed."""
    return all(importlib.util.find_spec(name) is not None for name in _NEEDED)


def create_app(serving: Serving) -> FastAPI:
    """The application as ASGI servers take it.

    Raises:
        InputError: If the extra `web` is not installed, or others could reach it without a token.
    """
    if not usable():
        raise input_error("serve", MISSING)
    if not is_loopback(serving.host) and not serving.token:
        raise input_error(
            "--host",
            "Others can reach this address.",
            "Give a --token that readers must know, or leave --host out to serve this machine alone.",
            value=serving.host,
        )
    from hepasome.web._app import application

    return application(serving)


def serve(serving: Serving, on_ready: Callable[[str], None] = lambda address: None) -> None:
    """Serve until it is interrupted.

    Runs that are computed then are continued by the next start in the same folder.

    Args:
        serving: Where and for whom.
        on_ready: Called with the address when it listens.

    Raises:
        InputError: As `create_app`, or if the port is taken.
    """
    app = create_app(serving)
    import uvicorn

    from hepasome.web._listen import listening, shown

    with listening(serving) as socket:
        on_ready(shown(serving, socket))
        config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, proxy_headers=False)
        uvicorn.Server(config).run(sockets=[socket])
