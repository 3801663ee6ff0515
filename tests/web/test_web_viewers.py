"""Many viewers: the benchmark's get whole pages and say what failed, and no answer waits for their systems."""

import asyncio
import dataclasses
import shutil
import socket
from concurrent.futures import ThreadPoolExecutor

from hepasome.bench._effort import FULL
from hepasome.bench._pages import look
from hepasome.web import Serving
from hepasome.web._listen import listening


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


def test_the_second_packet_of_an_answer_does_not_wait_for_the_first_to_be_acknowledged(tmp_path):
    with listening(Serving(tmp_path, port=0)) as server, socket.create_connection(server.getsockname()):
        connection, _ = server.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
