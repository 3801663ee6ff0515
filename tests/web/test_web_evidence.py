"""The evidence in the browser: the answers of the command line, and no question that harms the server."""

import math
import re
import threading
import xml.etree.ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hepasome.evidence import appraisal_items, example_effects, load_evidence
from hepasome.web import Limits
from hepasome.web._asking import Asking
from hepasome.web._evidence_models import QueryRequest
from hepasome.web._names import RefusedError

BCG = {"table": example_effects(), "measure": "log_odds_ratio"}
FEW = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
OWN = """\
id: chang2015
publication: {authors: Chang WJ et al., year: 2015, title: "Medium & <cells>"}
protocol: {species: mouse, disease: apap, given: CM}
outcomes:
- {id: day_5, endpoint: survival, unit: share, treated: {arm: a, n: 13, events: 10},
   control: {arm: vehicle, n: 13, events: 4}, where: figure 4, confidence: confirmed}
- {id: passage_3, endpoint: survival, unit: share, treated: {arm: b, n: 13, events: 6},
   control: {arm: vehicle, n: 13, events: 4}, where: figure 4, confidence: confirmed}
risk_of_bias: {BIAS}
"""


@pytest.fixture(scope="module")
def mine(tmp_path_factory):
    """Folder of the user's evidence, empty."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("mine")
        patch.setenv("HEPASOME_EVIDENCE", str(folder))
        yield folder


@pytest.fixture(scope="module")
def asked(client_of, mine, tmp_path_factory):
    """A client; its process for questions serves all tests of this file."""
    with client_of(tmp_path_factory.mktemp("asked"), limits=Limits(answer_seconds=20, answer_rows=500)) as client:
        yield client


@pytest.fixture
def with_own(mine):
    """Two studies of the user's own."""
    items = [one.item for one in appraisal_items() if one.scheme == "syrcle"]
    bias = ", ".join(f"{item}: {{answer: unclear}}" for item in items)
    for name in ("chang2015", "chen2016"):
        text = OWN.replace("chang2015", name).replace("BIAS", bias)
        (mine / f"{name}.yaml").write_text(text)
    yield
    for path in mine.iterdir():
        path.unlink()


@pytest.fixture
def command(hepasome):
    """Runs `hepasome evidence`; the value is what it prints."""

    def run(*arguments):
        code, out, error = hepasome("evidence", *arguments)
        assert code == 0, error
        return out

    return run


def sql(client, text):
    return client.post("/api/evidence/query", json={"sql": text})


def findings(answer):
    assert answer.status_code == 422, answer.text
    return answer.json()["findings"]


def test_every_table_is_listed_and_opens(asked):
    tables = asked.get("/api/evidence/tables").json()
    index = asked.get("/evidence").text
    assert {one["name"]: one["rows"] for one in tables}["facts"] == 153
    for one in tables:
        assert f'href="/evidence/tables/{one["name"]}"' in index
        assert asked.get(f"/evidence/tables/{one['name']}").status_code == 200
        assert asked.get(f"/api/evidence/tables/{one['name']}").json()["columns"] == one["columns"]


@pytest.mark.parametrize("kind", ["csv", "json", "parquet"])
def test_a_filter_gives_the_file_of_the_command(asked, command, tmp_path, kind):
    path = tmp_path / f"facts.{kind}"
    command("query", "--table", "facts", "--where", "study=dai2025", "--out", path)
    assert asked.get(f"/api/evidence/tables/facts.{kind}?study=dai2025&route=").content == path.read_bytes()
    body = {"table": "facts", "where": {"study": "dai2025"}}
    assert asked.post(f"/api/evidence/query.{kind}", json=body).content == path.read_bytes()


@pytest.mark.parametrize("kind", ["csv", "json", "parquet"])
def test_a_query_gives_the_file_of_the_command(asked, command, tmp_path, kind):
    query = 'SELECT id, value, low, "where" FROM facts ORDER BY id'
    path = tmp_path / f"found.{kind}"
    command("query", query, "--out", path)
    assert asked.post(f"/api/evidence/query.{kind}", json={"sql": query}).content == path.read_bytes()


def test_the_page_of_a_table_shows_what_was_asked_and_how_sure_it_is(asked):
    page = asked.get("/evidence/tables/facts?confidence=recalled").text
    assert "7 rows" in page
    assert page.count('<span class="surety recalled">') == 14  # beside the id and in its column
    assert "surety confirmed" not in page
    assert "<option selected>recalled</option>" in page
    assert "facts.csv?confidence=recalled" in page
    assert "hepasome evidence query --table facts --where confidence=recalled" in page
    assert 'href="/evidence/tables/sources?id=hyun2015"' in page


