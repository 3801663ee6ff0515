"""The viewers of the benchmark get whole pages, all of them, and say of what failed that it did."""

import asyncio
import dataclasses
import shutil
from concurrent.futures import ThreadPoolExecutor

from hepasome.bench._effort import FULL
from hepasome.bench._pages import look


def test_viewers_get_what_they_ask_for_and_count_what_is_not_there(made, serve, tmp_path):
    folder, run = made
    shutil.copytree(folder, tmp_path / "served")
    _, address = serve(tmp_path / "served")
    few = dataclasses.replace(FULL, viewers=3, looking=1.0)
    pages = [f"/runs/{run}", "/nothing"]
    with ThreadPoolExecutor(1) as aside:  # a browser of other tests has a loop in this thread
        taken = aside.submit(asyncio.run, look(address.rstrip("/"), pages, few)).result()
    assert len(taken) >= 3 * 4  # a page and what belongs to it, for each viewer
    assert {status for _, status in taken} == {200, 404}
    assert all(seconds > 0 for seconds, _ in taken)
