"""What delivered miRNAs could repress: known answers, what must hold for any dose, and what is said."""

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hepasome.biology import actions, parameters
from hepasome.files import InputError
from hepasome.inference import needed_copies
from hepasome.product import Cargo, Estimate, load_product
from hepasome.targets import (
    CELLS,
    TABLES,
    Exposure,
    Lanes,
    chosen,
    exposures_from,
    exposures_of,
    families,
    find_targets,
    members_of,
    proxies,
    proxy_notes,
)
from hepasome.targets._tables import affinities, background_reads, constants, panel, predicted_targets, seeds
from hepasome.targets._words import ceiling_words

NATIVE = load_product("adipose_msc_exosome")


def carrying(**copies):
    """Vesicles with these copies of miRNAs; names are written with _ for -."""
    cargo = tuple(
        Cargo(
            name=name.replace("_", "-"),
            kind="miRNA",
            location="cytosolic",
            copies_per_vesicle=Estimate(value=value, status="assumed", source="test"),
        )
        for name, value in copies.items()
    )
    return NATIVE.model_copy(update={"cargo": cargo})


def found(product, vesicles, cell="stellate", draws=60, **more):
    return find_targets(product, [Exposure(cell, vesicles, **more)], draws=draws)


def row(table, **wanted):
    for name, value in wanted.items():
        table = table[table[name] == value]
    (only,) = table.to_dict("records")
    return only


def test_native_copies_are_negligible_in_every_cell():
    # Chevillet 2014: 0.00825 copies per vesicle; thousands of vesicles per cell are more than any study delivers
    result = find_targets(NATIVE, chosen(exposures_from(["3000"]), []))
    assert set(result.doses["cell"]) == set(CELLS)
    assert (result.doses["verdict"] == "negligible at this dose").all()
    said = result.targets["verdict"]
    assert (said.str.startswith("negligible at this dose") | (said == "not expressed in the proxy cell")).all()


def test_no_vesicles_repress_nothing():
    result = found(NATIVE, 0.0)
    for name in ("copies_per_cell", "occupied_more_percent", "strongest_site_percent", "strongest_site_percent_high"):
        assert (result.doses[name] == 0).all()
    assert (result.targets["repressed_percent"].dropna() == 0).all()
    assert (found(carrying(miR_122_5p=0.0), 1e5).targets["repressed_percent"].dropna() == 0).all()


@settings(deadline=None, max_examples=15)
@given(copies=st.floats(1e-3, 400), vesicles=st.floats(1, 1e6), more=st.floats(1.5, 50), cell=st.sampled_from(CELLS))
def test_more_copies_or_vesicles_never_repress_less(copies, vesicles, more, cell):
    few = found(carrying(miR_122_5p=copies), vesicles, cell, draws=8)
    for many in (
        found(carrying(miR_122_5p=copies * more), vesicles, cell, draws=8),
        found(carrying(miR_122_5p=copies), vesicles * more, cell, draws=8),
    ):
        both = few.targets.merge(many.targets, on="target", suffixes=("_few", "_many"))
        assert (both["repressed_percent_few"].dropna() <= both["repressed_percent_many"].dropna()).all()
        assert many.doses["copies_per_cell"][0] == pytest.approx(more * few.doses["copies_per_cell"][0])


def test_a_flood_of_mir_122_represses_p4ha1_in_a_stellate_cell_and_not_in_a_hepatocyte():
    flood = carrying(miR_122_5p=80.0)
    stellate = row(found(flood, 1e6).targets, target="P4HA1")
    assert stellate["repressed_percent"] == pytest.approx(64, abs=8)  # one 8mer site: at most 63.96 %, times two kinds
    assert stellate["repressed_percent"] < 63.97
    assert stellate["verdict"] == "enough to be seen"
    few = row(found(flood, 1e4, "hepatocyte").targets, target="P4HA1")
    assert few["repressed_percent"] < 1  # the cell holds 66,000 copies itself
    need = found(flood, 1e4, "hepatocyte").doses.iloc[0]
    assert math.isinf(need["needed_copies_per_cell"])
    assert "the cell holds so many" in need["required"]


def test_few_copies_cannot_fill_the_sites_of_a_cell():
    def gain(sites_per_mrna):
        pools = {(seeds()["miR-122-5p"], "stellate"): (sites_per_mrna, 0.0, 0.0)}
        product, exposure = carrying(miR_122_5p=1.0), Exposure("stellate", 1e6)
        return find_targets(product, [exposure], Lanes(pools=pools), draws=60).doses.iloc[0]

    few, many = gain(0.001), gain(1.0)
    assert few["copies_per_cell"] == many["copies_per_cell"] == 1000
    assert many["sites_per_cell"] == 360_000  # one on every mRNA
    assert many["occupied_more_percent"] == pytest.approx(100 * 1000 / 360_000)
    assert few["occupied_more_percent"] > 10  # 360 sites: affinity alone decides
    assert many["strongest_site_percent_high"] < few["strongest_site_percent_high"]


