"""Studies through the JSON API: browse, copy, change, add, remove, export."""

import io
import zipfile

import libsbml
import pytest

from hepasome.files import read_yaml
from hepasome.trial import STUDIES, load_study, study_ids

YAML = {"content-type": "application/yaml"}


def test_every_shipped_study_is_listed_with_its_scoreboard(client):
    listed = client.get("/api/studies").json()
    assert [one["id"] for one in listed] == study_ids()
    assert not any(one["own"] or one["problem"] for one in listed)
    judged = {one["id"]: one["claims"] for one in listed}
    assert judged["li2013"] == {"not reproduced": 11}  # a claim that fails stays visible
    assert all(judged.values())


def test_one_study_has_its_protocol_as_points_in_time(client):
    found = client.get("/api/studies/li2013").json()
    arms = {arm["name"]: arm for arm in found["timeline"]["arms"]}
    assert list(arms) == list(load_study("li2013").arms)
    assert arms["healthy"]["injuries"] == []
    assert arms["recovery"]["injuries"][-1] < arms["exosome"]["treatments"][0] <= arms["vehicle"]["injuries"][-1]
    assert arms["exosome"]["given"].endswith("250 ug, intrahepatic")
    assert found["timeline"]["end"] == pytest.approx((8 * 10) ** 0.5 * 168)  # the middle of 8 to 10 weeks, log scale
    assert {row["label"] for row in found["verdicts"]} == {"not reproduced"}


def test_a_copy_keeps_comments_and_says_the_same(client, tmp_path):
    made = client.post("/api/studies", json={"copy_of": "li2013", "id": "mine", "title": "Mine: 1e10"})
    assert made.status_code == 201
    assert made.json()["own"]
    written = tmp_path / "studies" / "mine" / "study.yaml"
    assert written.read_text().startswith("# Li 2013")
    copy, original = load_study(written), load_study("li2013")
    assert copy.title == "Mine: 1e10"
    changed = {"id": "li2013", "title": original.title, "claims_of": None}
    assert copy.model_copy(update=changed) == original
    assert copy.claims == original.claims


def test_a_copy_takes_the_product_files_along(client, tmp_path):
    folder = tmp_path / "studies" / "first"
    folder.mkdir(parents=True)
    shipped = STUDIES.parent / "product" / "shipped" / "umbilical_cord_msc_exosome.yaml"
    product = shipped.read_text().replace("id: umbilical_cord_msc_exosome", "id: ours")
    (folder / "ours.yaml").write_text(product)
    study = (STUDIES / "li2013" / "study.yaml").read_text().replace("id: li2013", "id: first")
    (folder / "study.yaml").write_text(study.replace("umbilical_cord_msc_exosome", "ours.yaml"))
    assert client.post("/api/studies", json={"copy_of": "first", "id": "second"}).status_code == 201
    assert (tmp_path / "studies" / "second" / "ours.yaml").read_text() == product


@pytest.mark.parametrize("name", ["li2013", "Mine", "../mine", "", "a" * 65, "m/n", "."])
def test_a_copy_needs_a_free_plain_id(client, tmp_path, name):
    refused = client.post("/api/studies", json={"copy_of": "li2013", "id": name})
    assert refused.status_code == 422
    assert refused.json()["findings"][0]["field"] == "id"
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]


