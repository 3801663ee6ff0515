"""The application as its users use it: in a browser, with mouse and keyboard."""

import contextlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from lab_upload import LAB_FILES
from playwright import sync_api as playwright

from hepasome.trial import load_study, study_path

WIDE, TABLET = {"width": 1280, "height": 900}, {"width": 820, "height": 1180}


DROPPED = """files => {
  const all = new DataTransfer();
  for (const [name, text] of files) all.items.add(new File([text], name));
  return all;
}"""


def test_a_whole_visit_ends_with_the_numbers_of_the_command_line(page, serve, tmp_path):
    """Copy a trial, double its dose, drop files that become another arm, run it, read the effect, take the report."""
    _, address = serve(tmp_path)
    page.goto(address)
    page.get_by_label("Find").fill("umbilical mouse exosome")
    page.get_by_role("link", name="Umbilical-cord MSC exosomes in CCl4 fibrosis of the mouse").click()
    page.get_by_text("Copy", exact=True).click()
    page.get_by_label("Id of the copy").fill("doubled")
    page.get_by_role("button", name="Make the copy").click()

    dose = page.locator("[data-path='arms.exosome.treatment.dose']")
    dose.get_by_label("Dose", exact=True).fill("500")
    playwright.expect(dose.locator(".problem")).to_contain_text("unit is missing")
    playwright.expect(page.locator("#checked")).to_contain_text("1 problem")
    dose.get_by_label("Dose", exact=True).fill("500 ug")
    playwright.expect(dose.locator(".problem")).to_be_hidden()
    playwright.expect(page.locator("#timeline")).to_contain_text("500 ug")  # drawn as one writes
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/studies/doubled")

    drop_and_keep(page, address)
    page.get_by_text("Use it in a study").click()
    page.get_by_label("Study").select_option("doubled")
    page.get_by_role("button", name="Add the arm").click()
    page.wait_for_url("**/studies/doubled/edit#arm-dropped")
    playwright.expect(page.locator("#checked")).to_contain_text("All of it holds")
    playwright.expect(page.locator("#arm-dropped")).to_be_in_viewport()
    playwright.expect(page.locator("#timeline")).to_contain_text("dropped, 500 ug")

    page.goto(f"{address}studies/doubled")
    page.get_by_label("Animals per arm").fill("3")
    page.get_by_label("Draws of what is not known").fill("2")
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**/runs/doubled-*")
    with contextlib.suppress(playwright.Error):  # the page loads itself anew, perhaps just now, when the run goes on
        page.reload()  # the run does not mind
    playwright.expect(page.get_by_role("heading", name="Endpoints")).to_be_visible(timeout=120_000)
    arms = page.locator("table.numbers thead th").all_inner_texts()
    effects = page.locator("tr", has=page.get_by_role("rowheader", name="collagen_area")).locator("th, td")
    shown = {arm: effects.nth(arms.index(arm)).inner_text() for arm in ("exosome", "dropped")}
    playwright.expect(page.get_by_role("heading", name="Published claims")).to_be_visible()
    playwright.expect(page.get_by_text("These claims are about li2013")).to_be_visible()
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download the report").click()
    downloaded = Path(coming.value.path()).read_text()

    by_command = tmp_path / "by_command"
    by_command.mkdir()
    shutil.copy(tmp_path / "studies" / "doubled" / "study.yaml", by_command)
    typed("product", "read", *COUNTED, *AS_OPTIONS, "--out", by_command / "dropped.yaml")
    assert str(load_study(by_command / "study.yaml").arms["exosome"].treatment.dose) == "500 ug"
    few = ("--subjects", 3, "--draws", 2, "--workers", 1)
    typed("run", by_command / "study.yaml", *few, "--out", by_command / "run")
    assert downloaded == (by_command / "run" / "report.html").read_text()
    for arm, text in shown.items():
        effect = re.search(r"g ([+-][\d.]+ \[[+-][\d.]+, [+-][\d.]+\])", text)[1]
        assert f"g {effect}" in downloaded, arm


def typed(*words):
    """The command line in a process of its own."""
    command = [sys.executable, "-c", "from hepasome.cli import main; main()", *map(str, words)]
    subprocess.run(command, check=True, capture_output=True)


COUNTED = [file for file in LAB_FILES if file.suffix == ".csv"]  # sizes and small RNA
AS_OPTIONS = ["--id", "dropped", "--source-cell", "bv2_microglia", "--dilution", 1000, "--columns", "Control"]
AS_OPTIONS += ["--assume-native", "--protein", "0.5 mg/mL"]


