"""Bytes to text, offsets to lines and columns."""

import codecs

import pytest

from cleanuplint.files.source import NotText, Position, is_binary, read_text

TEXT = 'const é = "漢字", x = 1;\r\n\tf(x);\n'


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
    ],
)
def test_every_encoding_gives_the_same_text(data: bytes) -> None:
    assert read_text(data).text == TEXT.encode()


def test_newlines_stay_as_they_were() -> None:
    assert read_text(b"a\r\nb\n").text == b"a\r\nb\n"


def test_latin_1_is_read_with_replacements() -> None:
    source = read_text(b"// caf\xe9\nx")
    assert source.line_text(1) == "// caf\N{REPLACEMENT CHARACTER}"
    assert source.position(source.text.index(b"x")) == Position(2, 1)


def test_columns_count_code_points() -> None:
    source = read_text(TEXT.encode())
    assert source.position(source.text.index(b"x = 1")) == Position(1, 17)
    assert source.position(source.text.index(b"f(x)")) == Position(2, 2)
    assert source.position(len(source.text)) == Position(3, 1)


def test_a_letter_beyond_the_basic_plane_is_one_column() -> None:
    source = read_text("'😀'; x".encode())
    assert source.position(source.text.index(b"x")) == Position(1, 6)


def test_lines_come_without_their_breaks() -> None:
    source = read_text(b"a\r\nb\nlast")
    assert [source.line_text(line) for line in range(5)] == ["", "a", "b", "last", ""]


def test_the_empty_file() -> None:
    assert read_text(b"").position(0) == Position(1, 1)


@pytest.mark.parametrize(
    ("data", "binary"),
    [
        (b"\x7fELF\0\0", True),
        (b"let x", False),
        (codecs.BOM_UTF16_LE + b"x\0", False),
        (b" " * 9000 + b"\0", False),
    ],
)
def test_binary(data: bytes, binary: bool) -> None:
    assert is_binary(data) == binary


@pytest.mark.parametrize("data", [b"\0asm\1\0\0\0", codecs.BOM_UTF16_LE + b"x"])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(NotText):
        read_text(data)
