"""The Design pages with the keyboard, in light and dark, wide and on a tablet."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright import sync_api as playwright

TABLET = {"width": 820, "height": 1180}


@pytest.fixture(scope="module")
def address(serve, tmp_path_factory):
    return serve(tmp_path_factory.mktemp("designs"))[1]


def test_a_design_is_prepared_and_its_sliders_are_moved_with_the_keyboard(page, browser, address):
    page.goto(f"{address}studies/herrera_sanchez2017")
    page.get_by_role("link", name="Design a trial").click()
    page.get_by_text("Doses, schedule, humane").click()
    page.get_by_label("Doses to simulate").fill("1e9 particles, 5 mL")
    page.get_by_label("Draws").fill("10")
    page.get_by_label("Individuals").fill("20")
    page.get_by_role("button", name="Prepare").click()
    playwright.expect(page.locator("#dose-problem")).to_be_visible()
    page.complaints.clear()  # the browser tells its console of the refusal
    page.get_by_label("Doses to simulate").fill("1e9 particles, 1e11 particles")
    page.get_by_role("button", name="Prepare").click()
    page.wait_for_url("**/design/herrera_sanchez2017-design-*")
    playwright.expect(page.locator("#here")).to_contain_text("per arm", timeout=90_000)

    dose, here, curve = page.get_by_label("Dose, each time"), page.locator("#here"), page.locator("#curve .curve").first
    before = (here.inner_text(), curve.get_attribute("d"), page.locator("#command").inner_text())
    dose.focus()
    page.keyboard.press("Home")
    playwright.expect(page.locator("#dose-out")).to_have_text(re.compile("1e9 particles, simulated"))
    playwright.expect(page.locator("#command")).to_contain_text("--dose '1e+09 particles'")
    playwright.expect(curve).not_to_have_attribute("d", before[1])
    assert here.inner_text() != before[0]
    page.keyboard.press("ArrowRight")
    playwright.expect(page.get_by_text("This dose lies between simulated ones")).to_be_visible()
    page.get_by_role("slider", name="Dishes per arm").focus()
    page.keyboard.press("Home")
    playwright.expect(here).to_contain_text("With 2 per arm")
    assert page.locator("#n").get_attribute("aria-valuetext").startswith("2, ")
    page.get_by_label("Effect of interest").fill("large")
    playwright.expect(page.locator("#effect-problem")).to_contain_text("This is no effect")
    page.complaints.clear()
    page.get_by_label("Effect of interest").fill("-30%")
    playwright.expect(page.locator("#curve .named .curve")).to_be_visible()
    with page.expect_download() as coming:
        page.locator("#plots").get_by_role("link", name="CSV").click()
    assert coming.value.suggested_filename.endswith("power.csv")

    context, found = browser.new_context(bypass_csp=True), []
    seen = context.new_page()
    for path in (page.url, f"{address}design"):
        seen.goto(path)
        seen.wait_for_load_state("networkidle")
        for scheme in ("light", "dark"):
            seen.emulate_media(color_scheme=scheme)
            broken = Axe().run(seen).response["violations"]
            found += [(path, scheme, one["id"], node["html"][:200]) for one in broken for node in one["nodes"]]
        seen.set_viewport_size(TABLET)
        assert seen.evaluate("document.documentElement.scrollWidth") <= TABLET["width"]
    context.close()
    assert found == []