def test_a_doubled_dose_is_saved_and_drawn(changed, client, tmp_path):
    def double(study):
        study["arms"]["exosome"]["treatment"]["dose"] = "500 ug"

    saved = changed(double)
    assert saved.status_code == 200
    assert "500 ug" in saved.json()["timeline"]["arms"][-1]["given"]
    study = load_study(tmp_path / "studies" / "mine" / "study.yaml")
    assert str(study.arms["exosome"].treatment.dose) == "500 ug"
    assert list(study.arms) == list(load_study("li2013").arms)  # the order of the arms is part of a run


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("subject.body_weight", "22", "unit is missing"),
        ("subject.body_weight", "22 mL", "does not fit"),
        ("subject.species", "cat", "not one of"),
        ("disease.dose", "-1 mL/kg", "zero or above"),
        ("disease.dose", {"low": "1 mL/kg", "high": "2 mL/kg", "reason": ""}, "needs its `reason`"),
        ("disease.every", None, "induced repeatedly"),
        ("arms.exosome.treatment.dose", "250 parsec", "not a unit"),
        ("arms.exosome.treatment.route", "by mouth", "not one of"),
        ("arms.exosome.treatment.product", {"base": "none_such"}, "no such product"),
        ("arms.exosome.treatment.product", {"base": "../../etc/passwd"}, "leaves the folder"),
        ("arms.exosome.treatment.product", {"base": "/etc/passwd"}, "leaves the folder"),
        ("endpoints", ["ALT", "beauty"], "no endpoint"),
        ("control", "nobody", "control arm"),
        ("subjects_per_arm", 1, "whole number from 2"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_saved(changed, client, tmp_path, path, value, words):
    changed(lambda study: None)
    written = (tmp_path / "studies" / "mine" / "study.yaml").read_bytes()

    def spoil(study):
        *place, last = path.split(".")
        for key in place:
            study = study[key]
        study[last] = value

    refused = changed(spoil)
    assert refused.status_code == 422
    (finding,) = refused.json()["findings"]
    assert words in finding["problem"] + finding["remedy"]
    assert path.startswith(finding["field"])
    assert (tmp_path / "studies" / "mine" / "study.yaml").read_bytes() == written
    content = client.get("/api/studies/mine").json()["study"]
    spoil(content)
    checked = client.post("/api/studies/mine/check", json={"study": content}).json()
    assert not checked["ok"]
    assert checked["findings"] == refused.json()["findings"]


def test_an_injury_repeated_without_end_is_refused_before_it_fills_the_memory(changed):
    def often(study):
        study["disease"] |= {"every": "1e-6 h", "for": "1e6 h"}

    refused = changed(often)
    assert refused.status_code == 422
    assert "repeated" in refused.json()["findings"][0]["problem"]


def test_a_text_is_checked_with_its_lines(client):
    client.post("/api/studies", json={"copy_of": "li2013", "id": "mine"})
    text = client.get("/api/studies/mine").json()["text"]
    spoiled = text.replace("dose: 250 ug", "dose: 250 mg/L").replace("control: vehicle", "contrl: vehicle")
    found = client.post("/api/studies/mine/check", json={"text": spoiled}).json()["findings"]
    lines = spoiled.splitlines()
    assert any("250 mg/L" in lines[one["line"] - 1] for one in found)
    assert any("Did you mean `control`" in one["remedy"] for one in found)
    kept = client.put("/api/studies/mine", json={"text": text + "# seen\n"})
    assert kept.json()["text"].endswith("# seen\n")


@pytest.mark.parametrize(
    "text", ["a: &x 1", "a: !!python/object/apply:os.system [ls]", "- 1", "", "a: 1\na: 2", "\0", "a: " + "[" * 5000]
)
def test_yaml_that_could_do_more_than_say_something_is_refused(client, tmp_path, text):
    refused = client.post("/api/study-files", content=text, headers=YAML)
    assert refused.status_code == 422
    assert not (tmp_path / "studies").exists()


def test_a_study_file_is_added_once(client, tmp_path):
    text = (STUDIES / "qu2017" / "study.yaml").read_text()
    shipped = client.post("/api/study-files", content=text, headers=YAML)
    assert shipped.status_code == 422  # the id of a shipped study
    text = text.replace("id: qu2017", "id: ours")
    assert client.post("/api/study-files", content=text, headers=YAML).json()["id"] == "ours"
    assert client.post("/api/study-files", content=text, headers=YAML).status_code == 422
    assert (tmp_path / "studies" / "ours" / "study.yaml").read_text() == text


def test_a_shipped_study_cannot_be_changed_or_removed(client):
    content = client.get("/api/studies/li2013").json()["study"]
    assert client.put("/api/studies/li2013", json={"study": content}).status_code == 409
    assert client.delete("/api/studies/li2013").status_code == 409
    assert client.get("/studies/li2013/edit").status_code == 404


def test_an_own_study_is_removed_and_its_id_does_not_change(changed, client, tmp_path):
    assert changed(lambda study: study.update(id="other")).json()["findings"][0]["field"] == "id"
    assert client.delete("/api/studies/mine").status_code == 204
    assert client.get("/api/studies/mine").status_code == 404
    assert list((tmp_path / "studies").iterdir()) == []


def test_a_spoiled_own_file_is_listed_with_what_is_wrong(client, tmp_path):
    (tmp_path / "studies" / "broken").mkdir(parents=True)
    (tmp_path / "studies" / "broken" / "study.yaml").write_text("id: broken\n")
    (one,) = [one for one in client.get("/api/studies").json() if one["own"]]
    assert "missing" in one["problem"]
    page = client.get("/studies/broken")
    assert page.status_code == 200
    assert "This field is missing" in page.text
    assert client.get("/studies/broken/edit").status_code == 200
    assert client.post("/api/runs", json={"study": "broken"}).status_code == 422


def test_a_file_changed_by_an_editor_is_read_again(client, tmp_path):
    client.post("/api/studies", json={"copy_of": "li2013", "id": "mine"})
    path = tmp_path / "studies" / "mine" / "study.yaml"
    path.write_text(path.read_text().replace("dose: 250 ug", "dose: 99 ug"))
    assert "99.0 ug" in client.get("/api/studies/mine").json()["timeline"]["arms"][-1]["given"]


def test_a_study_leaves_as_yaml_sbml_and_omex(client, tmp_path):
    (tmp_path / "li2013.yaml").write_bytes(client.get("/api/studies/li2013/study.yaml").content)
    assert read_yaml(tmp_path / "li2013.yaml").value["id"] == "li2013"
    model = client.get("/api/studies/li2013/model.xml")
    document = libsbml.readSBMLFromString(model.text)
    assert document.getNumErrors(libsbml.LIBSBML_SEV_ERROR) == 0
    assert document.getModel().getNumSpecies() > 20
    archive = zipfile.ZipFile(io.BytesIO(client.get("/api/studies/li2013/archive.omex").content))
    assert "manifest.xml" in archive.namelist()