def test_the_needed_copies_are_those_of_the_report_of_a_run():
    # the module rna_action has no own miR-122 in a stellate cell, the proxy has a tenth of a copy
    ours = found(carrying(miR_122_5p=1.0), 10.0).doses["needed_copies_per_cell"][0]
    values = {symbol: row.value for symbol, row in parameters("mouse").items()}
    assert ours == pytest.approx(needed_copies(values, "P4HA1_by_miR_122"), rel=1e-3)


def test_a_run_says_what_arrives_in_the_cells_that_have_targets():
    rows = [("a", "stellate", 5.0, 1.0, 9.0, 0.002), ("a", "kupffer", 50.0, math.nan, math.nan, 0.01)]
    rows += [("a", "endothelial", 7.0, 1.0, 9.0, 0.1), ("b", "stellate", 1.0, 1.0, 1.0, 1.0)]
    delivered = pd.DataFrame(rows, columns=["arm", "cell", "vesicles", "low", "high", "loaded"])
    exposures = exposures_of("a", delivered, "a run")
    assert exposures == {
        "stellate": Exposure("stellate", 5.0, 1.0, 9.0, 0.002, "a run"),
        "kupffer": Exposure("kupffer", 50.0, None, None, 0.01, "a run"),
    }
    assert [one.cell for one in chosen(exposures, ["kupffer"])] == ["kupffer"]


def test_paralogues_with_one_seed_act_together():
    alone, other = found(carrying(miR_181a_5p=5.0), 1e5), found(carrying(miR_181a_5p=2.0, miR_181b_5p=3.0), 1e5)
    assert other.doses["mirna"].tolist() == ["miR-181a-5p, miR-181b-5p"]
    assert other.doses["strongest_site_percent"][0] == pytest.approx(alone.doses["strongest_site_percent"][0])


def test_a_loaded_copy_of_a_run_counts_as_the_run_says():
    result = found(carrying(miR_122_5p=2.0), 1000.0, loaded=3.5, low=500.0, high=2000.0)
    assert result.doses["copies_per_cell"][0] == pytest.approx(7)
    assert result.doses["copies_per_cell_low"][0] < 7 < result.doses["copies_per_cell_high"][0]


@pytest.mark.parametrize(
    ("mirna", "gene", "pmid"),
    [  # classics, each looked up in miRTarBase
        ("miR-122-5p", "P4HA1", "23178710"),
        ("miR-122-5p", "SLC7A1", "16777601"),
        ("miR-122-5p", "CCNG1", "17616664"),
        ("miR-122-5p", "ALDOA", "19296470"),
        ("let-7a-5p", "KRAS", "15766527"),
        ("let-7a-5p", "HMGA2", "17322030"),
        ("miR-125b-5p", "SMO", "20216554"),
    ],
)
def test_known_targets_are_in_the_measured_lane(mirna, gene, pmid):
    said = row(found(carrying(**{mirna.replace("-", "_"): 1.0}), 1.0).targets, target=gene)
    assert said["measured"] == "yes"
    assert said["reporter"] >= 1
    assert pmid in said["pmids"].split()


def test_the_lanes_stand_side_by_side_and_neither_speaks_for_the_other():
    table = found(NATIVE, 100.0).targets
    smo = row(table, target="SMO", mirna="miR-125b-5p")
    assert smo["measured"] == "yes"
    assert smo["sites"] == "none listed"  # TargetScan 7.2 has no conserved site in man, mouse or rat
    assert math.isnan(smo["repressed_percent"])
    assert smo["lanes"] == "measured"
    assert smo["verdict"] == "negligible at this dose, even with an 8mer site"
    stat3 = row(table, target="STAT3", mirna="miR-181-5p")
    assert (stat3["context_score"], stat3["lanes"]) == (-0.019, "both")
    only = table[table["lanes"] == "predicted"]
    assert set(only["measured"]) == {"no record"}
    assert (only["reports"] == 0).all()


def test_actions_of_the_model_are_named_in_their_cell_alone():
    result = find_targets(NATIVE, chosen(exposures_from(["5"]), []), draws=8)
    named = result.targets[result.targets["in_the_model"] != ""]
    assert set(zip(named["in_the_model"], named["cell"], strict=True)) == {
        (action.action, action.cell) for action in actions() if action.form == "occupancy"
    }


