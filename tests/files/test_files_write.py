"""A crash or a full disk leaves the last complete file."""

import errno
import os

import pytest

from hepasome.files import write_atomically


def test_text_and_bytes_are_written_and_parent_folders_made(tmp_path):
    path = write_atomically(tmp_path / "runs" / "1" / "run.json", "µg\n")
    assert path.read_bytes() == "µg\n".encode()
    assert write_atomically(path, b"\x00\x01").read_bytes() == b"\x00\x01"
    assert [file.name for file in path.parent.iterdir()] == ["run.json"]


def test_others_may_read_what_was_written(tmp_path):
    assert write_atomically(tmp_path / "report.html", "x").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file_and_no_other(tmp_path, monkeypatch, step):
    path = tmp_path / "run.json"
    path.write_text("old")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(path, "new")
    monkeypatch.undo()
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["run.json"]


def test_an_interruption_by_the_user_leaves_no_temporary_file(tmp_path, monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "run.json", "new")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_not_overwritten(tmp_path):
    (tmp_path / "run").mkdir()
    with pytest.raises(OSError, match="run"):
        write_atomically(tmp_path / "run", "x")
    assert [file.name for file in tmp_path.iterdir()] == ["run"]


def test_the_longest_file_name_can_be_written(tmp_path):
    assert write_atomically(tmp_path / ("x" * 255), "a").read_text() == "a"
