"""A user's own evidence: a file is read whole, told everything that is wrong, and added only if nothing is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from published_for_tests import changed, study_text

from hepasome.evidence import (
    add_published,
    appraisal_items,
    check_published,
    evidence_folder,
    own_studies,
    read_published,
    study_template,
)
from hepasome.files import InputError


@pytest.fixture
def file(tmp_path):
    def write(*pairs, name="study.yaml"):
        (tmp_path / name).write_text(changed(study_text(), *pairs))
        return tmp_path / name

    return write


def told(path):
    return [(finding.line, finding.field, finding.problem) for finding in check_published([path])]


def test_the_tools_of_appraisal_have_their_items():
    # SYRCLE: 10 (Hooijmans 2014 BMC Med Res Methodol 14:43, table 2); EV-METRIC: 9 (Van Deun 2017 Nat Methods 14:228)
    count = {scheme: sum(row.scheme == scheme for row in appraisal_items()) for scheme in ("syrcle", "ev_metric")}
    assert count == {"syrcle": 10, "ev_metric": 9}
    assert all(row.source for row in appraisal_items())


def test_a_blank_template_misses_what_must_be_told_and_nothing_else(tmp_path):
    path = tmp_path / "new.yaml"
    path.write_text(study_template())
    lines = study_template().split("\n")
    found = check_published([path])
    assert {"id", "publication.year", "outcomes.0.treated.n", "risk_of_bias.blinded_assessor.answer"} <= {
        f.field for f in found
    }
    assert sum(finding.field in ("ev_metric", "misev") for finding in found) == 20
    assert not {"protocol.strain", "publication.doi", "protocol.dose"} & {finding.field for finding in found}
    for finding in found:
        assert "missing" in finding.problem
        last = finding.field.split(".")[-1]
        assert last in lines[finding.line - 1] or finding.field in ("ev_metric", "misev")


def test_a_study_is_read_with_its_spread_as_standard_deviation(file):
    study = read_published(file())
    alt, alive = study.outcomes
    assert alt.treated.sd == pytest.approx(15)  # 5 * sqrt(9)
    assert alt.control.sd == 15
    assert alt.hours == 9 * 7 * 24
    # (60 - 120) / 15 = -4, times gamma(8) / (gamma(7.5) sqrt(8)) = 0.9523
    assert alt.estimate("hedges_g").effect == pytest.approx(-3.809, abs=2e-3)
    assert alt.estimate("log_odds_ratio") is None
    assert alive.estimate("hedges_g") is None
    assert (study.share("syrcle"), study.share("ev_metric"), study.share("misev")) == (0, 1, 1)


FAULTS = [
    (("id: chen2024", "id: Chen 2024"), 1, "id", "Write small letters, digits and _, a letter first."),
    (("endpoint: ALT", "endpoint: ALTT"), 12, "outcomes.0.endpoint", "There is no such endpoint."),
    (("unit: U/L", "unit: g/L"), 14, "outcomes.0.unit", "ALT is read in U/L."),
    (("- id: alive", "- id: alt"), 19, "outcomes.1.id", "This id stands twice."),
    (("mean: 60, spread: 5, spread_kind: se", "mean: 60, spread: 5"), 15, "outcomes.0.treated",
     "Give mean, spread and spread_kind, or events."),
    (("n: 9, mean: 60", "n: 1, mean: 60"), 15, "outcomes.0.treated", "A mean with spread needs two subjects or more."),
    (("events: 9", "events: 13"), 22, "outcomes.1.treated", "There are more events than subjects."),
    (("events: 9", "events: 9, mean: 3"), 22, "outcomes.1.treated", "Give either a mean or events, not both."),
    (("{arm: exosomes, n: 12", "{arm: vehicle, n: 12"), 19, "outcomes.1", "An arm is compared with itself."),
    (("{arm: vehicle, n: 12, events: 5}", "{arm: vehicle, n: 12, mean: 5, spread: 1, spread_kind: sd}"), 19,
     "outcomes.1", "One arm has a mean and the other has events."),
    (("spread: 15", "spread: 0"), 16, "outcomes.0.control.spread", "It should be greater than 0."),
    (("dose: 250 ug", "dose: 250 mL"), 8, "protocol.dose", None),
    (("time: 9 wk", "time: 9"), 13, "outcomes.0.time", None),
    (("random_housing: {answer: unclear}", "random_housing: {answer: 'yes'}"), 30, "risk_of_bias.random_housing",
     "An answer other than `unclear` needs its reason."),
    (("random_housing:", "random_house:"), 30, "risk_of_bias", "There is no such item."),
    (("  lysate: 'yes'\n", ""), 37, "ev_metric",
     "The answer to `lysate` is missing: composition of the lysis buffer told?"),
    (("given: EV", "given: EW"), 6, "protocol.given", "This is not one of the allowed words."),
]  # fmt: skip


@pytest.mark.parametrize(("pair", "line", "field", "problem"), FAULTS, ids=[pair[1][:30] for pair, *_ in FAULTS])
def test_a_fault_is_told_with_its_place(file, pair, line, field, problem):
    found = told(file(pair))
    assert (line, field) in [one[:2] for one in found]
    if problem is not None:
        assert (line, field, problem) in found


def test_all_faults_come_at_once(file):
    pairs = [pair for pair, *_ in FAULTS if pair[0] in ("endpoint: ALT", "events: 9", "dose: 250 ug", "id: chen2024")]
    pairs = list({pair[0]: pair for pair in pairs}.values())
    fields = {field for _, field, _ in told(file(*pairs))}
    assert fields == {"id", "protocol.dose", "outcomes.0.endpoint", "outcomes.1.treated"}


def test_cells_need_no_answers_about_vesicles(file):
    text = study_text()
    path = file()
    path.write_text(changed(text[: text.index("ev_metric:")], ("given: EV", "given: CELL")))
    assert told(path) == []
    assert read_published(path).share("ev_metric") is None


def test_an_endpoint_that_hepasome_lacks_may_be_told_as_such(file):
    assert (
        told(file(("endpoint: ALT\n", "endpoint: NAS\n    not_modelled: true\n"), ("unit: U/L", "unit: points"))) == []
    )
    found = told(file(("endpoint: ALT\n", "endpoint: ALT\n    not_modelled: true\n")))
    assert [problem for _, _, problem in found] == ["hepasome has this endpoint."]


def test_an_added_study_is_there_and_its_file_the_same(file, tmp_path):
    path, mine = file(), tmp_path / "mine"
    assert own_studies(mine) == ()
    added = add_published(path, mine)
    assert added == mine / "chen2024.yaml"
    assert added.read_text() == path.read_text()
    assert own_studies(mine) == (read_published(path),)


def test_nothing_changes_on_bad_input(file, tmp_path):
    mine = tmp_path / "mine"
    with pytest.raises(InputError):
        add_published(file(("events: 9", "events: 13")), mine)
    assert not mine.exists()
    add_published(file(), mine)
    before = (mine / "chen2024.yaml").read_bytes()
    for replace in (False, True):
        with pytest.raises(InputError):
            add_published(file(("events: 9", "events: 13")), mine, replace=replace)
    assert (mine / "chen2024.yaml").read_bytes() == before


def test_a_study_takes_the_place_of_another_only_if_asked(file, tmp_path):
    mine = tmp_path / "mine"
    add_published(file(), mine)
    new = file(("events: 9", "events: 8"))
    with pytest.raises(InputError, match="--replace"):
        add_published(new, mine)
    add_published(new, mine, replace=True)
    assert own_studies(mine)[0].outcomes[1].treated.events == 8


def test_ids_of_shipped_studies_and_of_each_other_are_taken(file, tmp_path):
    shipped = file(("id: chen2024", "id: li2013"))
    assert "ships with hepasome" in check_published([shipped])[0].problem
    with pytest.raises(InputError, match="ships"):
        add_published(shipped, tmp_path / "mine", replace=True)
    first, second = file(), file(name="again.yaml")
    assert [finding.file for finding in check_published([first, second])] == [str(second)]


def test_a_file_that_was_broken_by_hand_is_told(file, tmp_path):
    add_published(file(), tmp_path / "mine")
    (tmp_path / "mine" / "chen2024.yaml").rename(tmp_path / "mine" / "other.yaml")
    with pytest.raises(InputError, match="not named after its study"):
        own_studies(tmp_path / "mine")


def test_the_folder_is_where_the_variable_says(monkeypatch, tmp_path):
    monkeypatch.setenv("HEPASOME_EVIDENCE", str(tmp_path / "here"))
    assert evidence_folder() == tmp_path / "here"
    monkeypatch.delenv("HEPASOME_EVIDENCE")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert evidence_folder().name == "evidence"


@settings(deadline=None, max_examples=150)
@given(data=st.data(), tail=st.text(max_size=12))
def test_any_torn_file_is_findings_or_a_study(data, tail, tmp_path_factory):
    path = tmp_path_factory.mktemp("torn") / "study.yaml"
    text = study_text()
    path.write_text(text[: data.draw(st.integers(0, len(text)))] + tail, encoding="utf-8", errors="replace")
    if not check_published([path]):
        read_published(path)


@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_any_value_at_any_place_is_findings_or_a_study(data, tmp_path_factory):
    path = tmp_path_factory.mktemp("odd") / "study.yaml"
    lines = study_text().split("\n")
    i = data.draw(st.sampled_from([i for i, line in enumerate(lines) if ":" in line]))
    odd = data.draw(st.sampled_from(["", "[]", "{}", "3", "[1, 2]", "{a: 1}", "x", "-1e300", "true"]))
    lines[i] = lines[i].split(":")[0] + ": " + odd
    path.write_text("\n".join(lines))
    if not check_published([path]):
        read_published(path)
