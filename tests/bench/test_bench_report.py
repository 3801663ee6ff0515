"""The report: its file, its tables, its picture; and what a user may ask for."""

import io
import json
import math

import pytest
from rich.console import Console

from hepasome.bench import MEASURES, Report, Row, report_table, run_benchmark
from hepasome.bench._machine import describe_machine, short_name
from hepasome.bench._plot import write_plot
from hepasome.bench._table import TABLES, markdown
from hepasome.files import InputError

MACHINE = {
    "processor": "Some Processor (R) 9",
    "vectors": "avx2",
    "cores": 2,
    "memory_gb": 8.0,
    "system": "Linux 6",
    "architecture": "x86_64",
    "python": "3.11.0",
    "packages": {"hepasome": "0.1.0"},
}
SPEED = {"ms": 2.0, "ratio": 50.0, "error_max": 3e-5, "error_median": 2e-6, "compile_s": 0.2, "note": "in lanes"}
REPORT = Report(
    "2026-01-02T03:04:05+00:00",
    90.0,
    MACHINE,
    {"repeats": 3},
    {
        "toy": {
            "title": "toy, small",
            "source": "a test",
            "states": 3,
            "parameters_varied": 2,
            "doses": 1,
            "outputs": 100,
            "end": 20.0,
        }
    },
    {"compiled": "hepasome, compiled", "roadrunner": "libRoadRunner, CVODE", "copasi": "COPASI, LSODA"},
    (
        Row("speed", "toy", "compiled", SPEED),
        Row("speed", "toy", "roadrunner", SPEED | {"ratio": 1.0, "ms": 1234.0, "error_max": math.nan}),
        Row("speed", "toy", "copasi", {}, "Not installed: pip install copasi-basico"),
        Row("resume", "toy", "compiled", {"subjects": 100_000, "same_bytes": False}),
        Row("floor", "toy", "compiled", {}, "The engine does not count its operations."),
    ),
)


def shown(report):
    console = Console(file=io.StringIO(), width=200)
    console.print(report_table(report))
    return console.file.getvalue()


def test_a_report_is_the_same_after_its_file():
    text = REPORT.to_json()
    assert Report.from_json(text).to_json() == text
    assert Report.from_json(text).of("speed")[0] == REPORT.rows[0]
    assert json.loads(text)["rows"][1]["values"]["error_max"] is None  # JSON knows no NaN


@pytest.mark.parametrize("write", [shown, lambda report: markdown(report, "it.png")], ids=["terminal", "markdown"])
def test_tables_hold_what_was_measured_and_why_the_rest_was_not(write):
    text = write(Report.from_json(REPORT.to_json()))
    for expected in (
        "Some Processor (R) 9 (avx2), 2 cores, 8.0 GB",
        "hepasome, compiled",
        "3.0e-05",
        "1,234",
        "100,000",
        "hepasome, compiled: in lanes.",
        "toy, small, COPASI, LSODA: Not installed: pip install copasi-basico",
        "The engine does not count its operations.",
    ):
        assert expected in text
    assert "nan" not in text.lower().replace("nanosight", "")
    assert "NO" in text  # bytes that differ are not to be overlooked


def test_markdown_names_the_picture_the_workloads_and_the_versions():
    text = markdown(REPORT, "it.png")
    assert "](it.png)" in text
    assert "3 states, 2 parameters varied" in text
    assert "hepasome 0.1.0" in text
    assert "](" not in markdown(REPORT, None)


def test_every_measurement_has_a_table():
    assert set(TABLES) == {*MEASURES, "reference"}


def test_the_picture_is_drawn_where_there_is_speed_to_draw(tmp_path):
    assert write_plot(REPORT, tmp_path / "a.b") == tmp_path / "a.b.png"
    assert (tmp_path / "a.b.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "a.b.svg").read_text()
    assert write_plot(Report.from_json(REPORT.to_json().replace('"speed"', '"other"')), tmp_path / "c") is None


def test_a_machine_has_a_name_for_files():
    assert short_name(MACHINE) == "some-processor-r-9-2-cores"
    machine = describe_machine()
    assert machine["cores"] >= 1
    assert machine["packages"]["hepasome"]


def test_an_unknown_part_is_refused_with_the_known_ones():
    with pytest.raises(InputError, match="mouse-1-zone"):
        run_benchmark(only=["spede"])
    with pytest.raises(InputError):
        run_benchmark(subjects=0)


def test_a_benchmark_writes_its_files_and_says_how_far_it_is(tmp_path):
    steps = []
    report = run_benchmark(
        tmp_path, quick=True, only=["speed", "start", "mouse-1-zone", "compiled"], on_progress=steps.append
    )
    assert [row.measure for row in report.rows] == ["reference", "speed", "start"]
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".json", ".md"]  # without a peer nothing to draw
    assert Report.from_json(next(tmp_path.glob("*.json")).read_text()).to_json() == report.to_json()
    assert steps[0].remaining is None
    assert (steps[-1].done, steps[-1].steps, steps[-1].remaining) == (2, 2, 0)
    assert all(step.done <= step.steps for step in steps)
