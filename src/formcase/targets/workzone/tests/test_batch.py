"""The change set as bytes, and answers of every shape."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcase.targets.workzone import batch
from formcase.targets.workzone.batch import Part

bodies = st.dictionaries(
    st.text(min_size=1, max_size=8), st.text(max_size=60) | st.just("\r\n--batch_\r\n--\r\n\r\n"), max_size=4
)


def answer(*parts: tuple[int, str, bytes], line: bytes = b"\r\n", inside: bool = False) -> tuple[str, bytes]:
    """A committed change set as a service would send it."""
    inner = []
    for status, content_id, body in parts:
        outer = [b"Content-Type: application/http", b"Content-Transfer-Encoding: binary"]
        head = [b"HTTP/1.1 %d Whatever" % status, b"Content-Type: application/json"]
        (head if inside else outer).append(b"Content-ID: " + content_id.encode())
        inner.append(line.join([b"--c", *outer, b"", *head, b"", body]))
    whole = line.join(
        [b"--b", b'Content-Type: multipart/mixed; boundary="c"', b"", *inner, b"--c--", b"", b"--b--", b"epilogue"]
    )
    return "multipart/mixed; boundary=b", b"preamble" + line + whole


@given(st.lists(bodies, min_size=1, max_size=6))
def test_what_is_written_is_what_a_reader_finds(contents: list[dict[str, str]]) -> None:
    parts = tuple(Part(f"p{n}", "POST", "Files", content, {"X-Number": str(n)}) for n, content in enumerate(contents))
    written = batch.write(parts)
    outer = batch._split(written.body, batch._boundary_of(written.content_type))
    assert len(outer) == 1
    headers, changes = batch._headers_and_body(outer[0])
    found = batch._split(changes, batch._boundary_of(headers["content-type"]))
    assert len(found) == len(parts)
    for part, raw in zip(parts, found, strict=True):
        mime, http = batch._headers_and_body(raw)
        line, _, rest = http.partition(b"\r\n")
        head, body = batch._headers_and_body(rest)
        assert mime["content-id"] == part.content_id
        assert line == b"POST Files HTTP/1.1"
        assert head["x-number"] == part.headers["X-Number"]
        assert json.loads(body) == part.body
        assert int(head["content-length"]) == len(body)


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=5), st.sampled_from([b"\r\n", b"\n"]), st.booleans())
def test_an_answer_is_read_whatever_its_bodies_hold(contents: list[bytes], line: bytes, inside: bool) -> None:
    clean = [content for content in contents if b"--c" not in content and b"--b" not in content]
    clean = [content.rstrip(b"\r") for content in clean] or [b"{}"]  # before a bare line feed it belongs to the line
    kind, body = answer(*((201, f"p{n}", content) for n, content in enumerate(clean)), line=line, inside=inside)
    found = batch.read(kind, body)
    assert [part.content_id for part in found.parts] == [f"p{n}" for n in range(len(clean))]
    assert [part.answer.body for part in found.parts] == clean
    assert found.refusal() is None


def test_a_refused_change_set_is_one_answer_of_its_own() -> None:
    body = (
        b"--b\r\nContent-Type: application/http\r\nContent-ID: p00002\r\n\r\n"
        b'HTTP/1.1 409 Conflict\r\nContent-Type: application/json\r\n\r\n{"error": {"code": "KeyExists"}}\r\n--b--\r\n'
    )
    refusal = batch.read('multipart/mixed; boundary="b"', body).refusal()
    assert refusal is not None
    assert (refusal.answer.status, refusal.content_id) == (409, "p00002")
    assert refusal.answer.json() == {"error": {"code": "KeyExists"}}


def test_an_answer_that_is_cut_off_anywhere_is_never_taken_for_a_whole_one() -> None:
    kind, body = answer((201, "p0", b'{"ID": "1"}'), (201, "p1", b'{"ID": "2"}'))
    end = body.index(b"--b--") + len(b"--b--")
    for cut in range(end):
        with pytest.raises(batch.Unreadable):
            batch.read(kind, body[:cut])
    assert len(batch.read(kind, body[:end]).parts) == 2


def test_a_part_that_is_shorter_than_it_says_is_unreadable() -> None:
    part = b"Content-Type: application/http\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{}"
    with pytest.raises(batch.Unreadable, match="cut off"):
        batch.read("multipart/mixed; boundary=b", b"--b\r\n" + part + b"\r\n--b--")


@pytest.mark.parametrize("status", [0, 1, 100, 199, 600, 999])
def test_what_is_no_final_answer_is_not_taken_for_success(status: int) -> None:
    part = b"Content-Type: application/http\r\n\r\nHTTP/1.1 %03d Odd\r\n\r\n{}" % status
    with pytest.raises(batch.Unreadable, match="final"):
        batch.read("multipart/mixed; boundary=b", b"--b\r\n" + part + b"\r\n--b--")


@given(st.text(max_size=80), st.binary(max_size=400))
def test_rubbish_is_called_unreadable_and_nothing_else(kind: str, body: bytes) -> None:
    try:
        batch.read(kind, body)
    except batch.Unreadable:
        return
    raise AssertionError("rubbish was read")


@given(st.binary(max_size=400))
def test_rubbish_between_the_right_boundaries_is_called_unreadable(body: bytes) -> None:
    try:
        found = batch.read("multipart/mixed; boundary=b", b"--b\r\n" + body + b"\r\n--b--")
    except batch.Unreadable:
        return
    assert found.parts == ()


def test_a_long_answer_is_read_in_time_that_grows_with_its_length() -> None:
    kind, body = answer(*((201, f"p{n}", b"{" + b" " * 3000 + b"}") for n in range(3000)))
    assert len(batch.read(kind, body).parts) == 3000


def test_content_ids_are_never_the_beginning_of_one_another() -> None:
    from formcase.targets.workzone.writing import content_id

    names = sorted(content_id(index) for index in range(1200))
    assert not any(longer.startswith(shorter) for shorter, longer in pairwise(names))


def test_a_header_of_two_lines_is_refused() -> None:
    with pytest.raises(ValueError):
        batch.write((Part("p1", "POST", "Files", {}, {"If-Match": 'x"\r\nEvil: 1'}),))
