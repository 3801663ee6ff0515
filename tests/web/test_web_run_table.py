"""The table of runs does the same in DuckDB and in PostgreSQL."""

import threading
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hepasome.web._index import DuckDatabase
from hepasome.web._job import Job, State
from hepasome.web._postgres import PostgresAddress
from hepasome.web._run_table import CREATE, RunTable

HERE, THERE = "mouse:runs", "rat:runs"
MOMENT = "2026-11-25T10:00:00.000+00:00"
LARGEST = 2**63 - 1  # what eight bytes hold


@pytest.fixture(params=["duckdb", "postgresql"])
def database(request, tmp_path):
    if request.param == "duckdb":
        opened = DuckDatabase(tmp_path / "index.duckdb")
        opened.execute(CREATE)
    else:
        postgres = request.getfixturevalue("postgres")
        opened = PostgresAddress(postgres.url(postgres.new_database())).connect()
    yield opened
    opened.close()


@pytest.fixture
def here(database):
    return RunTable(database, HERE)


@pytest.fixture
def there(database):
    return RunTable(database, THERE)


def job(name="li2013-1", **more):
    return Job(**{"name": name, "study": "li2013", "title": "Exosomes", "submitted": MOMENT, **more})


def test_a_run_is_kept_to_the_last_detail_and_replaced(here):
    first = Job(
        "li2013-1", "li2013", "Exosomes", 8, LARGEST, 0, {"escape_fraction": 0.1 + 0.2}, "failed", "No.",
        MOMENT, MOMENT, MOMENT, 64, "explain", "250 ug", "ALT 40",
    )  # fmt: skip
    here.put([first])
    assert here.get("li2013-1") == first
    second = replace(first, subjects=None, overrides={}, state="complete", message="", headline="")
    here.put([second])
    assert here.all() == [second]
    assert here.get("li2013-2") is None
    here.put([])
    here.remove(["li2013-1", "none"])
    assert here.all() == []


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Ü 肝臓 🐁", "Ü 肝臓 🐁"),
        ("'; DROP TABLE hepasome_runs; --", "'; DROP TABLE hepasome_runs; --"),
        ("$1 %s ? \\ {}", "$1 %s ? \\ {}"),
        ("a\0b", "a\N{REPLACEMENT CHARACTER}b"),  # PostgreSQL has no such sign
        ("\ud800", "?"),  # half a sign
    ],
    ids=["letters", "SQL", "marks", "zero", "half"],
)
def test_whatever_a_title_holds_is_kept(here, written, kept):
    here.put([job(title=written)])
    assert here.get("li2013-1").title == kept


def test_a_place_sees_the_others_and_changes_only_its_own(here, there):
    here.put([job("same"), job("a")])
    there.put([job("same", seed=2), job("b", study="tan2014", state="complete")])
    assert here.names() == {"same", "a"}
    assert [(one.place, one.job.name) for one in here.elsewhere()] == [(THERE, "b"), (THERE, "same")]
    assert [one.job.name for one in here.elsewhere(study="tan2014")] == ["b"]
    assert [one.job.name for one in here.elsewhere(state="queued")] == ["same"]
    assert [one.job.seed for one in here.elsewhere(name="same")] == [2]
    here.remove(["same", "b"])
    here.agree([])
    assert here.all() == []
    assert there.names() == {"same", "b"}


def test_rows_are_made_to_agree_and_only_what_differs_is_written(database, here):
    jobs = [job(f"run{number}") for number in range(5)]
    here.put(jobs)
    said = []

    class Heard:
        def execute(self, sql, values=()):
            said.append((sql.split()[0], values))
            return database.execute(sql, values)

    heard = RunTable(Heard(), HERE)
    heard.agree(jobs)
    assert [word for word, _ in said] == ["SELECT"]
    said.clear()
    wanted = [*jobs[1:4], replace(jobs[4], state="running"), job("new")]
    heard.agree(wanted)
    assert [word for word, _ in said] == ["SELECT", "INSERT", "DELETE"]
    assert sorted(said[1][1][1]) == ["new", "run4"]
    assert said[2][1][1] == ["run0"]
    assert {one.name: one for one in here.all()} == {one.name: one for one in wanted}


MOMENTS = st.integers(0, 3).map(lambda hour: f"2026-11-25T{hour:02}:00:00.000+00:00")  # few: many are the same
JOBS = st.lists(
    st.builds(
        Job,
        st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,3}", fullmatch=True),  # the order of capitals and signs is Python's
        study=st.sampled_from(["li2013", "tan2014", "qu2017"]),
        title=st.just("t"),
        state=st.sampled_from(get_args(State)),
        submitted=MOMENTS,
    ),
    unique_by=lambda one: one.name,
    max_size=20,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    jobs=JOBS,
    others=JOBS,
    study=st.sampled_from([None, "li2013", "none"]),
    state=st.sampled_from([None, *get_args(State)]),
    limit=st.integers(1, 12),
    offset=st.integers(0, 12),
)
def test_what_is_found_is_what_a_filter_and_a_sort_in_python_find(
    here, there, jobs, others, study, state, limit, offset
):
    here.agree(jobs)
    there.agree(others)

    def wanted(all_jobs):
        fit = [one for one in all_jobs if study in (None, one.study) and state in (None, one.state)]
        latest_first = sorted(sorted(fit, key=lambda one: one.name), key=lambda one: one.submitted, reverse=True)
        return latest_first[offset : offset + limit]

    assert here.find(study, state, limit, offset) == wanted(jobs)
    assert [one.job for one in here.elsewhere(study, state, None, limit, offset)] == wanted(others)
    in_line = sorted((one for one in jobs if one.state == "queued"), key=lambda one: (one.submitted, one.name))
    assert here.waiting() == in_line


def test_threads_use_one_table_together(here):
    errors = []

    def work(number):
        try:
            for seed in range(20):
                here.put([job(f"run{number}", seed=seed)])
                assert here.get(f"run{number}").seed == seed
                assert len(here.find()) <= 6
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert [one.seed for one in here.all()] == [19] * 6
