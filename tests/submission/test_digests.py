"""The bytes of a file are what was said of them, or they are refused."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcase.messages import message
from formcase.submission.digests import ContentCheck, WrongContent, check_content
from formcase.submission.model import FileDescription

NAME = message("the PDF")


def described(content: bytes) -> FileDescription:
    return FileDescription("application/pdf", len(content), hashlib.sha256(content).hexdigest())


@given(st.lists(st.binary(max_size=20), max_size=6))
def test_a_file_may_come_in_pieces_of_any_size(pieces):
    check = ContentCheck(NAME, described(b"".join(pieces)))
    for piece in pieces:
        check.take(piece)
    check.finish()
    assert check.size == sum(map(len, pieces))


def test_a_file_of_no_bytes_is_a_file():
    check_content(b"", NAME, described(b""))


def test_another_digest_is_refused_and_says_both():
    with pytest.raises(WrongContent) as caught:
        check_content(b"abd", NAME, described(b"abc"))
    assert described(b"abc").sha256 in str(caught.value)
    assert described(b"abd").sha256 in str(caught.value)


def test_missing_bytes_are_refused():
    with pytest.raises(WrongContent, match="2 bytes"):
        check_content(b"ab", NAME, described(b"abc"))


def test_more_bytes_than_announced_are_refused_at_once_not_at_the_end():
    check = ContentCheck(NAME, described(b"abc"))
    check.take(b"abc")
    with pytest.raises(WrongContent, match="more than the 3 bytes"):
        check.take(b"d")
