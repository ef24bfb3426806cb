"""The one reader of files, tables and numbers: what it takes, and how it refuses the rest."""

import os
import re
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildout._util.reading import (
    read_bytes,
    read_number,
    read_quantity,
    read_rows,
    read_text,
    read_whole,
)
from buildout.errors import InputError, PathwayFileError


def written(folder, data):
    (folder / "a.txt").write_bytes(data)
    return folder / "a.txt"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"a\n", "a\n"),
        (b"\xef\xbb\xbfa", "a"),
        ("é中文".encode(), "é中文"),
        (b"a\r\nb", "a\r\nb"),
    ],
)
def test_text_is_read_with_or_without_a_byte_order_mark(tmp_path, data, text):
    assert read_text(written(tmp_path, data), what="the file") == text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("a".encode("utf-16"), "not UTF-8 text: it looks like UTF-16. .* Save it as UTF-8"),
        ("title".encode("utf-16-le"), "looks like UTF-16"),
        ("title".encode("utf-16-be"), "looks like UTF-16"),
        (b"one\ntwo \xe9t\xe9", "line 2 looks like Latin-1"),
        (b"one\ntw\x00o", "line 2 holds a NUL byte"),
        (b"\x80abc", "line 1 looks like Latin-1 or Windows-1252"),
        (b"\xed\xa0\x80abcd", "not UTF-8"),
    ],
)
def test_what_is_not_text_is_refused_with_line_and_cure(tmp_path, data, message):
    with pytest.raises(InputError, match=message):
        read_text(written(tmp_path, data), what="the file")


def test_a_missing_file_is_told_in_the_callers_words_and_class(tmp_path):
    with pytest.raises(PathwayFileError, match=r"Cannot read the plan `.*none`: No such file"):
        read_text(tmp_path / "none", what="the plan", error=PathwayFileError)


def test_what_is_no_regular_file_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        for path, kind in [
            (tmp_path / "pipe", "a named pipe"),
            (tmp_path, "a folder"),
            ("/dev/zero", "a device"),
            (tmp_path / "socket", "no file"),
        ]:
            with pytest.raises(InputError, match=f"Cannot read the file .*: it is {kind}"):
                read_bytes(path, what="the file")


@pytest.mark.parametrize("name", ["a\x00b", "x" * 5000, "a/b/c"])
def test_a_path_that_cannot_be_is_told(tmp_path, name):
    with pytest.raises(InputError, match="Cannot read the file") as raised:
        read_bytes(tmp_path / name, what="the file")
    assert len(str(raised.value)) < 400


def test_a_link_is_followed_and_a_dangling_one_told(tmp_path):
    (tmp_path / "link").symlink_to(written(tmp_path, b"x"))
    assert read_bytes(tmp_path / "link", what="the file") == b"x"
    (tmp_path / "dangling").symlink_to(tmp_path / "none")
    with pytest.raises(InputError, match="No such file"):
        read_bytes(tmp_path / "dangling", what="the file")


def test_a_file_larger_than_the_limit_is_refused_with_the_number(tmp_path):
    path = written(tmp_path, b"12345")
    assert read_text(path, what="the file", limit=5) == "12345"
    with pytest.raises(InputError, match="larger than 4 bytes"):
        read_text(path, what="the file", limit=4)
    with open(path, "wb") as file:
        file.truncate(16 * 2**20 + 1)
    with pytest.raises(InputError, match=r"larger than 16 MiB.*16,777,216 bytes"):
        read_bytes(path, what="the file")


def rows(folder, text, columns=("a", "b")):
    return read_rows(written(folder, text.encode()), columns, what="the table")


