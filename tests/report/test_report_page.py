"""The page of a run: whole, self-contained, safe, and with the numbers of the run."""

import dataclasses
import json
import re
import shlex
import sys
from collections import Counter

import pytest

from hepasome.biology import parameters
from hepasome.cli import main
from hepasome.evidence import load_evidence
from hepasome.inference import cargo_per_cell, changes, judge, vesicles_per_cell
from hepasome.report import number, p_value, render_report
from hepasome.trial import load_study

UNIT = re.compile(r" (U/L|% of section|fold of healthy|share)$")


def chips(page):
    """Texts of the coloured labels without their counts, by colour."""
    found = re.findall(r'<span class="chip" style="background:(#\w{6})">(?:[●■◆▲] )?(?:\d+ )?([^<]+)</span>', page.html)
    return {text: {colour for colour, other in found if other == text} for _, text in found}


def provenance(page):
    return {row[0]: row[1] for row in page.tables[-1]}


def test_every_tag_is_closed_in_order_and_every_id_is_there_once(report):
    assert report.page.faults == []
    assert [name for name, count in Counter(report.page.ids).items() if count > 1] == []


def test_every_link_of_the_page_leads_to_a_place_in_it(report):
    page = report.page
    inside = {value[1:] for tag, _, value in page.attributes if tag == "a" and value.startswith("#")}
    assert inside == {
        "protocol", "vesicles", "courses", "endpoints", "claims", "attribution", "assumed", "identifiability",
        "provenance",
    }  # fmt: skip
    used = {value[1:] for _, name, value in page.attributes if name == "xlink:href"}
    used |= set(re.findall(r"url\(#([^)]*)\)", page.html))
    assert used
    assert used | inside <= set(page.ids)


def test_the_page_loads_nothing(report, mine):
    for page in (report.page, mine.page):
        assert not {"script", "link", "iframe", "img", "image", "object", "embed", "base", "form"} & set(page.tags)
        for tag, name, value in page.attributes:
            assert not name.startswith("on")
            assert name not in ("src", "srcset", "data", "action", "poster", "background")
            if name.endswith("href"):
                assert value.startswith("#") or (tag == "a" and value.startswith("https://"))
        assert set(re.findall(r"url\((.)", page.html)) == {"#"}
        assert not re.search(r"@import|@font-face", page.html)


def test_sources_of_claims_are_plain_links(shipped):
    links = {value for tag, name, value in shipped("li2013").page.attributes if (tag, name) == ("a", "href")}
    references = {reference.id: reference for reference in load_evidence().references}
    assert f"https://doi.org/{references['vanpham2017'].doi}" in links
    assert references["table_pmc9021384"].url in links


def test_every_endpoint_of_every_arm_has_the_numbers_of_the_statistics(report):
    run = report.run
    rows = {UNIT.sub("", row["endpoint"]): row for row in report.page.rows("endpoint")}
    assert list(rows) == [str(endpoint) for endpoint in run.study.endpoints]
    assert all(list(row)[1:] == list(run.study.arms) for row in rows.values())
    drawn = changes(run).set_index(["endpoint", "arm"])
    found = run.statistics()
    assert len(found) == len(rows) * len(run.study.arms)
    for row in found.itertuples():
        expected = f"{number(row.mean)} ± {number(row.sd)} n = 2"
        if row.arm != run.study.control:
            expected += f" g {row.g:+.2f} [{row.g_low:+.2f}, {row.g_high:+.2f}] {p_value(row.p)}"
            change = [f"{x:+.1f}" if float(f"{x:.1f}") else "0.0" for x in drawn.loc[(row.endpoint, row.arm)]]
            expected += " draws {} % [{}, {}]".format(*change)
        assert rows[row.endpoint][row.arm] == expected


def test_every_published_claim_stands_with_its_verdict_and_reason(report):
    verdicts, rows = judge(report.run), report.page.rows("claim")
    assert len(rows) == len(verdicts) > 0
    for verdict, row in zip(verdicts, rows, strict=True):
        assert row["claim"].startswith(f"{verdict.claim.statement} {verdict.claim.arm} against {verdict.claim.versus}")
        assert (row["verdict"], row["why"]) == (verdict.label, verdict.reason)
        assert row["draws in its direction"] == f"{100 * verdict.probability:.0f} %"
        shown = re.findall(r"[-+]?\d+\.\d", row["simulated change, 90 % of the draws"])
        actual = [verdict.change, verdict.change_low, verdict.change_high]
        assert [float(text) for text in shown] == pytest.approx(actual, abs=0.051)
        assert not re.search(r"[-+]0\.0\b", " ".join(shown))


def test_the_summary_counts_the_verdicts(report):
    counts = Counter(verdict.label for verdict in judge(report.run))
    sentence = re.search(rf"Of {counts.total()} published claims: ([^.]+)\.", report.page.text).group(1)
    assert dict(part.split(" ", 1)[::-1] for part in sentence.split(", ")) == {k: str(n) for k, n in counts.items()}


def test_every_status_has_one_colour_and_every_parameter_of_the_model_is_listed_under_its_status(report):
    colours = chips(report.page)
    used = [colours[status] for status in ("measured", "derived", "fitted", "assumed")]
    assert all(len(one) == 1 for one in used)
    assert len(set().union(*used)) == 4
    rows = report.page.rows("parameter")
    known = parameters(report.run.study.subject.species)
    symbols = {row["parameter"].split()[-1]: row for row in rows}
    assert set(symbols) == set(known) & set(report.run.plan.model.parameters)
    assert len(symbols) == len(rows)
    assert all(row["source"] == " ".join(known[symbol].source.split()) for symbol, row in symbols.items())


