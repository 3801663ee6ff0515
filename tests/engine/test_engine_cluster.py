"""Two Dask workers on this machine: the same bytes as one thread, and nothing lost with a worker."""

import json
import os
import subprocess
import sys

import pytest

from hepasome.engine import EngineError, summarise_ensemble

pytest.importorskip("distributed")

SCRIPT = """
import json, os, signal, sys
sys.path.insert(0, sys.argv[1])
from test_engine_summary import ENDPOINTS, TIMES, Crowd, digest, model
from hepasome.engine import simulate_ensemble, summarise_ensemble

def main():
    from distributed import Client, LocalCluster
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        workers = list(client.run(os.getpid).values())
        killed = []

        def kill(done, total):
            if done >= total // 4 and not killed:
                killed.append(workers[0])
                os.kill(workers[0], signal.SIGKILL)

        address = cluster.scheduler_address
        crowd = Crowd(6000)
        alone = digest(summarise_ensemble(model(), crowd, TIMES, ["x", "total"], ENDPOINTS, workers=1))
        two = digest(summarise_ensemble(model(), crowd, TIMES, ["x", "total"], ENDPOINTS, scheduler=address))
        lost = digest(
            summarise_ensemble(model(), crowd, TIMES, ["x", "total"], ENDPOINTS, scheduler=address, on_done=kill)
        )
        streamed = [t.values.tobytes() for t in simulate_ensemble(model(), crowd, TIMES, ["x"], scheduler=address)]
        here = [t.values.tobytes() for t in simulate_ensemble(model(), crowd, TIMES, ["x"], workers=2)]
        found = {"two are one": two == alone, "killed": len(killed), "lost nothing": lost == alone}
        print(json.dumps(found | {"streamed": streamed == here}))

if __name__ == "__main__":
    main()
"""


def test_two_workers_give_the_same_bytes_and_a_killed_one_loses_nothing(tmp_path):
    path = tmp_path / "cluster.py"
    path.write_text(SCRIPT)
    tests = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 # a text for the script
    ended = subprocess.run([sys.executable, str(path), tests], capture_output=True, text=True, timeout=300)
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout.strip().splitlines()[-1])
    assert found == {"two are one": True, "killed": 1, "lost nothing": True, "streamed": True}


def test_an_address_without_a_scheduler_is_an_error_with_the_address():
    from test_engine_summary import Crowd, model

    with pytest.raises(EngineError, match=r"No Dask scheduler answers at tcp://127.0.0.1:9"):
        summarise_ensemble(model(), Crowd(2), [1.0], ["x"], scheduler="tcp://127.0.0.1:9")
