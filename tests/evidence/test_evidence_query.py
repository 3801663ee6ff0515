"""The evidence in SQL: everything is there, and a query can do no harm."""

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


def test_dropping_a_table_harms_nobody_else(tables, own):
    tables.sql("DROP TABLE facts")
    assert len(EvidenceTables(SHIPPED, [own]).filter("facts", {}).rows) == 153


def test_a_filter_takes_values_as_they_are(tables):
    assert len(tables.filter("facts", {"confidence": "recalled"}).rows) == 7
    assert tables.filter("facts", {"confidence": "' OR 1=1 --"}).rows == ()
    with pytest.raises(InputError, match="Did you mean `facts`"):
        tables.filter("fact", {})
    with pytest.raises(InputError, match="Did you mean `study`"):
        tables.filter("facts", {"studi": "x"})
    with pytest.raises(InputError, match="no such column"):
        tables.filter("facts", {}, ['"; DROP TABLE facts; --'])