@pytest.mark.parametrize("action", [action for action in actions() if action.form == "occupancy"], ids=str)
def test_the_numbers_agree_with_those_of_the_model(action):
    rows, (member, *_) = parameters("mouse"), members_of(action.cargo)
    row = rows[f"{action.action}_dissociation_constant"]
    assert affinities()[member].constants()[0] == pytest.approx(row.value, rel=0.01)
    reads = background_reads()[seeds()[member], action.cell]
    own, known = reads / 1e6 * constants()["mirna_copies_per_cell"].value, rows[f"{action.action}_background_copies"]
    assert known.low <= own <= known.high  # ours is of the whole seed family, the model's of the miRNA that is named


@pytest.mark.parametrize(
    ("written", "members"),
    [
        ("hsa-miR-122-5p", ("miR-122-5p",)),
        ("mmu-miR-21a-5p", ("miR-21-5p",)),
        ("miR-181-5p", ("miR-181a-5p", "miR-181b-5p", "miR-181c-5p", "miR-181d-5p")),
        ("miR-124-3p.1", ("miR-124-3p",)),
        ("let-7a-5p/7c-5p", ("let-7a-5p",)),
        ("miR-122", ()),  # two arms, two seeds
        ("mmu-mir-6236", ()),  # a fragment of ribosomal RNA
        ("1-Mar", ()),
    ],
)
def test_a_name_stands_for_miRNAs_with_one_seed_or_for_none(written, members):  # noqa: N802 # the field's word
    assert set(members_of(written)) == set(members)


def test_what_is_no_mirna_has_no_target_model_and_is_told():
    y_rna = Cargo(
        name="Y-RNA-1",
        kind="other_RNA",
        location="cytosolic",
        copies_per_vesicle=Estimate(value=1, status="assumed", source="test"),
    )
    product = NATIVE.model_copy(update={"cargo": (*carrying(miR_122_5p=1.0, miR_9999_5p=1.0).cargo, y_rna)})
    carried, notes = families(product)
    assert [family.name for family in carried] == ["miR-122-5p"]
    assert any("Y-RNA-1" in note and "no target model" in note for note in notes)
    assert any("miR-9999-5p" in note for note in notes)
    with pytest.raises(InputError, match="names no miRNA"):
        find_targets(NATIVE.model_copy(update={"cargo": (y_rna,)}), [])


def test_what_nobody_looked_up_is_not_called_absent():
    result = found(carrying(miR_7_5p=1.0), 10.0)
    assert result.targets.empty
    assert "median of 191 miRNAs" in result.doses["affinity_of"][0]
    assert math.isnan(result.doses["own_copies_per_cell"][0])
    told = " ".join(result.notes)
    for words in ("predicted lane: miR-7-5p", "measured lane: miR-7-5p", "upper bound"):
        assert words in told


def test_vesicles_that_no_cell_has_room_for_are_called_so():
    assert "room" in " ".join(found(NATIVE, 100.0, high=9e7, low=1.0).notes)
    assert "room" not in " ".join(found(NATIVE, 1e5).notes)


def test_the_same_seed_gives_the_same_numbers_and_a_cell_does_not_depend_on_its_company():
    alone = found(NATIVE, 7.0, "kupffer")
    both = find_targets(NATIVE, [Exposure("stellate", 7.0), Exposure("kupffer", 7.0)], draws=60)
    rows = both.doses[both.doses["cell"] == "kupffer"].reset_index(drop=True)
    assert rows.equals(alone.doses)
    assert not find_targets(NATIVE, [Exposure("kupffer", 7.0)], seed=2, draws=60).doses.equals(alone.doses)


@pytest.mark.parametrize(
    ("copies", "words"),
    [(0.001, "native"), (20, "loaded"), (300, "more than loaded"), (1e4, "fits"), (math.inf, "no number")],
)
def test_needed_copies_are_held_against_what_vesicles_carry(copies, words):
    assert words in ceiling_words(copies)


def test_every_proxy_is_named_and_only_one_is_nearly_the_true_cell():
    assert set(proxies()) == set(CELLS)
    assert [cell for cell, one in proxies().items() if one.true_cell == "nearly"] == ["hepatocyte"]
    (note,) = proxy_notes(["kupffer"])
    assert "THP-1" in note
    assert "no table of Kupffer cells was found" in note


def test_every_shipped_table_has_its_source_and_terms():
    notice = (TABLES / "NOTICE.md").read_text()
    for path in TABLES.iterdir():
        assert path.name == "NOTICE.md" or f"`{path.name}`" in notice


def test_the_shipped_part_stays_a_part():
    # TargetScan 7.2 has 109,556 rows, miRTarBase 11,304 strong records: we may not pass them on
    mirnas, genes = panel()
    assert len(predicted_targets()) < 1000
    assert {target.gene for target in predicted_targets()} <= genes
    assert mirnas <= set(seeds())
