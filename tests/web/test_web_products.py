"""Products through the JSON API: dropped files, what they give, what is refused, and how a study uses them."""

import contextlib
import io
import re
import shlex
import shutil
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from lab_upload import ANSWERS, CYTOMETER, LAB_FILES, left, sent

from hepasome import load_study
from hepasome.cli import main
from hepasome.product import LabAnswers, load_product, read_lab_files, shipped_products, write_product
from hepasome.report import render_product_sheet
from hepasome.web._product_folder import Reading, read_reading
from hepasome.web._product_views import fields_of, reading_view
from hepasome.web._reading import LabDesk

STUDY = "herrera_sanchez2017"  # a dish: the smallest model
TOLD = LabAnswers(
    id=ANSWERS["id"],
    name=ANSWERS["name"],
    source_cell=ANSWERS["source_cell"],
    dilution=1000,
    protein="0.5 mg/mL",
    columns="Control",
    assume_native=True,
    stains=("FL1=CD63",),
    control=CYTOMETER,
)
CELLS = "id: ours\nname: ours\nkind: cells\nsource_cell: msc\nsecretes: none_such\n"


def test_dropped_files_become_the_product_and_sheet_of_the_command_line_to_the_last_byte(
    with_product, tmp_path, monkeypatch, capsys
):
    found = with_product.get("/api/products/ours").json()
    monkeypatch.chdir(tmp_path / "served")
    monkeypatch.setattr(sys, "argv", shlex.split(found["command"]))
    with contextlib.suppress(SystemExit):
        main()
    assert "Sheet: ours.html" in capsys.readouterr().out
    assert Path("ours.yaml").read_bytes() == with_product.get("/api/products/ours/product.yaml").content
    assert Path("ours.html").read_bytes() == with_product.get("/api/products/ours/sheet.html").content
    direct = write_product(read_lab_files(LAB_FILES, TOLD).product, tmp_path / "direct.yaml")
    assert direct.read_bytes() == Path("ours.yaml").read_bytes()  # where the files lay says nothing


def test_a_kept_product_tells_what_its_files_told(with_product):
    found = with_product.get("/api/products/ours").json()
    reading = read_lab_files(LAB_FILES, TOLD)
    assert found["own"]
    assert (found["findings"], found["assumptions"]) == (list(reading.findings), list(reading.assumptions))
    assert found["derivations"] == list(reading.derivations)
    assert {one["protein"]: one["share"] for one in found["proteins"]}["ALB"] == pytest.approx(0.00996, abs=1e-5)
    assert found["pictures"] == ["preparation", "gates"]
    assert with_product.get("/api/products/ours/figures/gates.svg").text.startswith("<svg")
    assert with_product.get("/api/products/ours/figures/gates.png").content.startswith(b"\x89PNG")
    gates = pd.read_csv(io.StringIO(with_product.get("/api/products/ours/figures/gates.csv").text))
    assert gates["file"].to_list() == [CYTOMETER.name]
    assert gates["share"].to_list() == (gates["positive"] / gates["events"]).to_list()
    shown = pd.read_csv(io.StringIO(with_product.get("/api/products/ours/figures/preparation.csv").text))
    assert shown.loc[shown["panel"] == "diameter", "value"].astype(float).sum() == pytest.approx(100)
    named = {cargo.name: cargo.copies_per_vesicle.value for cargo in reading.product.cargo}
    cargo = shown[shown["panel"] == "cargo"]
    assert dict(zip(cargo["name"], cargo["value"].astype(float), strict=True)) == pytest.approx(named)
    assert with_product.get("/api/products").json()[0]["id"] == "ours"
    assert [one["id"] for one in with_product.get("/api/products").json()[1:]] == shipped_products()