def test_rows_come_with_their_line_and_all_their_columns(tmp_path):
    assert rows(tmp_path, '\ufeffa,c,b\n1,"x\ny",2\n\n3,,4\n') == [
        (3, {"a": "1", "c": "x\ny", "b": "2"}),
        (5, {"a": "3", "c": "", "b": "4"}),
    ]
    assert rows(tmp_path, "a,b") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "lacks the columns `a`, `b`. It needs a, b"),
        ("a\n1\n", "lacks the columns `b`"),
        ("a;b\n1;2\n", "not separated by commas"),
        ("a\tb\n1\t2\n", "not separated by commas"),
        ("a,b,b\n1,2,3\n", "column `b` twice"),
        ("a,b\n1,2\n3\n", "Line 3 has 1 cell. 2 are accepted"),
        ("a,b\n1,2,3\n", "Line 2 has 3 cells"),
        ("a,b\n1\n1,2,3\n", "has 2 problems"),
        ('a,b\n1,"2\n3,4\n', "line 3: .*double quotes"),
        ('a,b\n1,"2"3\n', "line 2: .*double quotes"),
        ("a,b\n1," + "x" * 200_000, "field larger than"),
    ],
)
def test_a_table_that_is_not_rectangular_is_told_by_line(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        rows(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.8", 0.8),
        (" 3 ", 3.0),
        ("1e3", 1000.0),
        ("-2.5E-3", -0.0025),
        (".5", 0.5),
        ("5.", 5.0),
        ("+7", 7.0),
        ("0e9", 0.0),
        ("1e-310", 1e-310),
    ],
)
def test_a_number_is_read(text, value):
    assert read_number(text, what="`--x`") == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nan", "`nan`. A finite number is accepted"),
        ("-inf", "finite"),
        ("Infinity", "finite"),
        ("1e309", "finite number is accepted, up to"),
        ("9" * 400, "finite"),
        ("1e-400", "too small"),
        ("much", "`--x` is `much`. A number is accepted.$"),
        ("", "``. A number"),
        ("0,8", "Write `0.8`"),
        (",5", "Write `.5`"),
        ("-,5", "Write `-.5`"),
        ("12,5e3", "Write `12.5e3`"),
        ("80%", "as a share: `0.8`"),
        ("80 %", "as a share: `0.8`"),
        ("2,5 %", "as a share: `0.025`"),
        ("80 percent", "as a share: `0.8`"),
        ("1_000", "Write `1000`"),
        ("1 000", "Write `1000`"),
        ("1\u00a0000", "Write `1000`"),
        ("1\u2009000", "Write `1000`"),
        ("1'000", "Write `1000`"),
        ("1,000", "Write `1000` for a thousand, `1.000` if"),
        ("1,000,000", "Write `1000000`"),
        ("1,000.5", "Write `1000.5`"),
        ("½", "Write `0.5`"),
        ("1½", "Write `1.5`"),
        ("3/4", "Write `0.75`"),
        ("1/0", "A number is accepted.$"),
        ("\u22125", "Write `-5`"),
        ("\uff11\uff12", "Write `12`"),
        ("\u0663", "A number is accepted"),
        ("0x10", "decimal digits"),
        ("10kg", "Write `10`"),
        ("1e", "A number is accepted"),
        ("1.2.3", "A number is accepted"),
        ("--5", "A number is accepted"),
        ("1 2 x", "A number is accepted"),
        ("True", "A number is accepted"),
        ("\x1b[31m5", r"`\\x1b\[31m5`"),
        ("5\x00", r"`5\\x00`"),
    ],
)
def test_what_is_no_number_is_refused_with_what_was_meant(text, message):
    with pytest.raises(InputError, match=message):
        read_number(text, what="`--x`")
    with pytest.raises(InputError):
        read_whole(text, what="`--x`")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_that_python_writes_is_read_back(value):
    assert read_number(repr(value), what="it") == value


@given(st.text())
def test_any_text_is_a_finite_number_or_an_error_of_ours(text):
    refused = None
    for read in (read_number, read_whole, read_quantity):
        try:
            read(text, what="it")
        except InputError as error:
            refused = error
            continue
    assert refused is None or not re.search("[\x00-\x1f\x7f-\x9f]", str(refused))


@pytest.mark.parametrize(
    ("text", "value"), [("5", 5), ("-3", -3), ("1e6", 10**6), ("12.0", 12), (f"{2**63}", 2**63)]
)
def test_a_whole_number_is_read_exactly(text, value):
    assert read_whole(text, what="`--x`") == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1.5", "`--x` is `1.5`. A whole number from 1 to 9,000 is accepted"),
        ("0", "from 1 to 9,000"),
        ("9001", "from 1 to 9,000"),
        ("1e300", "from 1"),
        ("9" * 5000, "from 1"),
        ("x", "A whole number"),
        ("1,000", "A whole number.*Write `1000`"),
    ],
)
def test_a_number_that_is_not_whole_or_out_of_bounds_is_refused(text, message):
    with pytest.raises(InputError, match=message):
        read_whole(text, what="`--x`", least=1, most=9000)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("150", (150.0, "")),
        ("150 USD/kg", (150.0, "USD/kg")),
        ("150USD/kg", (150.0, "USD/kg")),
        ("1e3 t", (1000.0, "t")),
        ("0.1 1/Year", (0.1, "1/Year")),
        ("3 MUSD / (t/Year)", (3.0, "MUSD / (t/Year)")),
        ("5 €/kg", (5.0, "€/kg")),
    ],
)
def test_a_unit_may_follow_a_number(text, found):
    assert read_quantity(text, what="it") == found


@pytest.mark.parametrize("text", ["80%", "80 %", "0x10", "1 000", "1-3", "0,8 USD/kg", "5 5 t"])
def test_a_quantity_that_is_none_is_refused(text):
    with pytest.raises(InputError, match="it is"):
        read_quantity(text, what="it")
