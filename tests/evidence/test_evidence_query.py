"""The evidence in SQL: everything is there, and a query can do no harm."""

import io
import json

import pandas as pd
import pytest
from published_for_tests import study_text

from hepasome.evidence import EvidenceTables, facts, load_evidence, read_published
from hepasome.files import InputError

SHIPPED = load_evidence()


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    path = tmp_path_factory.mktemp("own") / "chen2024.yaml"
    path.write_text(study_text())
    return read_published(path)


@pytest.fixture
def tables(own):
    return EvidenceTables(SHIPPED, [own])


def test_every_row_that_ships_is_there(tables):
    counts = {name: len(tables.filter(name, {}).rows) for name in tables.columns}
    assert counts["claims"] == len(SHIPPED.claims)
    assert counts["observations"] == len(SHIPPED.observations)
    assert counts["facts"] == len(facts()) == 153
    assert counts["studies"] == len(SHIPPED.records) + 1
    assert counts["sources"] == len(SHIPPED.references) + 1
    assert counts["protocol"] == sum(len(record.protocol) for record in SHIPPED.records) + 6
    assert counts["outcomes"] == 2
    assert counts["appraisal"] == 10 + 9 + 11


def test_numbers_are_numbers_and_blanks_are_nothing(tables):
    (row,) = tables.sql("SELECT value, low + high, control FROM facts WHERE id = 'dai2025_1'").rows
    assert row == (-2.79, pytest.approx(-5.58), None)
    assert tables.sql("SELECT count(*) FROM facts WHERE note = ''").rows == ((0,),)


def test_a_claim_leads_to_its_source(tables):
    query = (
        """SELECT authors FROM claims JOIN sources ON sources.id = claims.reference WHERE claims.id = 'tan2014_pcna'"""
    )
    assert tables.sql(query).rows == (("Tan CY et al.",),)


def test_what_was_added_stands_beside_what_ships(tables):
    query = "SELECT species, given, dose, dose_unit, syrcle, misev FROM studies WHERE origin = 'own'"
    assert tables.sql(query).rows == (("mouse", "EV", 250, "ug", 0, 1),)
    (row,) = tables.filter("outcomes", {"endpoint": "ALT"}, ["study", "hours", "sd", "control_sd", "hedges_g"]).rows
    assert row == ("chen2024", 1512, pytest.approx(15), 15, pytest.approx(-3.809, abs=2e-3))


@pytest.mark.parametrize(
    "query",
    [
        "COPY facts TO '{0}'",
        "SELECT * FROM read_csv('{1}')",
        "SELECT * FROM '{1}'",
        "ATTACH '{0}'",
        "EXPORT DATABASE '{0}'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "SELECT * FROM own",
        "SELECT nothing FROM facts",
        "not SQL",
        "",
        "-- nothing",
        "SELECT CAST('x' AS INTEGER)",
    ],
)
def test_a_query_that_reaches_out_or_is_wrong_is_refused_in_words(tables, tmp_path, query):
    own = 1  # what a query might find in the program
    assert own
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    with pytest.raises(InputError) as refused:
        tables.sql(query.format(tmp_path / "out", secret))
    assert refused.value.findings[0].file == "the query"
    assert list(tmp_path.iterdir()) == [secret]


@pytest.mark.parametrize(
    "query",
    [
        "DROP TABLE facts",
        "DELETE FROM facts",
        "WITH a AS (SELECT 1) DELETE FROM facts",
        "UPDATE facts SET value = 0",
        "INSERT INTO facts SELECT * FROM facts",
        "CREATE TABLE mine AS SELECT 1",
        "CREATE MACRO read_csv(x) AS 1",
        "SELECT 1; DROP TABLE facts",
        "SELECT 1; SELECT 2",
        "SET threads = 8",
        "PRAGMA database_list",
        "CALL pragma_version()",
        "LOAD json",
        "CHECKPOINT",
        "BEGIN",
        "PREPARE x AS SELECT 1",
        "EXPLAIN ANALYZE SELECT 1",
    ],
)
def test_what_is_no_question_is_refused_and_changes_nothing(tables, query):
    before = tables.sql("SELECT * FROM facts ORDER BY id")
    with pytest.raises(InputError, match=r"only reads|at a time"):
        tables.sql(query)
    assert tables.sql("SELECT * FROM facts ORDER BY id") == before
    assert tables.sql("SHOW TABLES").rows == tuple((name,) for name in sorted(tables.columns))