def test_what_files_do_not_say_is_asked_beside_the_field_that_answers_it_and_nothing_is_left(client, tmp_path):
    found = client.post("/api/products/read", files=sent(*LAB_FILES)).json()
    asked = read_lab_files(LAB_FILES, LabAnswers()).questions
    assert [one["text"] for one in found["questions"]] == [one.text for one in asked]
    schema = client.get("/api/openapi.json").json()["components"]["schemas"]["LabUpload"]["properties"]
    for one, question in zip(found["questions"], asked, strict=True):
        assert one["fields"] == fields_of(question.flag)
        assert set(one["fields"]) <= set(schema)
    assert found["product"] is None
    assert left(tmp_path) == []
    kept = client.post("/api/products", files=sent(*LAB_FILES))
    assert kept.status_code == 422  # with questions open there is no product
    assert {"dilution", "protein", "id"} <= {one["field"] for one in kept.json()["findings"]}
    assert left(tmp_path) == []


def test_every_wrong_file_is_named_with_what_is_wrong_and_no_path_is_told(client, tmp_path):
    sizes = next(file for file in LAB_FILES if "nanosight" in file.name).read_bytes()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr("xl/worksheets/sheet1.xml", "0" * 10**7)  # 10 MB in 10 kB
    files = {
        "cut off.csv": sizes[: len(sizes) // 2],
        "bomb.csv": archive.getvalue(),
        "events.fcs": CYTOMETER.read_bytes()[:3000],
        "pickle.txt": b"\x80\x04cos\nsystem\n(S'true'\ntR.",
        "prose.txt": b"Dear colleague,\nthe files are attached.\n",
        "größe.csv": b"",
    }
    answer = client.post("/api/products/read", files=[("files", one) for one in files.items()])
    assert answer.status_code == 200
    problems = answer.json()["problems"]
    for name in files:
        assert any(one["field"].startswith(name) for one in problems), name
    said = {one["field"]: one["problem"] for one in problems}
    assert "binary" in said["bomb.csv"]
    assert "cut off or damaged" in next(one["remedy"] for one in problems if one["field"] == "events.fcs")
    assert "empty" in said["größe.csv"]
    assert str(tmp_path) not in answer.text
    assert left(tmp_path) == []


def test_an_answer_that_cannot_be_is_said_at_its_field(client):
    wrong = {**ANSWERS, "protein": "0.5 mg", "id": "not an id"}
    found = client.post("/api/products/read", files=sent(*LAB_FILES, control=CYTOMETER), data=wrong).json()
    assert {one["field"] for one in found["problems"]} == {"protein", "id"}


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("dilution", "many"),
        ("dilution", "nan"),
        ("name", "a\nb"),
        ("name", "x" * 3000),
        ("stain", "\x1b[2J"),
        ("x", "1"),
    ],
)
def test_an_answer_that_is_none_is_not_read(client, answer, value):
    refused = client.post("/api/products/read", files=sent(CYTOMETER), data={answer: value})
    assert refused.status_code == 422
    assert refused.json()["findings"][0]["field"].startswith(answer)


def test_a_product_stays_through_a_restart_and_what_a_killed_server_left_goes(with_product, client_of, kept, tmp_path):
    shutil.copytree(kept, tmp_path / "again")
    rest = tmp_path / "again" / "products" / ".reading" / "tmp1" / "product" / "files"
    rest.mkdir(parents=True)
    (rest / "x.csv").write_text("left by a server that was killed")
    with client_of(tmp_path / "again") as client:
        assert client.get("/api/products/ours").json() == with_product.get("/api/products/ours").json()
        assert not rest.exists()


def test_a_product_changed_by_hand_no_longer_says_that_its_files_give_it(with_product, tmp_path):
    path = tmp_path / "served" / "products" / "ours" / "ours.yaml"
    path.write_text(path.read_text().replace("name: ", "isolation: by hand\nname: ", 1))
    found = with_product.get("/api/products/ours").json()
    assert (found["command"], found["derivations"], found["pictures"]) == ("", [], ["preparation"])
    sheet = with_product.get("/api/products/ours/sheet.html").text
    assert "Missing of what MISEV asks" in sheet
    assert "<h2>Derived" not in sheet
    assert "changed by hand" in with_product.get("/products/ours").text
    for spoiled, words in (("id: ours\n", "missing"), (CELLS, "no such product")):
        path.write_text(spoiled)
        assert words in with_product.get("/api/products").json()[0]["problem"]
        assert words in with_product.get("/products/ours").text
    assert with_product.get("/api/products/ours/sheet.html").status_code == 422