def drop_and_keep(page, address):
    """Laboratory files are dropped, what they do not say is answered, and the product is kept."""
    page.goto(f"{address}products")
    files = [[file.name, file.read_text(encoding="latin-1")] for file in COUNTED]
    page.dispatch_event("#drop", "drop", {"dataTransfer": page.evaluate_handle(DROPPED, files)})
    playwright.expect(page.locator("#heard")).to_contain_text("6 questions are open", timeout=30_000)
    playwright.expect(page.locator("[data-path='dilution']")).to_contain_text("How far was the sample diluted")
    playwright.expect(page.locator("[data-path='mirna']")).to_be_hidden()  # nobody asks for it
    playwright.expect(page.get_by_role("button", name="Keep it")).to_be_hidden()
    page.get_by_label("Short name").fill("dropped")
    page.get_by_label("Cell that made the vesicles").fill("bv2_microglia")
    page.get_by_label("Dilution of the counted sample").fill("1000")
    page.get_by_label("Samples of the small-RNA table").fill("Control")
    page.get_by_label("Accept the published native number").select_option("true")
    page.get_by_label("Protein of the undiluted sample").fill("0.5 mg")
    playwright.expect(page.locator("[data-path='protein'] .problem")).to_contain_text("0.5 mg", timeout=30_000)
    page.get_by_label("Protein of the undiluted sample").fill("0.5 mg/mL")
    playwright.expect(page.get_by_role("button", name="Keep it")).to_be_enabled(timeout=30_000)
    playwright.expect(page.locator("#preview img")).to_be_visible()
    page.get_by_role("button", name="Keep it").click()
    page.wait_for_url("**/products/dropped")


@pytest.fixture(scope="module")
def full(made, kept, serve, tmp_path_factory):
    """Address of a server with an own study, an own product and a finished run, and the paths of all its pages."""
    folder, name = made
    copy = tmp_path_factory.mktemp("full") / "served"
    shutil.copytree(folder, copy)
    shutil.copytree(kept / "products", copy / "products")
    (copy / "studies" / "mine").mkdir(parents=True)
    text = study_path("li2013").read_text().replace("id: li2013", "id: mine")
    (copy / "studies" / "mine" / "study.yaml").write_text(text)
    _, address = serve(copy)
    paths = ["studies", "studies/li2013", "studies/mine", "studies/mine/edit", "studies/mine/edit#text", "runs"]
    paths += ["products", "products#asked", "products/ours"]
    paths += ["evidence", "evidence/tables/facts?confidence=recalled", "evidence/studies/li2013", "evidence/pool"]
    return address, [*paths, f"runs/{name}", f"compare?a={name}&b={name}", "api", "nothing"]


def visit(page, address):
    page.goto(address)
    if "/edit" in address:
        playwright.expect(page.locator("#checked")).not_to_be_empty()
    if address.endswith("#asked"):
        page.locator("#files").set_input_files(LAB_FILES[-1])
        playwright.expect(page.locator("#heard")).to_contain_text("open", timeout=30_000)


def test_no_page_keeps_anybody_out_or_is_wider_than_its_window(browser, full):
    """axe-core in light and dark: labels, names, contrast, order of headings, keyboard."""
    address, paths = full
    context = browser.new_context(viewport=WIDE, bypass_csp=True)  # for axe, which the page would not load
    page, found = context.new_page(), []
    for path in paths:
        visit(page, address + path)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            broken = Axe().run(page).response["violations"]
            found += [(path, scheme, one["id"], node["html"][:200]) for one in broken for node in one["nodes"]]
        for size in (WIDE, TABLET):
            page.set_viewport_size(size)
            if page.evaluate("document.documentElement.scrollWidth") > size["width"]:
                found.append((path, f"wider than {size['width']} px"))
        page.set_viewport_size(WIDE)
    context.close()
    assert found == []


def test_every_link_of_every_page_leads_somewhere(page, full):
    address, paths = full
    links = set()
    for path in paths:
        if path != "nothing":
            visit(page, address + path)
            links |= set(
                page.eval_on_selector_all(
                    "a[href], link[href], img, script[src]", "all => all.map(one => one.href || one.src)"
                )
            )
    for section, least in (("studies", 40), ("products", 20)):
        shipped = sorted(link for link in links if re.search(rf"/{section}/[a-z0-9_]+$", link))
        assert len(shipped) > least
        links -= set(shipped[3:])  # they are all made alike
    assert len(links) > 40
    dead = [link for link in links if page.request.get(link).status != 200]
    assert dead == []


