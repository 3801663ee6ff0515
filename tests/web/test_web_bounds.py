"""What a process may take is held by the system."""

import subprocess
import sys

import pytest

SAY = "from hepasome.web._bounds import swollen; {}; print(swollen(400))"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_a_process_is_swollen_by_what_it_took_and_not_by_what_its_parent_has():
    ballast = bytearray(300_000_000)
    ballast[::4096] = b"x" * len(ballast[::4096])  # it is really there
    said = [
        subprocess.run([sys.executable, "-c", SAY.format(what)], capture_output=True, text=True, check=True).stdout
        for what in ("pass", "x = b'x' * 250_000_000")
    ]
    assert said == ["False\n", "True\n"]
    assert len(ballast) == 300_000_000