@pytest.mark.parametrize("name", ["umbilical_cord_msc_exosome", "liver_msc_conditioned_medium"])
def test_a_shipped_product_has_the_sheet_of_the_command_line_and_stays(client, name):
    assert client.get(f"/api/products/{name}/sheet.html").text == render_product_sheet(load_product(name))
    assert client.get(f"/api/products/{name}/figures/preparation.svg").text.startswith("<svg")
    assert client.get(f"/api/products/{name}/figures/gates.svg").status_code == 404
    assert client.delete(f"/api/products/{name}").status_code == 409
    assert load_product(name).name in client.get(f"/products/{name}").text


@pytest.mark.parametrize("name", ["study", "OURS", "pig_msc"])
def test_the_id_of_a_kept_product_is_free_and_no_file_of_a_study(with_product, tmp_path, monkeypatch, name):
    def found(self, folder):
        write_product(load_product("pig_msc_exosome"), folder / f"{name}.yaml")
        return Reading(product=name)

    monkeypatch.setattr(LabDesk, "_found", found)
    refused = with_product.post("/api/products", files=sent(CYTOMETER))
    assert refused.json()["findings"][0]["field"] == "id"
    assert not (tmp_path / "served" / "products" / name).exists()


def test_a_removed_product_is_gone_with_its_files_and_studies_keep_their_copy(with_product, tmp_path):
    with_product.post("/api/studies", json={"copy_of": "li2013", "id": "mine"})
    assert with_product.post("/api/products/ours/use", json={"study": "mine"}).status_code == 201
    assert with_product.delete("/api/products/ours").status_code == 204
    assert with_product.get("/api/products/ours").status_code == 404
    assert left(tmp_path / "served") == []
    study = load_study(tmp_path / "served" / "studies" / "mine" / "study.yaml").study
    assert study.arms["ours"].treatment.product.resolve().name == ANSWERS["name"]


def test_an_arm_with_a_product_is_the_main_treated_one_with_that_product(with_product, tmp_path):
    with_product.post("/api/studies", json={"copy_of": "li2013", "id": "mine"})
    for _ in range(2):
        saved = with_product.post("/api/products/ours/use", json={"study": "mine"})
    arms = saved.json()["study"]["arms"]
    assert list(arms)[-3:] == ["exosome", "ours", "ours_2"]
    assert arms["ours"] == {"treatment": arms["exosome"]["treatment"] | {"product": {"base": "ours.yaml"}}}
    beside, own = (tmp_path / "served" / part for part in ("studies/mine/ours.yaml", "products/ours/ours.yaml"))
    assert beside.read_bytes() == own.read_bytes()
    shipped = with_product.post("/api/products/adipose_msc_exosome/use", json={"study": "mine"})
    assert "adipose_msc_exosome" in shipped.json()["study"]["arms"]
    cells = with_product.post("/api/products/pig_msc/use", json={"study": "mine"})
    assert cells.status_code == 422
    assert "No arm of this study gets cells" in cells.json()["findings"][0]["problem"]
    assert with_product.post("/api/products/ours/use", json={"study": "li2013"}).status_code == 409
    assert with_product.post("/api/products/ours/use", json={"study": "none_such"}).status_code == 404


def test_the_editor_offers_own_products_and_brings_their_file_to_the_study(with_product, tmp_path):
    words = with_product.get("/api/vocabulary").json()["products"]
    assert (words[0]["id"], words[0]["own"], words[1]["own"]) == ("ours.yaml", "ours", "")
    with_product.post("/api/studies", json={"copy_of": "li2013", "id": "mine"})
    assert "ours.yaml" in with_product.get("/studies/mine/edit").text
    content = with_product.get("/api/studies/mine").json()["study"]
    content["arms"]["exosome"]["treatment"]["product"]["base"] = "ours.yaml"
    assert not with_product.post("/api/studies/mine/check", json={"study": content}).json()["ok"]
    assert with_product.put("/api/studies/mine/products/ours").json() == {"base": "ours.yaml"}
    assert with_product.post("/api/studies/mine/check", json={"study": content}).json()["ok"]
    path = tmp_path / "served" / "studies" / "mine" / "ours.yaml"
    path.write_text(path.read_text().replace("id: ours", "id: others"))
    assert with_product.put("/api/studies/mine/products/ours").status_code == 409  # a study keeps what it has
    assert with_product.put("/api/studies/li2013/products/ours").status_code == 409