def test_vesicles_and_copies_per_cell_are_those_of_the_inference(report):
    cells, cargo = vesicles_per_cell(report.run), cargo_per_cell(report.run)
    tables = report.page.rows("arm")
    shown = [row["vesicles per cell, until the read-out"] for row in tables if "cell type" in row]
    assert shown == [number(value) for value in cells["vesicles"]]
    rows = [row for row in tables if "needed per cell" in row]
    for name in ("carried per vesicle", "delivered per cell", "needed per cell", "required per vesicle"):
        short = name.split()[0]
        expected = [
            f"{number(row[short])} {number(row[f'{short}_low'])} to {number(row[f'{short}_high'])}"
            for row in cargo.to_dict("records")
        ]
        shown = [re.sub(r" [●■◆▲] \w+$", "", row[name]) for row in rows]
        assert shown == expected
    loaded = "copies on AGO per cell for each copy per vesicle, at the peak"
    shown = [row[loaded] for row in tables if "cell type" in row]
    assert shown == [
        f"{number(row.loaded)} {number(row.loaded_low)} to {number(row.loaded_high)}" for row in cells.itertuples()
    ]


def test_two_products_of_one_base_are_both_shown_with_their_arms(shipped):
    page = shipped("qu2017").page
    assert "Exosomes of adipose MSC (control_exosome)" in page.headings
    assert "Exosomes of adipose MSC (enriched_exosome)" in page.headings
    copies = [row["value"] for row in page.rows("quantity") if row["quantity"] == "miR-181-5p, copies per vesicle"]
    assert copies == ["0.00825", "8.25"]


def test_the_provenance_says_seed_model_and_versions(report):
    told, run = provenance(report.page), report.run
    assert run.plan.model.hash in told["model"]
    assert told["run"] == run.provenance["identity"]
    for name, version in run.provenance["versions"].items():
        assert f"{name} {version}" in told["versions"]
    assert told["subjects"].startswith(f"{len(run.subjects)} simulated: {2 * len(run.study.arms)} animals")
    command = told["again, to the last bit"]
    assert command == f"hepasome run {run.study.id} --seed 1 --draws 2 --subjects 2"


def test_the_command_of_the_page_gives_the_same_run(mine, folder, tmp_path, monkeypatch, capsys):
    command = provenance(mine.page)["again, to the last bit"]
    assert command.endswith(" with study.yaml, the file of this study")
    arguments = shlex.split(command.removesuffix(" with study.yaml, the file of this study"))
    monkeypatch.setattr(sys, "argv", [*arguments, "--workers", "1", "--out", str(tmp_path / "again")])
    monkeypatch.chdir(folder)
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code in (None, 0), capsys.readouterr()
    assert json.loads((tmp_path / "again" / "run.json").read_text())["identity"] == mine.run.provenance["identity"]
    assert (tmp_path / "again" / "report.html").read_bytes() == mine.path.read_bytes()


def test_a_study_that_was_changed_is_not_called_by_the_id_of_the_shipped_one(mine, parse):
    study = mine.run.study.model_copy(update={"id": "li2013"})
    run = dataclasses.replace(mine.run, plan=dataclasses.replace(mine.run.plan, study=study))
    assert load_study("li2013") != study
    assert provenance(parse(render_report(run)))["again, to the last bit"].startswith("hepasome run study.yaml ")


def test_the_same_run_gives_the_same_bytes(mine):
    assert render_report(mine.run).encode() == mine.path.read_bytes()


def test_what_a_user_wrote_is_shown_as_text_and_nothing_of_it_is_markup(mine, attack):
    page, study = mine.page, mine.run.study
    product = study.products()["exosome"]
    assert page.faults == []
    assert page.headings[0] == attack
    for text in (*study.notes, study.system, study.subject.body_weight.reason, *product.notes, product.name):
        assert text in page.text
        assert text not in page.html
    assert not {"i", "em", "u", "vesicles"} & set(page.tags)


def test_a_product_from_laboratory_files_shows_its_assumptions_and_how_its_numbers_were_derived(mine):
    product = mine.run.study.products()["exosome"]
    for sentence in product.assumptions:
        assert sentence in mine.page.text
    rows = {row["quantity"]: row for row in mine.page.rows("quantity")}
    assert rows["particles per ug of protein"] == {
        "quantity": "particles per ug of protein",
        "value": "2.0e9",
        "5 to 95 %": "1.5e9 to 2.5e9",
        "status": "■ derived",
        "source": "NTA of 3 <u>March</u> 4e11 particles/mL / 200 ug/mL of protein & dilution 1000",
    }
    assert (rows["diameters"]["value"], rows["diameters"]["source"]) == ("histogram of 4 bins", "summary<1>.csv")
    assert rows["miR-122-5p, copies per vesicle"]["source"] == "counts.csv 0.4 of 0.01 copies"
    assert (
        "exosome: 8.0e10 particles per dose, 6.0e10 to 1.0e11 (40 ug x 2e+09 particles per ug of protein)"
        in mine.page.text
    )
