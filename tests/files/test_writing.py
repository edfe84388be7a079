"""Files are written whole, as they were written before, or left alone."""

import codecs
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanuplint.files.source import form_of, read_text
from cleanuplint.files.writing import NotWritten, rewrite

TEXTS = ["", "a\r\nb", "é", "\ufeff", "日本\n"]


def test_the_mode_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "run.js"
    path.write_bytes(b"old")
    path.chmod(0o750)
    rewrite(path, b"old", b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o750
    assert os.listdir(tmp_path) == ["run.js"]


def test_links_are_written_through(tmp_path: Path) -> None:
    real, link = tmp_path / "real.js", tmp_path / "link.js"
    real.write_bytes(b"old")
    link.symlink_to("real.js")
    rewrite(link, b"old", b"new")
    assert link.is_symlink() and real.read_bytes() == b"new"


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.js"
    path.write_bytes(b"newer")
    with pytest.raises(NotWritten, match="has changed since it was read"):
        rewrite(path, b"old", b"new")
    assert path.read_bytes() == b"newer"


def test_a_read_only_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.js"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with pytest.raises(NotWritten, match="read-only"):
        rewrite(path, b"old", b"new")


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotWritten, match="cannot be written"):
        rewrite(tmp_path / "gone.js", b"old", b"new")


@given(st.binary(max_size=40))
def test_every_file_can_be_written_as_it_was(data: bytes) -> None:
    if not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        form = form_of(data)
        assert form.write(form.read(data).text) == data


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-8"])
@pytest.mark.parametrize("text", TEXTS)
def test_marked_files_are_read_as_ever(codec: str, text: str) -> None:
    mark = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE}
    data = mark.get(codec, codecs.BOM_UTF16_BE) + text.encode(codec)
    form = form_of(data)
    assert form.read(data).text == text.encode() == read_text(data).text
    assert form.write(text.encode()) == data