def test_an_arm_of_dropped_files_gives_the_run_of_the_command_line(with_product, wait, tmp_path):
    with_product.post("/api/studies", json={"copy_of": STUDY, "id": "mine"})
    content = with_product.get("/api/studies/mine").json()["study"]
    content["arms"] = {name: content["arms"][name] for name in ("deficient", "vesicles")}
    assert with_product.put("/api/studies/mine", json={"study": content}).status_code == 200
    assert with_product.post("/api/products/ours/use", json={"study": "mine"}).status_code == 201
    name = with_product.post("/api/runs", json={"study": "mine", "subjects": 2, "draws": 0}).json()["name"]
    wait(lambda: with_product.get(f"/api/runs/{name}").json()["state"] in ("complete", "failed"))
    again = load_study(tmp_path / "served" / "studies" / "mine" / "study.yaml")
    run = again.run(2, draws=0, out=tmp_path / "again", workers=1).run
    table = io.BytesIO(with_product.get(f"/api/runs/{name}/tables/endpoints.parquet").content)
    pd.testing.assert_frame_equal(pd.read_parquet(table), run.endpoints)
    assert set(run.endpoints["arm"]) == {"deficient", "vesicles", "ours"}


def test_what_a_user_wrote_is_text_and_no_page_has_a_script_or_style_in_it(with_product, tmp_path):
    folder = tmp_path / "served" / "products" / "attack"
    folder.mkdir()
    attack = "'\"><script>alert(1)</script><img src=x onerror=alert(1)>"
    made = load_product("pig_msc_exosome").model_copy(update={"id": "attack", "name": attack, "notes": (attack,)})
    write_product(made, folder / "attack.yaml")
    for path in ("/products", "/products/ours", "/products/attack"):
        page = with_product.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert " style=" not in page
        assert page.count("<script") == page.count('<script type="module" src="/static/')
    assert "alert(1)" in with_product.get("/products/attack").text
    for rest in ("sheet.html", "figures/preparation.svg"):
        policy = with_product.get(f"/api/products/attack/{rest}").headers["content-security-policy"]
        assert "sandbox" in policy
        assert "script" not in policy


def test_no_path_leaves_the_products(with_product, tmp_path):
    secret = tmp_path / "secret"
    secret.mkdir()
    write_product(load_product("pig_msc_exosome"), secret / "linked.yaml")
    (tmp_path / "served" / "products" / "linked").symlink_to(secret)
    (tmp_path / "served" / "products" / "also").mkdir()
    (tmp_path / "served" / "products" / "also" / "also.yaml").symlink_to(secret / "linked.yaml")
    for name in ("linked", "also", "..%2fruns", "%2e%2e", ".reading", "ours%2fours"):
        assert with_product.get(f"/api/products/{name}/product.yaml").status_code == 404
    for drawing in ("..%2fours", "..%2f..%2fours%2fours", "none"):
        assert with_product.get(f"/api/products/ours/figures/{drawing}.svg").status_code == 404


def test_the_preview_is_what_the_page_shows(with_product, tmp_path):
    folder = tmp_path / "served" / "products" / "ours"
    shown = reading_view(folder, read_reading(folder))
    page = with_product.get("/products/ours").text
    headings = re.findall(r"<h2>[^<]+</h2>", shown.preview)
    assert len(headings) == 3
    assert all(heading in page for heading in headings)
    assert shown.product.model_dump() == with_product.get("/api/products/ours").json()
    assert shown.preview.count("data:image/svg+xml;base64,") == 2
    assert "<microglia>" not in shown.preview
