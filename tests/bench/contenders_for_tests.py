"""Contenders that go wrong, and runs that write files, for the processes of the benchmark."""

import os
import sys
import time
from pathlib import Path

import numpy as np

from hepasome.bench._contender import Contender

PARTS = 6


class Silent(Contender):
    """Answers with nothing that is right, but answers."""

    def prepare(self):
        return "it does nothing"

    def simulate(self, batch):
        return [np.zeros((len(self.workload.times), len(self.workload.states))) for _ in batch]


class Noisy(Silent):
    def simulate(self, batch):
        os.write(1, b"WARNING from a library written in C\n")
        print("a warning from Python")
        return super().simulate(batch)


class Raises(Silent):
    def prepare(self):
        raise ValueError("this model is not to its taste")


class Crashes(Silent):
    def simulate(self, batch):
        print("Segmentation fault, as if", file=sys.stderr, flush=True)
        os._exit(11)


class Hangs(Silent):
    def simulate(self, batch):
        time.sleep(600)


class Fails(Silent):
    """Its second subject fails half-way."""

    def simulate(self, batch):
        found = super().simulate(batch)
        return [course[:5] if i == 1 else course for i, course in enumerate(found)]


def goes_on(workload, folder, subjects, workers):
    """Writes its parts one by one and does not write what is there."""
    return _write(folder, again=False)


def begins_anew(workload, folder, subjects, workers):
    """Writes the moment of writing, so that no two runs give the same bytes."""
    return _write(folder, again=True)


def _write(folder, *, again):
    start, folder = time.perf_counter(), Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for part in range(PARTS):
        path = folder / f"{part}"
        if again or not path.exists():
            time.sleep(0.2)
            path.write_text(f"part {part} {time.time_ns() if again else ''}")
    return {"seconds": time.perf_counter() - start}
