"""Code for Arm, run by an emulator where there is one: the same bytes as this machine's own."""

import shutil
import struct
import subprocess

import antimony
import numpy as np
import pytest

from hepasome.engine import PROCESSORS, CompiledSimulator, Dose, Model, Solver, Subject, Switch
from hepasome.engine._compile import compile_model
from hepasome.engine._pack import pack

COMPILER, EMULATOR = shutil.which("aarch64-linux-gnu-gcc"), shutil.which("qemu-aarch64")
MAIN = r"""
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
typedef int64_t whole;
void run(void *, whole, void *, void *, void *, void *, void *, void *, void *, void *, whole, void *, whole, void *,
         void *, void *, void *, void *, void *, void *, whole, whole, void *);
static void *room(size_t bytes) { return memset(aligned_alloc(64, (bytes / 64 + 1) * 64), 0, (bytes / 64 + 1) * 64); }
int main(void) {
    whole count[4], bytes;  /* subjects, times, outputs, doubles of workspace */
    void *given[10];
    double relative = 1e-6;
    whole cancel = 0;
    FILE *file = fopen("given", "rb");
    if (!file || fread(count, sizeof count, 1, file) != 1) return 1;
    for (int k = 0; k < 10; k++) {
        if (fread(&bytes, 8, 1, file) != 1) return 1;
        given[k] = room(bytes);
        if (bytes && fread(given[k], bytes, 1, file) != 1) return 1;
    }
    size_t values = count[0] * count[1] * count[2];
    void *out = room(8 * values), *ends[4];
    for (int k = 0; k < 4; k++) ends[k] = room(8 * count[0]);
    run(room(8 * count[3]), count[0], given[0], given[1], given[2], given[3], given[4], given[5], given[6], given[7],
        count[1], given[8], count[2], out, ends[0], ends[1], ends[2], ends[3], &relative, given[9], 20000, 0, &cancel);
    file = fopen("found", "wb");
    return fwrite(out, 8, values, file) == values && !fclose(file) ? 0 : 1;
}
"""
MODEL = """model m()
  x' = inflow - k*x^1.5/(0.3 + x); y' = k*x - exp(-y)*tanh(y) - ln(1 + y); z' = -sqrt(z); x = 1; y = 0; z = 9
  k = 0.7; inflow = 0; w := piecewise(x, time < 3, y); at (x < 0.2): x = 2
end"""


@pytest.mark.skipif(not (COMPILER and EMULATOR), reason="no emulator or compiler for Arm on this machine")
def test_code_for_arm_gives_the_same_bytes_as_the_code_of_this_machine(tmp_path):
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(MODEL) >= 0, antimony.getLastError()
    model = Model(antimony.getSBMLString("m"))
    subjects = [
        Subject(f"s{i}", {"k": 0.3 + 0.2 * i}, {}, (Dose(1.5, "y", 0.1 * i),), (Switch(2.5, "inflow", 0.4),))
        for i in range(7)
    ]
    times, outputs = np.linspace(0, 5, 23), ["x", "y", "z", "w"]
    (arm,) = (processor for processor in PROCESSORS if processor.name == "neon")
    description, code = compile_model(model.sbml, "rodas5p", arm)
    packed = pack(description, subjects, times[-1])
    selection = np.array([description.outputs[name] for name in outputs])
    absolute = np.full(len(description.states), 1e-9)
    given = [packed.parameters, packed.offsets, packed.time, packed.kind, packed.place, packed.volume, packed.value]
    counts = [len(subjects), len(times), len(outputs), description.layout.size * description.width]
    content = struct.pack("<4q", *counts)
    for array in (*given, times, selection, absolute):
        content += struct.pack("<q", array.nbytes) + np.ascontiguousarray(array).tobytes()
    (tmp_path / "given").write_bytes(content)
    (tmp_path / "model.o").write_bytes(code)
    (tmp_path / "main.c").write_text(MAIN)
    build = [COMPILER, "-O1", "main.c", "model.o", "-lm", "-static", "-o", "arm"]
    subprocess.run(build, cwd=tmp_path, check=True)
    subprocess.run([EMULATOR, "./arm"], cwd=tmp_path, check=True)
    here = [t.values for t in CompiledSimulator(model, Solver()).simulate_many(subjects, times, outputs)]
    assert (tmp_path / "found").read_bytes() == np.stack(here).tobytes()
