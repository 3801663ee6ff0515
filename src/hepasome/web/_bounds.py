"""What a process that the server starts keeps to: its memory, its time, and the life of the server."""

from __future__ import annotations

import contextlib
import os

from hepasome.files import MEGABYTE

FAILED = 1
NO_MEMORY = 3
_NICER = 10


def keep_within(memory: int, seconds: int = 0) -> None:
    """Take no more memory than is allowed, and no time that the server needs.

    Args:
        memory: MB; 0 for no limit. Where the system cannot hold it, none holds.
        seconds: Time of the processor after which the system ends the process; 0 for no limit.
    """
    with contextlib.suppress(AttributeError, OSError):
        os.nice(_NICER)
    with contextlib.suppress(ImportError, ValueError, OSError):  # not on every system
        import resource

        if seconds:
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        if memory:
            resource.setrlimit(resource.RLIMIT_DATA, (memory * MEGABYTE, memory * MEGABYTE))


def end_with_the_server() -> None:
    """End when the standard input does; for a thread of its own."""
    with contextlib.suppress(OSError):
        while os.read(0, 1):  # not through sys.stdin, whose lock would break the end of a finished run
            pass
    os._exit(FAILED)  # from a thread, whatever the others do: files are written whole or not at all
