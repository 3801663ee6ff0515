"""Where the web application keeps things, whom it answers, and what a run may take."""

from __future__ import annotations

import ipaddress
import os
import socket
from dataclasses import dataclass, field
from pathlib import Path

from hepasome.files import MEGABYTE

MISSING = "The web application needs more packages. Install them: pip install 'hepasome[web]'"
_SPARE_CORES = 1  # stays with the server, so that pages come while a run computes


def _workers() -> int:
    return max(1, (os.cpu_count() or 1) - _SPARE_CORES)


@dataclass(frozen=True)
class Limits:
    """What nobody may exceed.

    Attributes:
        subjects: Subjects that one run may simulate: all animals, and the typical subjects of the draws.
        memory: Memory of one run, MB; 0 for no limit. Where the system cannot hold it, none holds.
        hours: How long one run may compute before it is stopped; what is finished of it stays.
        queued: Runs that may wait.
        body: Largest body of a request, bytes.
        studies: Own studies that are kept.
        upload: Laboratory files that are sent at once, bytes in all.
        files: How many they may be.
        reading: How long they may be read, s. What is read takes no more memory than a run.
        products: Own products that are kept.
        answer_seconds: How long one question about the evidence may take, a query or a pooling.
        answer_memory: Memory of one, MB; where the system cannot hold it, none holds.
        answer_rows: Rows of a query that a page or a program is given; files have all.
        answer_size: Largest file that a query may make, bytes.
    """

    subjects: int = 20_000
    memory: int = 4_000
    hours: float = 4.0
    queued: int = 100
    body: int = MEGABYTE
    studies: int = 1_000
    upload: int = 64 * MEGABYTE
    files: int = 20
    reading: int = 60
    products: int = 1_000
    answer_seconds: float = 30.0
    answer_memory: int = 2_000
    answer_rows: int = 10_000
    answer_size: int = 20 * MEGABYTE


@dataclass(frozen=True)
class Serving:
    """How the application is served.

    Attributes:
        folder: Where `studies/`, `products/` and `runs/` lie; the same `runs/` that the command line writes when it
            is used there.
        host: Address that it listens at.
        port: Port; 0 for any that is free.
        token: What a reader must know; empty for nobody else can reach it.
        workers: Threads of one run.
        limits: What nobody may exceed.
        store: Address of the PostgreSQL database where a laboratory keeps its index; empty for none. It may hold a
            password and is shown nowhere.
    """

    folder: Path = field(default_factory=Path)
    host: str = "127.0.0.1"
    port: int = 8300
    token: str = ""
    workers: int = field(default_factory=_workers)
    limits: Limits = field(default_factory=Limits)
    store: str = field(default="", repr=False)

    @property
    def studies(self) -> Path:
        """Folder of the user's own studies, each in a folder of its own."""
        return self.folder / "studies"

    @property
    def products(self) -> Path:
        """Folder of the user's own products, each in a folder of its own."""
        return self.folder / "products"

    @property
    def runs(self) -> Path:
        """Folder of the runs."""
        return self.folder / "runs"

    @property
    def place(self) -> str:
        """Where the runs are, in the words of the laboratory: this machine and its folder."""
        return f"{socket.gethostname()}:{self.runs.resolve()}"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
