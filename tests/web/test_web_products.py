"""Products through the JSON API: dropped files, what they give, what is refused, and how a study uses them."""

import contextlib
import io
import re
import shlex
import shutil
import sys
import tempfile
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lab_upload import ANSWERS, CYTOMETER, LAB_FILES, sent

from hepasome import load_study
from hepasome.cli import main
from hepasome.files import InputError
from hepasome.product import LabAnswers, load_product, read_lab_files, shipped_products, write_product
from hepasome.report import render_product_sheet
from hepasome.web import Limits
from hepasome.web._product_folder import Reading, read_reading
from hepasome.web._product_views import fields_of, reading_view
from hepasome.web._reading import LabDesk
from hepasome.web._uploads import Upload, check_uploads, lay

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


def left(folder):
    """Files of uploads that are still there."""
    return [path for path in (folder / "products").rglob("*") if path.is_file()]


@pytest.fixture
def unread(monkeypatch):
    """Nothing is read: what stands before the readers is looked at alone."""
    monkeypatch.setattr(LabDesk, "_found", lambda self, folder: Reading())


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


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../../x.csv", "no name"),
        ("..\\x.csv", "no name"),
        ("/etc/passwd.csv", "no name"),
        ("C:x.csv", "no name"),
        (".hidden.csv", "no name"),
        (f"{'x' * 250}.csv", "no name"),
        (" .csv", "no name"),
        ("sizes.xlsx", "as CSV"),
        ("sizes.pkl", "Taken are files ending in .csv"),
        ("sizes", "NanoSight"),
    ],
)
def test_a_name_or_kind_that_no_reader_takes_is_refused_before_it_is_a_path(client, unread, tmp_path, name, words):
    for field in ("files", "control"):
        rest = [] if field == "files" else [("files", ("good.csv", b"a"))]
        refused = client.post("/api/products/read", files=[*rest, (field, (name, b"a,b\n"))])
        assert refused.status_code == 422
        (finding,) = refused.json()["findings"]
        assert words in finding["problem"] + finding["remedy"]
    assert left(tmp_path) == []


@pytest.mark.parametrize(
    "name", ["", "a\x07b.csv", "a\0.csv", "\ud800.csv", "\u202evsc.csv", "a\n.csv", "..", "a.csv "]
)
def test_a_name_that_no_browser_should_send_is_refused(name):
    with pytest.raises(InputError, match="no name of a file"):
        check_uploads([name], Limits())


@given(name=st.text(max_size=120) | st.text("./\\:ab \x00é", max_size=12).map("{}.csv".format))
@example(name="größe 2,5 µg (Kopie).csv")
@example(name="sizes_1.csv")
@settings(deadline=None)
def test_whatever_a_file_is_called_it_lands_in_its_folder_under_its_name_or_nowhere(name):
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "files"
        with contextlib.suppress(InputError):
            check_uploads([name], Limits())
            lay([Upload(name, io.BytesIO(b"a"))], folder)
        assert [path for path in Path(place).rglob("*") if path != folder] in ([], [folder / name])
        assert folder.exists() or not re.fullmatch(r"[a-z0-9_]+\.csv", name)


def test_two_files_of_one_name_and_too_many_are_refused(client, unread):
    twice = client.post("/api/products/read", files=[("files", ("a.csv", b"1")), ("files", ("A.csv", b"2"))])
    assert "Two files" in twice.json()["findings"][0]["problem"]
    many = client.post("/api/products/read", files=[("files", (f"{i}.csv", b"1")) for i in range(21)])
    assert "21 files" in many.json()["findings"][0]["problem"]
    assert client.post("/api/products/read", data={"id": "x"}, files={"control": ("a.fcs", b"")}).status_code == 422


def test_uploads_are_limited_also_where_they_hide_their_size(client_of, unread, tmp_path):
    with client_of(tmp_path, limits=Limits(upload=2000)) as client:
        assert client.post("/api/products/read", files=[("files", ("a.csv", b"x" * 3000))]).status_code == 413
        kind = {"content-type": "multipart/form-data; boundary=b"}
        head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n\r\n'
        for size, status in ((3000, 413), (1000, 200)):
            body = iter([head, b"x" * size, b"\r\n--b--\r\n"])
            assert client.post("/api/products/read", content=body, headers=kind).status_code == status
        assert left(tmp_path) == []


PART = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n\r\na\r\n'


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"garbage", 400),
        (b"--b\r\n" + b"x" * 10**6, 400),
        (PART * 1001 + b"--b--\r\n", 400),
        (PART.replace(b'name="files"; filename="a.csv"', b'name="name"').replace(b"a\r\n", b"x" * 2 * 10**6), 400),
        (PART.replace(b'; filename="a.csv"', b""), 422),
        (b"", 422),
    ],
    ids=["garbage", "endless header", "too many", "large answer", "no file", "nothing"],
)
def test_a_damaged_form_is_answered_with_a_sentence(client, unread, body, status):
    kind = {"content-type": "multipart/form-data; boundary=b"}
    answer = client.post("/api/products/read", content=body, headers=kind)
    assert answer.status_code == status
    assert answer.json()["sentence"]


@pytest.mark.parametrize("path", ["/api/products", "/api/products/read"])
@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}],
)
def test_a_form_of_a_page_elsewhere_sends_no_files(client, unread, tmp_path, path, headers):
    assert client.post(path, files=sent(CYTOMETER), headers=headers).status_code == 403
    assert not (tmp_path / "products").exists()


def test_files_go_to_their_addresses_alone_and_nothing_else_goes_there(client, unread):
    for path in ("/api/studies", "/api/runs", "/api/products/ours/use"):
        assert client.post(path, files=sent(CYTOMETER)).status_code == 415
    for path in ("/api/products", "/api/products/read"):
        assert client.post(path, json={"id": "x"}).status_code == 415


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds the limit")
@pytest.mark.parametrize("limits", [Limits(reading=0), Limits(memory=1)])
def test_a_reading_that_takes_too_much_is_ended_and_said(client_of, tmp_path, limits):
    with client_of(tmp_path, limits=limits) as client:
        refused = client.post("/api/products/read", files=[("files", ("large.csv", b"a,b\n" * 2_000_000))])
        assert refused.status_code == 422
        assert "Reading takes more than" in refused.json()["findings"][0]["problem"]
        assert left(tmp_path) == []


def test_who_sends_many_files_at_once_keeps_nobody_from_the_pages(client, wait, monkeypatch):
    begun, go_on = [], threading.Event()

    def held(self, folder):
        begun.append(folder)
        go_on.wait(30)
        return Reading()

    monkeypatch.setattr(LabDesk, "_found", held)
    with ThreadPoolExecutor(60) as many:
        asked = [many.submit(client.post, "/api/products/read", files=sent(CYTOMETER)) for _ in range(60)]
        try:
            wait(lambda: sum(one.done() for one in asked) == 50, 20)  # two are read, eight wait
            assert len(begun) == 2
            assert client.get("/products").status_code == 200
        finally:
            go_on.set()
    codes = [one.result().status_code for one in asked]
    assert (codes.count(200), codes.count(409)) == (10, 50)


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