def test_a_study_has_a_page_with_its_protocol_and_claims(asked, with_own):
    page = asked.get("/evidence/studies/li2013").text
    for word in ("Protocol", "Claims", "250 ug in 330 uL PBS", 'href="/studies/li2013"', "Stem Cells Dev"):
        assert word in page
    own = asked.get("/evidence/studies/chang2015").text
    assert "Medium &amp; &lt;cells&gt;" in own
    assert "Outcomes" in own
    assert '/studies/chang2015"' not in own.replace("/evidence/studies/chang2015", "")
    everything = asked.get("/api/evidence/studies/li2013").json()
    assert len(everything["tables"]["claims"]["rows"]) == len(load_evidence().claims_of("li2013"))
    assert asked.get("/evidence/studies/nobody").status_code == 404
    assert asked.get("/api/evidence/studies/..").status_code == 404


def test_studies_without_a_study_file_have_a_page_too(asked):
    name = load_evidence().checked[0]
    page = asked.get(f"/evidence/studies/{name}").text
    assert "Claims" in page
    assert "Open the study that is simulated" not in page


def test_what_is_wrong_is_said_at_its_field(asked):
    assert findings(sql(asked, "DROP TABLE facts"))[0]["field"] == "sql"
    assert "only reads" in findings(sql(asked, "DROP TABLE facts"))[0]["problem"]
    assert "Did you mean" in findings(sql(asked, "SELECT * FROM fact"))[0]["problem"]
    wrong = asked.post("/api/evidence/query", json={"table": "facts", "where": {"studi": "x"}})
    assert "study" in findings(wrong)[0]["remedy"]
    assert "one of both" in findings(asked.post("/api/evidence/query", json={}))[0]["problem"]
    both = {"sql": "SELECT 1", "where": {"a": "b"}}
    assert "exclude" in findings(asked.post("/api/evidence/query", json=both))[0]["problem"]
    assert asked.get("/api/evidence/tables/nothing").status_code == 404
    assert asked.get("/api/evidence/tables/facts.xls").status_code == 422
    assert "no such column" in asked.get("/evidence/tables/facts?nothing=1").text


GREEDY = [
    "SELECT list_sum(range(1000000000))",  # one value, which DuckDB neither counts nor interrupts
    "SELECT length(repeat('x', 4000000000))",
    "SELECT * FROM range(1000000000) a, range(1000000000) b ORDER BY hash(a.range)",
    "SELECT repeat('x', 30000000)",  # an answer too large to send
]


@pytest.mark.parametrize("query", GREEDY)
def test_a_greedy_query_is_ended_and_the_next_is_answered(asked, query):
    problem = findings(sql(asked, query))[0]["problem"]
    assert re.search(r"memory|more than", problem)
    assert sql(asked, "SELECT 1 AS one").json() == {"columns": ["one"], "rows": [[1]], "more": False}


@pytest.fixture(scope="module")
def hurried(client_of, mine, tmp_path_factory):
    """A client of a server where a question may take one second."""
    with client_of(tmp_path_factory.mktemp("hurried"), limits=Limits(answer_seconds=1)) as client:
        yield client


def test_a_query_without_end_is_ended_and_others_are_served_meanwhile(hurried):
    answers = []
    assert sql(hurried, "SELECT 1").status_code == 200  # the start does not count
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    asking = threading.Thread(target=lambda: answers.append(sql(hurried, endless)))
    asking.start()
    assert hurried.get("/api/evidence/pool").status_code == 200
    assert answers == []  # it is still asked
    asking.join()
    assert "more than 1 s" in findings(answers[0])[0]["problem"]


def test_who_asks_while_too_many_do_is_told_so(monkeypatch):
    monkeypatch.setattr("hepasome.web._asking._PATIENCE", 0.0)
    monkeypatch.setattr("hepasome.web._asking._PLACES", 0)
    with pytest.raises(RefusedError, match="Ask again"):
        Asking(Limits()).ask("rows", QueryRequest(sql="SELECT 1"))


def test_an_endless_answer_is_cut(asked):
    found = sql(asked, "SELECT * FROM range(1000000000000)").json()
    assert (len(found["rows"]), found["more"]) == (500, True)


@FEW
@given(query=st.text(max_size=60) | st.sampled_from(["SELECT", "FROM facts", "PRAGMA x", "'", "--", "/*", "$$", "\0"]))
def test_any_text_as_a_query_is_answered_or_refused(asked, query):
    answer = sql(asked, query)
    assert answer.status_code in (200, 422)
    if answer.status_code == 422:
        assert all(one["problem"] for one in answer.json()["findings"])


