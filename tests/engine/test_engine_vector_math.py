"""exp, log, pow and tanh over lanes against NumPy, at their edges, and whatever the number of lanes."""

import ctypes

import llvmlite.binding as llvm
import numpy as np
import pytest

from hepasome.engine._ir import Function, declarations
from hepasome.engine._vector_math import vector_math

NAMES = {"exp": 1, "log": 1, "pow": 2, "tanh": 1, "sin": 1}
INF, NAN = np.inf, np.nan


def library(width):
    texts = [declarations(width), vector_math(width, {"sin"})]
    for name, arguments in NAMES.items():
        f = Function(f"all_{name}", width, [("ptr", "a"), ("ptr", "b"), ("ptr", "out"), ("i64", "n")])
        with f.loop("%n") as i:
            f.store(f.call(f"vector_{name}", *[f.load("%a", i), f.load("%b", i)][:arguments]), "%out", i)
        f.line("ret void")
        texts.append(f.text())
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    module = llvm.parse_assembly("\n".join(texts))
    module.verify()
    features = llvm.get_host_cpu_features().flatten()
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=features, opt=2, jit=True
    )
    builder = llvm.JITLibraryBuilder().add_ir(module).add_current_process()
    for name in NAMES:
        builder.export_symbol(f"all_{name}")
    compiler = llvm.create_lljit_compiler(machine)
    return compiler, builder.link(compiler, f"lanes{width}")


@pytest.fixture(scope="module")
def over_lanes():
    libraries = {width: library(width) for width in (2, 4, 8)}

    def call(name, *arguments, width=8):
        count = len(arguments[0]) + -len(arguments[0]) % 8
        arrays = [aligned(count) for _ in range(3)]
        for array, argument in zip(arrays, arguments, strict=False):
            array[: len(argument)] = argument
        function = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 3, ctypes.c_int64)(libraries[width][1][f"all_{name}"])
        function(*(array.ctypes.data for array in arrays), count // width)
        return arrays[2][: len(arguments[0])].copy()

    return call


def aligned(count):
    raw = np.zeros(8 * count + 64, np.uint8)
    start = -raw.ctypes.data % 64
    return raw[start : start + 8 * count].view(float)


def draws(name):
    rng = np.random.default_rng(1)
    ranges = {"exp": rng.uniform(-708, 709, 20_000), "log": np.exp(rng.uniform(-700, 700, 20_000))}
    return ranges.get(name, rng.normal(0, 1.5, 20_000))


@pytest.mark.parametrize(("name", "units"), [("exp", 1), ("log", 1), ("tanh", 2), ("sin", 1)])
def test_a_function_is_right_to_the_last_places(over_lanes, name, units):
    x = draws(name)
    exact = getattr(np, name)(x)
    assert np.abs((over_lanes(name, x) - exact) / np.spacing(np.abs(exact))).max() <= units


def test_a_power_is_right_to_fourteen_digits(over_lanes):
    rng = np.random.default_rng(2)
    x, y = np.exp(rng.normal(0, 3, 20_000)), rng.uniform(-8, 8, 20_000)
    assert over_lanes("pow", x, y) == pytest.approx(x**y, rel=2e-14)


@pytest.mark.parametrize("name", NAMES)
def test_the_number_of_lanes_changes_no_bit(over_lanes, name):
    x = np.abs(draws(name))
    y = draws("tanh")
    found = [over_lanes(name, x, y, width=width).tobytes() for width in (2, 4, 8)]
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("exp", [[0, -INF, INF, NAN, 800, -800]], [1, 0, INF, NAN, INF, 0]),
        ("log", [[0, -1, INF, NAN, 1, 5e-324]], [-INF, NAN, INF, NAN, 0, -744.4400719213812]),
        ("pow", [[0, 0, 0, -2, -2, -8, NAN], [2, 0, -1, 3, 2, 1 / 3, 0]], [0, 1, INF, -8, 4, NAN, 1]),
        ("tanh", [[0, 50, -50, 1e-300, NAN, INF]], [0, 1, -1, 1e-300, NAN, 1]),
    ],
)
def test_the_edges_are_those_of_the_c_library(over_lanes, name, arguments, expected):
    assert over_lanes(name, *arguments) == pytest.approx(expected, rel=1e-15, nan_ok=True)
