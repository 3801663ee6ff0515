"""How fast the pages of the web application come while many look at them and runs are computed."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import random
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from hepasome.bench._effort import Bench, Effort
from hepasome.bench._report import Row

_SERVE = "from hepasome.cli import main; main()"
_SMALL, _LARGE = "herrera_sanchez2017", "li2013"
_QUEUED = 5
_PAUSE = 1.0  # s that a viewer looks at a page before the next
_PATIENCE = 120.0  # s for the small run to be computed
_WITH = ("/static/base.css", "/static/parts.css", "/static/api.js")  # what a browser loads with each page


def measure_pages(bench: Bench) -> list[Row]:
    """Response times of pages, with viewers that open one a second each and runs that are computed meanwhile.

    Every viewer loads a page and what a browser loads with it, one after the other, on one connection, and looks at it
    for a second. The viewers share the machine with the server and with the run.
    """
    title = f"{bench.effort.viewers} viewers, {_QUEUED} runs queued"
    if importlib.util.find_spec("fastapi") is None or importlib.util.find_spec("uvicorn") is None:
        return [Row("pages", title, "web", {}, "Not installed: pip install 'hepasome[web]'")]
    bench.on_note(f"pages of the web application: {title}")
    with _server(bench) as address:
        finished = _submit(address, _SMALL, 1, subjects=2, draws=2)
        end = time.monotonic() + _PATIENCE
        while _ask(f"{address}/api/runs/{finished}")["state"] != "complete":
            if time.monotonic() > end:
                return [Row("pages", title, "web", {}, "The first run did not finish.")]
            time.sleep(0.2)
        runs = [_submit(address, _LARGE, seed, subjects=1000, draws=100) for seed in range(1, _QUEUED + 1)]
        pages = ["/studies", f"/studies/{_LARGE}", "/runs", f"/runs/{runs[0]}", f"/runs/{finished}"]
        pages += [f"/compare?a={finished}&b={finished}", f"/api/runs/{runs[0]}"]
        taken = asyncio.run(look(address, pages, bench.effort))
        still = sum(_ask(f"{address}/api/runs/{run}")["state"] in ("queued", "running") for run in runs)
    times = sorted(seconds for seconds, status in taken if status == 200)
    values = {
        "responses": len(times),
        "failed": len(taken) - len(times),
        "median_ms": 1000 * statistics.median(times),
        "p95_ms": 1000 * statistics.quantiles(times, n=20)[-1],
        "largest_ms": 1000 * times[-1],
        "unfinished": still,
    }
    return [Row("pages", title, "web", values)]


@contextmanager
def _server(bench: Bench) -> Iterator[str]:
    """A server as users start it, with as many threads for runs as it takes by itself."""
    folder = str(bench.folder / "served")
    server = subprocess.Popen(  # noqa: S603 # ourselves; no shell
        [sys.executable, "-c", _SERVE, "serve", "--port", "0", "--folder", folder], stdout=subprocess.PIPE, text=True
    )
    try:
        said = server.stdout.readline() if server.stdout is not None else ""
        yield said.split()[-1].rstrip("/")
    finally:
        server.kill()
        server.communicate()


def _submit(address: str, study: str, seed: int, *, subjects: int, draws: int) -> str:
    asked = {"study": study, "seed": seed, "subjects": subjects, "draws": draws}
    return str(_ask(f"{address}/api/runs", json.dumps(asked).encode())["name"])


def _ask(address: str, body: bytes | None = None) -> dict[str, Any]:
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})  # noqa: S310 # our own server
    with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310 # the same
        found: dict[str, Any] = json.load(answer)
        return found


async def look(address: str, pages: list[str], effort: Effort) -> list[tuple[float, int]]:
    """Seconds and status of every response that every viewer got."""
    taken: list[tuple[float, int]] = []
    viewers = [_viewer(address, pages, number, effort.looking, taken) for number in range(effort.viewers)]
    await asyncio.gather(*viewers)
    return taken


async def _viewer(address: str, pages: list[str], number: int, seconds: float, taken: list[tuple[float, int]]) -> None:
    parts, order = urlsplit(address), random.Random(number)  # noqa: S311 # nothing secret
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    await asyncio.sleep(order.uniform(0, _PAUSE))
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for path in (order.choice(pages), *_WITH):
            began = time.perf_counter()
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            length = next(line for line in head.splitlines() if line.startswith("content-length:"))
            await reader.readexactly(int(length.partition(":")[2]))
            taken.append((time.perf_counter() - began, int(head.split(maxsplit=2)[1])))
        await asyncio.sleep(_PAUSE)
    writer.close()
