"""A file that somebody asked for is there whole or not at all, and what is no file is not replaced."""

from __future__ import annotations

import os
import stat
import threading

import pytest

from keepwell.cli.writing import write_file


def test_a_file_is_written_with_its_folder_and_nothing_is_left_beside_it(tmp_path):
    path = tmp_path / "new" / "page.html"
    assert write_file(path, "é\r\n") == path
    assert path.read_bytes() == "é\r\n".encode()
    write_file(path, b"\x00")
    assert path.read_bytes() == b"\x00"
    assert [one.name for one in path.parent.iterdir()] == ["page.html"]


def test_what_was_there_stays_where_writing_fails(tmp_path, monkeypatch):
    path = write_file(tmp_path / "page.html", "old")

    def full(_self, _data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        write_file(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link_and_a_pipe_a_pipe(tmp_path):
    target, link, pipe = tmp_path / "target", tmp_path / "link", tmp_path / "pipe"
    target.write_text("old")
    link.symlink_to(target)
    write_file(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    write_file(pipe, "told")
    reader.join(10)
    assert read == ["told"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(IsADirectoryError):
        write_file(tmp_path, "text")