def test_a_study_is_changed_with_the_keyboard_alone(page, full):
    address, _ = full
    page.goto(f"{address}studies/mine/edit")
    page.get_by_role("tab", name="As a form").focus()
    page.keyboard.press("ArrowRight")
    playwright.expect(page.get_by_role("tab", name="As text")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+Home")
    page.keyboard.type("wrong")
    playwright.expect(page.locator("#problems")).to_be_visible()
    playwright.expect(page.locator("#checked")).to_contain_text("problem")
    page.keyboard.press("Control+z")
    page.on("dialog", lambda dialog: dialog.accept())


def test_forms_follow_the_disease_and_ranges_keep_their_reason(page, full):
    address, _ = full
    page.goto(f"{address}studies/mine/edit")
    dose = page.locator("[data-path='disease.dose']")
    dose.get_by_label("how sure").select_option("one")
    dose.get_by_label("CCl4 per dose", exact=True).fill("0.5 mL/kg")
    dose.get_by_label("how sure").select_option("range")
    dose.get_by_label("to", exact=True).fill("0.2 mL/kg")
    dose.get_by_label("why no source").fill("two papers disagree")
    playwright.expect(dose.locator(".problem")).to_contain_text("`low` must be below `high`")
    dose.get_by_label("to", exact=True).fill("0.7 mL/kg")
    playwright.expect(page.locator("#checked")).to_contain_text("All of it holds")
    page.get_by_label("Disease", exact=True).select_option("resection")
    playwright.expect(page.locator("[data-path='disease.every']")).to_have_count(0)
    page.on("dialog", lambda dialog: dialog.accept())


def test_an_own_product_that_is_chosen_in_the_form_comes_with_its_file(page, full):
    address, _ = full
    page.goto(f"{address}studies/mine/edit")
    product = page.locator("[data-path='arms.exosome.treatment.product.base']").get_by_label("Product")
    product.select_option("ours.yaml")
    playwright.expect(page.locator("#checked")).to_contain_text("not saved yet")
    playwright.expect(page.locator("#timeline")).to_contain_text("microglia>, 250 ug")
    page.on("dialog", lambda dialog: dialog.accept())


def broken_in_both_schemes(page):
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found += [(scheme, one["id"], one["nodes"][0]["html"][:200]) for one in Axe().run(page).response["violations"]]
    return found


def test_the_evidence_is_asked_and_pooled_with_the_keyboard(browser, full, tmp_path):
    address, _ = full
    context = browser.new_context(viewport=TABLET, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{address}evidence")
    page.get_by_label("One question").fill("DROP TABLE facts")
    page.keyboard.press("Control+Enter")
    playwright.expect(page.locator("#sql-problem")).to_contain_text("A query only reads")
    page.get_by_label("One question").fill("SELECT id, confidence FROM facts ORDER BY id")
    page.keyboard.press("Control+Enter")
    playwright.expect(page.get_by_role("heading", name="153 rows")).to_be_focused()
    with page.expect_download() as coming:
        page.get_by_role("button", name="CSV").click()
    assert len(Path(coming.value.path()).read_text().splitlines()) == 154
    assert broken_in_both_schemes(page) == []

    (tmp_path / "wrong.csv").write_text("study,effect,variance\na,x,1\n")
    page.goto(f"{address}evidence/pool")
    page.get_by_label("Read a file").set_input_files(tmp_path / "wrong.csv")
    page.get_by_role("button", name="Pool", exact=True).press("Enter")
    playwright.expect(page.locator("#table-problem")).to_contain_text("line 2, effect: This is not a number.")
    page.get_by_role("button", name="Example").press("Enter")
    page.get_by_role("button", name="Pool", exact=True).press("Enter")
    playwright.expect(page.locator("#terms")).to_contain_text("0.47 [0.32, 0.71]")
    playwright.expect(page.get_by_alt_text("Every effect with its 95 % interval")).to_be_visible()
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download forest as SVG").click()
    assert Path(coming.value.path()).read_text().startswith("<svg")
    assert page.evaluate("document.documentElement.scrollWidth") == TABLET["width"]
    assert broken_in_both_schemes(page) == []
    context.close()