@pytest.mark.parametrize(
    "query",
    [
        "FROM facts",
        "VALUES (1)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT * FROM n",
        "DESCRIBE facts",
        "SUMMARIZE facts",
        "SELECT 1 ; -- one",
    ],
)
def test_every_way_of_asking_is_answered(tables, query):
    assert tables.sql(query).rows


READERS = ("read_text", "read_blob", "read_json", "read_parquet", "parquet_metadata", "sniff_csv", "glob")


@pytest.mark.parametrize(
    "query",
    [
        *("SELECT * FROM READ('SECRET')".replace("READ", name) for name in READERS),
        "SELECT * FROM query('COPY facts TO ''SECRET''')",
        "SELECT * FROM query_table('SECRET')",
        "SELECT * FROM enable_logging(storage = 'file', storage_path = 'SECRET')",
        "SELECT * FROM enable_profiling(save_location = 'SECRET')",
        "SELECT * FROM read_csv('https://example.org/a.csv')",
        "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT * FROM read_text(''SECRET'')'))",
        "SELECT (SELECT content FROM read_text('SECRET'))",
    ],
)
def test_no_function_is_a_side_door_to_files(tables, tmp_path, query):
    secret = tmp_path / "secret.csv"
    secret.write_text("a\nhidden\n")
    with pytest.raises(InputError) as refused:
        tables.sql(query.replace("SECRET", str(secret)))
    assert "hidden" not in str(refused.value)
    assert secret.read_text() == "a\nhidden\n"
    assert list(tmp_path.iterdir()) == [secret]


def test_what_would_need_the_disk_is_refused(tables, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="too much memory"):
        tables.sql("SELECT * FROM range(100000000) ORDER BY hash(range)")
    assert list(tmp_path.iterdir()) == []


def test_no_more_rows_than_asked_for_are_made(tables):
    found = tables.sql("SELECT * FROM range(1000000000000)", most=3)
    assert (found.rows, found.more) == (((0,), (1,), (2,)), True)
    assert not tables.sql("SELECT * FROM range(3)", most=3).more


def test_a_file_holds_every_column_and_row(tables):
    found = tables.sql("SELECT 1 AS a, 2 AS a, 'x,\"y\"' AS b, NULL AS c, DATE '2024-02-01' AS d")
    assert found.file("csv") == 'a,a_1,b,c,d\n1,2,"x,""y""",,2024-02-01\n'
    assert json.loads(found.file("json")) == [{"a": 1, "a_1": 2, "b": 'x,"y"', "c": None, "d": "2024-02-01"}]
    assert pd.read_parquet(io.BytesIO(found.file("parquet"))).columns.tolist() == list(found.columns)
    none = tables.sql("SELECT id FROM facts WHERE false")
    assert none.file("csv") == "id\n"
    assert pd.read_parquet(io.BytesIO(none.file("parquet"))).columns.tolist() == ["id"]


def test_numbers_that_json_lacks_are_nothing_there(tables):
    found = tables.sql("SELECT 'nan'::DOUBLE AS a, 'inf'::DOUBLE AS b, 0.5 AS c")
    assert json.loads(found.file("json"), parse_constant=pytest.fail) == [{"a": None, "b": None, "c": 0.5}]


def test_what_parquet_cannot_hold_is_told(tables):
    with pytest.raises(InputError, match="Parquet cannot hold"):
        tables.sql("SELECT 170141183460469231731687303715884105727::HUGEINT AS a").file("parquet")


def test_a_filter_takes_values_as_they_are(tables):
    assert len(tables.filter("facts", {"confidence": "recalled"}).rows) == 7
    assert tables.filter("facts", {"confidence": "' OR 1=1 --"}).rows == ()
    with pytest.raises(InputError, match="Did you mean `facts`"):
        tables.filter("fact", {})
    with pytest.raises(InputError, match="Did you mean `study`"):
        tables.filter("facts", {"studi": "x"})
    with pytest.raises(InputError, match="no such column"):
        tables.filter("facts", {}, ['"; DROP TABLE facts; --'])
