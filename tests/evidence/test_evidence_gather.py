"""Effects come from a table or from added studies, and what cannot be one is told."""

from pathlib import Path

import numpy as np
import pytest
from published_for_tests import changed, study_text

from hepasome.evidence import example_effects, gather_outcomes, parse_effects, pool, read_effects, read_published
from hepasome.files import InputError

COUNTS = (
    "study,events,n,control_events,control_n,latitude,allocation\na,4,123,11,139,44,random\nb,6,306,29,303,55,other\n"
)
MEANS = "study,n,mean,sd,control_n,control_mean,control_sd,dose\na,9,60,15,9,120,15,250 ug\nb,6,80,20,6,110,25,50 ug\n"


@pytest.fixture
def table(tmp_path):
    def write(text):
        (tmp_path / "effects.csv").write_text(text)
        return tmp_path / "effects.csv"

    return write


@pytest.fixture
def studies(tmp_path):
    def write(**texts):
        read = []
        for name, text in texts.items():
            (tmp_path / f"{name}.yaml").write_text(text)
            read.append(read_published(tmp_path / f"{name}.yaml"))
        return read

    return write


def of(name, *pairs):
    return changed(study_text(), ("id: chen2024", f"id: {name}"), *pairs)


def test_counts_and_means_become_effects_and_other_columns_moderators(table):
    found = read_effects(table(COUNTS), "log_odds_ratio")
    # validation/metafor/raw.csv, the first two trials of BCG
    assert found.effects.effect == pytest.approx([-0.938694, -1.666191], abs=1e-6)
    assert found.effects.variance == pytest.approx([0.357125, 0.208132], abs=1e-6)
    assert found.effects.moderators == {"latitude": (44.0, 55.0), "allocation": ("random", "other")}
    assert found.left_out == ()
    means = read_effects(table(MEANS), "hedges_g").effects
    assert means.size_variance == pytest.approx([2 / 9, 2 / 6])
    assert means.moderators["dose"] == (250.0, 50.0)
    assert read_effects(table(MEANS), "log_ratio_of_means").effects.effect[0] == pytest.approx(np.log(0.5))


def test_known_effects_are_taken_as_they_are(table):
    found = read_effects(table("study,label,effect,variance\na,early,-1,0.1\na,late,-2,0.2\nb,,-0.5,0.1\n"), "hedges_g")
    assert found.effects.study == ("a", "a", "b")
    assert found.effects.label == ("early", "late", "b")
    assert found.effects.size_variance is None


def test_only_some_may_be_taken(table):
    assert read_effects(table(COUNTS), "log_odds_ratio", {"allocation": "random"}).effects.study == ("a",)
    with pytest.raises(InputError, match="Did you mean `latitude`"):
        read_effects(table(COUNTS), "log_odds_ratio", {"latitud": "44"})
    with pytest.raises(InputError, match="No effect is left"):
        read_effects(table(COUNTS), "log_odds_ratio", {"allocation": "none"})


def test_the_example_is_that_of_the_docs():
    page = (Path(__file__).parents[2] / "docs" / "evidence.md").read_text(encoding="utf-8")
    assert f'```csv title="bcg.csv"\n{example_effects()}```' in page
    assert len(parse_effects(example_effects(), "log_odds_ratio").effects.study) == 13


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (COUNTS.replace("a,4,123", "a,124,123"), "line 2: There are more events than subjects"),
        (COUNTS.replace("a,4,123", "a,,123"), "line 2: Give effect and variance, or"),
        (MEANS.replace("a,9,60,15", "a,9,60,0"), "sd"),
        (MEANS.replace("a,9,60,15", "a,1,60,15"), "two subjects"),
        (MEANS.replace("a,9,60,15", "a,9,much,15"), "not a number"),
        ("study,effect,variance\na,1,-1\n", "greater than 0"),
        ("label,effect,variance\na,1,1\n", "study: This column is missing"),
        ("study,effect,variance,variance\na,1,1,1\n", "stands twice"),
        ("", "empty"),
    ],
)
def test_a_wrong_table_is_told(table, text, sentence):
    with pytest.raises(InputError, match=sentence):
        read_effects(table(text), "hedges_g")


def test_a_table_that_gives_another_measure_says_which(table):
    with pytest.raises(InputError, match="Its numbers give log_odds_ratio"):
        read_effects(table(COUNTS), "hedges_g")


def test_outcomes_of_added_studies_are_gathered_with_their_protocol(studies):
    given = studies(
        a2020=of("a2020"), b2021=of("b2021", ("dose: 250 ug", "dose: 50 ug"), ("species: mouse", "species: rat"))
    )
    found = gather_outcomes(given, "ALT", "hedges_g").effects
    assert found.label == ("a2020", "b2021")
    assert found.moderators["species"] == ("mouse", "rat")
    assert found.moderators["dose"] == (250.0, 50.0)
    assert found.moderators["hours"] == (1512.0, 1512.0)
    assert found.moderators["syrcle"] == (0.0, 0.0)
    assert gather_outcomes(given, "ALT", "hedges_g", {"species": "rat", "year": "2024"}).effects.study == ("b2021",)
    assert pool(found).studies == 2


def test_doses_in_different_units_are_words(studies):
    given = studies(a2020=of("a2020"), b2021=of("b2021", ("dose: 250 ug", "dose: 1e9 particles")))
    assert gather_outcomes(given, "ALT", "hedges_g").effects.moderators["dose"] == ("250 ug", "1e+09 particles")


def test_recalled_numbers_are_left_out_and_told(studies):
    second = changed(
        study_text(),
        ("id: chen2024", "id: b2021"),
        ("digitised\n    confidence: confirmed", "digitised\n    confidence: recalled"),
    )
    found = gather_outcomes(studies(a2020=of("a2020"), b2021=second), "ALT", "hedges_g")
    assert found.effects.study == ("a2020",)
    assert found.left_out == ("The numbers of b2021 are recalled; nobody read them.",)


def test_what_no_study_has_is_told(studies):
    with pytest.raises(InputError, match="hepasome evidence add"):
        gather_outcomes([], "ALT", "hedges_g")
    given = studies(a2020=of("a2020"))
    with pytest.raises(InputError, match="Did you mean `ALT`"):
        gather_outcomes(given, "ALP", "hedges_g")
    with pytest.raises(InputError, match="Its numbers give log_odds_ratio"):
        gather_outcomes(given, "survival", "hedges_g")
    with pytest.raises(InputError, match="Did you mean `species`"):
        gather_outcomes(given, "ALT", "hedges_g", {"specie": "rat"})
