"""What may be sent as a laboratory file: names, kinds, sizes, and who may send it."""

import contextlib
import io
import re
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lab_upload import CYTOMETER, left, sent

from hepasome.files import InputError
from hepasome.web import Limits
from hepasome.web._product_folder import Reading
from hepasome.web._reading import LabDesk
from hepasome.web._uploads import Upload, check_uploads, lay


@pytest.fixture
def unread(monkeypatch):
    """Nothing is read: what stands before the readers is looked at alone."""
    monkeypatch.setattr(LabDesk, "_found", lambda self, folder: Reading())


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
