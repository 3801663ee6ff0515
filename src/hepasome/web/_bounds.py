"""What a process that the server starts keeps to: its memory, its time, and the life of the server."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from hepasome.files import MEGABYTE

FAILED = 1
NO_MEMORY = 3
_NICER = 10
_GRACE = 10  # s of a processor above what is allowed, which the server holds by the clock


def step_back() -> None:
    """Take no time that the server needs."""
    with contextlib.suppress(AttributeError, OSError):
        os.nice(_NICER)


def keep_within(memory: int) -> None:
    """Take no more memory than is allowed; MB, 0 for no limit. Where the system cannot hold it, none holds."""
    if not memory:
        return
    with contextlib.suppress(ImportError, ValueError, OSError):  # not on every system
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (memory * MEGABYTE, memory * MEGABYTE))


def more_time(seconds: int) -> None:
    """End, at the latest, after so many more seconds of a processor: also if the server is gone."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        most = int(used.ru_utime + used.ru_stime) + seconds + _GRACE
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))


def swollen(memory: int) -> bool:
    """Whether this process ever took half of what it may: what comes next should not suffer from what was.

    Told where the system holds limits of memory, that is on Linux. Not asked of `getrusage`, whose peak is inherited
    from the process that started this one.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return False
    peak = next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), 0)
    return bool(memory) and 1024 * peak > memory * MEGABYTE / 2


def end_with_the_server() -> None:
    """End when the standard input does; for a thread of its own."""
    with contextlib.suppress(OSError):
        while os.read(0, 1):  # not through sys.stdin, whose lock would break the end of a finished run
            pass
    os._exit(FAILED)  # from a thread, whatever the others do: files are written whole or not at all