HIDDEN = "nobody may read this"
SIDES = st.sampled_from(
    ["read_csv", "read_text", "read_blob", "read_json", "read_parquet", "glob", "sniff_csv", "parquet_scan"]
)
WRAPS = st.sampled_from(
    ["{}", "SELECT * FROM ({})", "WITH a AS ({}) SELECT * FROM a", "SELECT ({})", "FROM ({}) LIMIT 1"]
)
FORMS = st.sampled_from(
    ["SELECT * FROM {}('{}')", "FROM {}(['{}'])", 'TABLE "{1}"', "SELECT * FROM '{1}'", "COPY '{1}' TO '{1}.x'"]
)


@FEW
@given(side=SIDES, wrap=WRAPS, form=FORMS)
def test_no_query_reads_or_writes_a_file(asked, tmp_path, side, wrap, form):
    path = tmp_path / "secret.csv"
    path.write_text(HIDDEN)
    answer = sql(asked, wrap.format(form.format(side, path)))
    assert answer.status_code == 422
    assert HIDDEN not in answer.text
    assert [one.name for one in tmp_path.iterdir()] == ["secret.csv"]


@FEW
@given(column=st.sampled_from(["id", "study", "value", "note", "confidence"]), value=st.text(max_size=30))
def test_any_value_filters_and_nothing_else(asked, column, value):
    found = asked.post("/api/evidence/query", json={"table": "facts", "where": {column: value}})
    assert found.status_code == 200
    at = found.json()["columns"].index(column)
    assert all(str(row[at]) == value or not isinstance(row[at], str) for row in found.json()["rows"])
    assert asked.get("/evidence/tables/facts", params={column: value}).status_code == 200


def pooled(client, **changed):
    return client.post("/api/evidence/pool", json=BCG | changed)


def test_a_pooling_says_what_the_command_says(asked, command, tmp_path):
    (tmp_path / "bcg.csv").write_text(example_effects())
    printed = command("pool", tmp_path / "bcg.csv", "--measure", "log_odds_ratio", "--out", tmp_path / "out")
    found = pooled(asked).json()
    for line in [*found["lines"], *found["robustness"]]:
        assert f"{line}\n" in printed
    words = [found["terms_table"], found["others_table"]]
    rows = [row for table in words for row in table["rows"]] + [
        [one["label"], one["words"]] for one in found["effects"]
    ]
    for row in rows:
        assert re.search(r"\s+".join(map(re.escape, row)), printed), row
    for name in ("effects.csv", "terms.csv", "forest.svg", "funnel.svg", "forest.png", "funnel.png"):
        assert asked.post(f"/api/evidence/pool/{name}", json=BCG).content == (tmp_path / "out" / name).read_bytes()
    assert found["figures"]["forest"] == (tmp_path / "out" / "forest.svg").read_text()
    assert found["command"] == "hepasome evidence pool effects.csv --measure log_odds_ratio"


def test_the_numbers_are_those_of_metafor(asked):
    """validation/metafor/numbers.csv: bcg, REML knha, and leave one out."""
    found = pooled(asked).json()
    (term,) = found["terms"]
    assert term["estimate"] == pytest.approx(-0.745177770843695, rel=1e-6)
    assert found["between"] == pytest.approx(0.337772033112286, rel=1e-6)
    assert len(found["without"]) == len(found["without_table"]["rows"]) == 13
    assert math.exp(found["without"]["TPT Madras 1980"]["estimate"]) == pytest.approx(0.44, abs=5e-3)
    assert found["prediction"] == pytest.approx([-2.07521532391922, 0.584859782231829], rel=1e-6)


def test_with_moderators_there_are_coefficients_and_no_plots(asked):
    found = pooled(asked, moderators=["latitude"]).json()
    assert [term["name"] for term in found["terms"]] == ["intercept", "latitude"]
    assert found["figures"] == {}
    assert "explain 85% of it" in " ".join(found["robustness"])
    refused = asked.post("/api/evidence/pool/forest.svg", json=BCG | {"moderators": ["latitude"]})
    assert "no one pooled effect" in findings(refused)[0]["problem"]


