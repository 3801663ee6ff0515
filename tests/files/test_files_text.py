"""Reading text that somebody else wrote, and paths that somebody else chose."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hepasome.files import MEGABYTE, InputError, inside, read_text


def refusal(path, **options):
    with pytest.raises(InputError) as raised:
        read_text(path, **options)
    return str(raised.value)


def test_line_ends_of_every_system_and_a_byte_order_mark_are_read_alike(tmp_path):
    for raw in (b"a\nb\n", b"a\r\nb\r\n", b"a\rb\r", b"\xef\xbb\xbfa\nb\n"):
        (tmp_path / "x.csv").write_bytes(raw)
        assert read_text(tmp_path / "x.csv") == "a\nb\n"


def test_an_instrument_that_writes_latin_1_is_read_when_asked_for(tmp_path):
    path = tmp_path / "nta.csv"
    path.write_bytes("Temperature,25 °C".encode("latin-1"))
    assert "not UTF-8" in refusal(path)
    assert read_text(path, encodings=("utf-8-sig", "latin-1")) == "Temperature,25 °C"


@pytest.mark.parametrize("name", ["none.csv", "none/none.csv", "a\0b.csv", "x" * 5000])
def test_a_path_that_leads_nowhere(tmp_path, name):
    assert "There is no such file." in refusal(tmp_path / name)


def test_a_folder_a_device_and_a_pipe_are_not_files(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, "/dev/zero", tmp_path / "pipe"):
        assert "This is a folder or a device" in refusal(path)


def test_a_link_is_read_like_the_file_and_a_link_to_itself_is_refused(tmp_path):
    (tmp_path / "file").write_text("a")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert read_text(tmp_path / "link") == "a"
    assert "There is no such file." in refusal(tmp_path / "loop")


def test_two_gigabytes_are_refused_without_being_read(tmp_path):
    with (tmp_path / "video.csv").open("wb") as file:
        file.truncate(2_000_000_000)
    assert "The file has 2,000.0 MB; this kind of file never has more than 20 MB." in refusal(tmp_path / "video.csv")


def test_the_largest_allowed_file_is_read_and_one_byte_more_is_not(tmp_path):
    (tmp_path / "x").write_bytes(b"a" * MEGABYTE)
    assert len(read_text(tmp_path / "x", limit=MEGABYTE)) == MEGABYTE
    (tmp_path / "x").write_bytes(b"a" * (MEGABYTE + 1))
    assert "has 1.1 MB; this kind of file never has more than 1 MB" in refusal(tmp_path / "x", limit=MEGABYTE)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "The file is empty."),
        (b" \n\t\n", "The file is empty."),
        (b"\xef\xbb\xbf", "The file is empty."),
        (b"PK\x03\x04\x00\x00", "This is a binary file"),
        ("size,count\n100,3\n".encode("utf-16"), "UTF-16"),
        (b"caf\xe9", "not UTF-8"),
    ],
)
def test_what_is_no_text_is_named(tmp_path, raw, said):
    (tmp_path / "x.csv").write_bytes(raw)
    assert said in refusal(tmp_path / "x.csv")


@given(st.binary())
def test_any_bytes_are_text_or_a_finding(tmp_path_factory, raw):
    path = tmp_path_factory.mktemp("bytes") / "x"
    path.write_bytes(raw)
    try:
        text = read_text(path)
    except InputError:
        return
    assert text == raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def test_a_file_beside_the_study_is_found(tmp_path):
    assert inside(tmp_path, "tables/../observations.csv", file="study.yaml") == tmp_path / "observations.csv"


def test_no_name_leads_out_of_the_folder(tmp_path):
    folder = tmp_path / "study"
    folder.mkdir()
    (tmp_path / "study-2").mkdir()
    (folder / "link").symlink_to(tmp_path)
    for name in ("../x", "a/../../x", "../study-2/x", "/etc/passwd", str(folder / "x"), "link/x", "link"):
        with pytest.raises(InputError, match="leaves the folder") as raised:
            inside(folder, name, file="study.yaml")
        assert raised.value.findings[0].value == name


@pytest.mark.parametrize("name", ["a\0b", "loop/x", "", "x" * 5000])
def test_a_name_that_no_file_can_have(tmp_path, name):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(InputError):
        read_text(inside(tmp_path, name, file="study.yaml"))


@given(st.text(alphabet="./a~\\", max_size=12))
def test_any_path_is_refused_or_stays_inside(tmp_path_factory, name):
    folder = tmp_path_factory.getbasetemp()
    try:
        path = inside(folder, name, file="study.yaml")
    except InputError:
        return
    assert os.path.commonpath([path, folder.resolve()]) == str(folder.resolve())
