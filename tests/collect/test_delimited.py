"""Are delimited files read right, with the line of every row, whatever stands in them?"""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepwell.collect import delimited
from keepwell.collect.delimited import DelimitedReader
from keepwell.collect.rows import FileProblem
from keepwell.collect.source import Format


def read(content, columns=None, **form):
    """Header, rows as (line, cells), blank rows, rejected rows as (line, code)."""
    raw = content if isinstance(content, bytes) else content.encode()
    reader = DelimitedReader(io.BytesIO(raw), "f.csv", Format(**form))
    names = list(columns or reader.header)
    rows, rejected, blank = [], [], 0
    for batch in reader.batches(names):
        rows += [(row["__line"], *(row[name] for name in names)) for row in batch.rows.to_pylist()]
        rejected += [(one.line, one.code) for one in batch.rejected]
        blank += batch.blank
    return reader.header, rows, blank, rejected


def test_lines_count_line_ends_in_quotes():
    assert read('a,b\n1,"x\ny"\n2,"x\r\ny\n"\n3,z\n')[1] == [(2, "1", "x\ny"), (4, "2", "x\r\ny\n"), (7, "3", "z")]


def test_quotes_in_quotes_and_separators():
    assert read('a,b\n"say ""hi""","1,2"\n')[1] == [(2, 'say "hi"', "1,2")]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_are_found(separator):
    text = "a,b,c\n1,2,3\n".replace(",", separator)
    assert read(text)[:2] == (("a", "b", "c"), [(2, "1", "2", "3")])


def test_one_column_is_a_file_too():
    assert read("name\nAnn\nBob\n")[1] == [(2, "Ann"), (3, "Bob")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_all_systems(end):
    assert read(end.join(["a,b", "1,2", "3,4"]))[1] == [(2, "1", "2"), (3, "3", "4")]


@pytest.mark.parametrize(
    ("content", "form"),
    [
        ("a,b\né,ß\n".encode("latin-1"), {"encoding": "latin-1"}),
        ("\ufeffa,b\né,ß\n".encode(), {}),
        ("a,b\né,ß\n".encode("utf-16"), {}),
        ("a,b\né,ß\n".encode("cp1252"), {"encoding": "cp1252"}),
    ],
)
def test_encodings(content, form):
    assert read(content, **form)[:2] == (("a", "b"), [(2, "é", "ß")])


def test_what_is_not_utf8_is_said_with_its_line():
    with pytest.raises(FileProblem) as caught:
        read(b"a,b\nx,y\n\xe9,z\n")
    problem = caught.value.problem
    assert (problem.code, problem.line, problem.found) == ("file-encoding", 3, "the byte E9")
    assert "encoding: latin-1" in str(problem.expected)


def test_doubled_headers_get_a_number():
    assert read("id,name,,name,name\n1,a,b,c,d\n")[0] == ("id", "name", "column_3", "name_2", "name_3")


def test_a_file_without_header_takes_the_stated_one():
    assert read("1,2\n3,4\n", header=("a", "b"))[:2] == (("a", "b"), [(1, "1", "2"), (2, "3", "4")])


def test_several_header_rows():
    text = 'Q1,Q2\n"How likely?\nSay",Why\n"{""id"":1}",x\n9,good\n'
    assert read(text, header_rows=3)[:2] == (("Q1", "Q2"), [(5, "9", "good")])


def test_blank_lines_before_the_header_are_skipped():
    assert read("\n\na,b\n1,2\n")[:2] == (("a", "b"), [(4, "1", "2")])


def test_odd_separators_and_row_ends():
    text = '1+|a\nb+|<x y="1">&|\n2+|c+|d&|\n3+|e&|\n'
    _, rows, _, rejected = read(text, header=("a", "b", "c"), separator="+|", row_ends_with="&|")
    assert rows == [(1, "1", "a\nb", '<x y="1">'), (3, "2", "c", "d")]
    assert rejected == [(4, "row-too-few-cells")]


def test_several_characters_as_separator():
    assert read("a||b\n1||2\n\n3\n", separator="||") == (("a", "b"), [(2, "1", "2")], 1, [(4, "row-too-few-cells")])


def test_columns_set_apart_by_spaces():
    assert read(" id  date n\n 001 19970101  1 \n", separator="spaces")[:2] == (
        ("id", "date", "n"), [(2, "001", "19970101", "1")],
    )  # fmt: skip


def test_stray_quotes_are_text():
    assert read('a,b\n1,5" pipe\n2,"ok"\n')[1] == [(2, "1", '5" pipe'), (3, "2", "ok")]


def test_a_quote_that_is_never_closed_costs_its_own_line_only():
    _, rows, _, rejected = read('a,b\n1,x\n2,"open\n3,y\n4,z\n')
    assert rows == [(2, "1", "x"), (4, "3", "y"), (5, "4", "z")]
    assert rejected == [(3, "row-quote-open")]


def test_a_few_columns_of_many():
    assert read("a,b,c\n1,2,3\n", columns=["c", "a"])[1] == [(2, "3", "1")]


CELL = st.text(st.sampled_from('ab ",\n;é'), max_size=6)
_NO_MARKS = str.maketrans("", "", '",\n')
ROWS = st.lists(st.tuples(CELL, CELL, CELL).filter(lambda row: any(cell.strip() for cell in row)), max_size=30)


@settings(deadline=None, max_examples=150)
@given(rows=ROWS, chunk=st.sampled_from([7, 64, 1 << 20]), end=st.sampled_from(["\n", "\r\n"]))
def test_what_was_written_is_read_whatever_the_size_of_chunks(rows, chunk, end):
    """The reader gives back what Python's writer wrote; the fast way, the slow way and chunks make no difference."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=end)
    writer.writerow(["x", "y", "z"])
    writer.writerows(rows)
    lines, at = [], 2
    for row in rows:
        lines.append(at)
        at += 1 + sum(cell.count("\n") for cell in row)
    before, delimited.CHUNK = delimited.CHUNK, chunk
    try:
        _, found, blank, rejected = read(out.getvalue(), separator=",")
    finally:
        delimited.CHUNK = before
    assert ([row[1:] for row in found], blank, rejected) == (rows, 0, [])
    assert [row[0] for row in found] == lines


@settings(deadline=None, max_examples=150)
@given(text=st.text(st.sampled_from('ab,"\n'), max_size=60), chunk=st.sampled_from([5, 1 << 20]))
def test_no_letter_is_ever_lost(text, chunk):
    """Any text at all: each letter of it comes back, in the cell of a row or in the text of a rejected one."""
    before, delimited.CHUNK = delimited.CHUNK, chunk
    try:
        reader = DelimitedReader(io.BytesIO(("x,y\n" + text).encode()), "f.csv", Format(separator=","))
        batches = list(reader.batches(reader.header))
    finally:
        delimited.CHUNK = before
    found = [row[name] for batch in batches for row in batch.rows.to_pylist() for name in ("x", "y")]
    found += [one.text for batch in batches for one in batch.rejected]
    assert sorted("".join(found).translate(_NO_MARKS)) == sorted(text.translate(_NO_MARKS))
    numbers = [n for batch in batches for n in batch.rows.column("__row").to_pylist()]
    numbers += [one.row for batch in batches for one in batch.rejected]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