def test_own_studies_are_pooled_by_endpoint(asked, with_own, command, tmp_path):
    choices = asked.get("/api/evidence/pool").json()
    assert choices["endpoints"] == {"survival": 4}
    assert "dose" in choices["moderators"]
    assert "studies that I added" in asked.get("/evidence/pool").text
    body = {"endpoint": "survival", "measure": "log_odds_ratio"}
    found = asked.post("/api/evidence/pool", json=body).json()
    assert (found["studies"], len(found["effects"])) == (2, 4)
    command("pool", "--endpoint", "survival", "--measure", "log_odds_ratio", "--out", tmp_path / "out")
    theirs = (tmp_path / "out" / "terms.csv").read_bytes()
    assert asked.post("/api/evidence/pool/terms.csv", json=body).content == theirs


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"table": "study,effect,variance\na,x,1\n"}, "table.effect", "not a number"),
        ({"table": "study;effect\na;1\n"}, "table", "commas"),
        ({"table": ""}, "table", "empty"),
        ({"table": "study,effect,variance\na,1,1\n"}, "", "one study alone"),
        ({"moderators": ["nothing"]}, "moderators", "no such moderator"),
        ({"where": {"nothing": "1"}}, "where", "no such moderator"),
        ({"correlation": 1.5}, "", "between 0 and 1"),
        ({"measure": "hedges_g"}, "table", "gives hedges_g"),
        ({"table": None, "endpoint": "ALT"}, "endpoint", "No study"),
        ({"endpoint": "ALT"}, "", "one of both"),
        ({"measure": "g"}, "measure", "hedges_g"),
    ],
)
def test_what_cannot_be_pooled_is_told_at_its_field(asked, changed, field, sentence):
    found = findings(pooled(asked, **changed))[0]
    assert found["field"] == field
    assert sentence in found["problem"] + found["remedy"]


def test_a_table_too_large_to_pool_is_ended(hurried):
    rows = "".join(f"s{i},{i % 7},{1 + i % 3}\n" for i in range(3000))
    found = pooled(hurried, table="study,effect,variance\n" + rows, measure="hedges_g")
    assert "more than" in findings(found)[0]["problem"]


CELL = st.sampled_from(["", "0", "1", "-1", "1e308", "1e-308", "-1e5", "x", "nan", '"', "$x$", "\\frac", "0.5", "12"])
ROW = st.lists(CELL, min_size=3, max_size=3).map(",".join)


@settings(FEW, max_examples=20)
@given(
    rows=st.lists(ROW, min_size=1, max_size=6),
    header=st.sampled_from(["study,effect,variance", "study,events,n", "study,mean,sd"]),
    measure=st.sampled_from(["hedges_g", "log_ratio_of_means", "log_odds_ratio"]),
)
def test_any_table_is_pooled_or_refused_in_words(asked, rows, header, measure):
    answer = pooled(asked, table="\n".join([header, *rows]), measure=measure)
    assert answer.status_code in (200, 422), answer.text
    if answer.status_code == 422:
        assert all(one["problem"] for one in answer.json()["findings"])


def test_a_label_is_text_in_the_plot_too(asked):
    table = "study,effect,variance\n$\\frac$,1,0.1\n<script>,2,0.2\nc,1.5,0.1\n"
    found = pooled(asked, table=table, measure="hedges_g").json()
    assert "<script" not in found["figures"]["forest"]
    ET.fromstring(found["figures"]["forest"])  # noqa: S314 # made here


def test_the_description_tells_the_filter_and_the_files(asked):
    paths = asked.get("/api/openapi.json").json()["paths"]
    own = {path for path in paths if path.startswith("/api/evidence")}
    assert {"/api/evidence/query", "/api/evidence/pool", "/api/evidence/tables/{table}.{kind}"} <= own
    (columns,) = [one for one in paths["/api/evidence/tables/{table}"]["get"]["parameters"] if one["in"] == "query"]
    assert columns["schema"]["type"] == "object"


@pytest.mark.parametrize("path", ["", "/tables/facts", "/studies/li2013", "/pool"])
def test_no_page_has_an_inline_script_or_style_or_leads_elsewhere(asked, path):
    page = asked.get(f"/evidence{path}").text
    assert " style=" not in page
    assert page.count("<script") == page.count('<script type="module" src="/static/')
    assert not any(f'{sign}="{where}' in page for sign in ("src", "href") for where in ("http", "//"))


def test_a_query_that_is_no_unicode_is_refused(asked):
    headers = {"content-type": "application/json"}
    for body in (b'{"sql": "\\ud800"}', b'{"table": "facts", "where": {"id": "\\ud800"}}', b'{"sql": 1}', b"[]", b"{"):
        assert asked.post("/api/evidence/query", content=body, headers=headers).status_code == 422
