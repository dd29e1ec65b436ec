"""File names on their way into the Slug header."""

from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from formcase.targets.workzone.files import LONGEST_NAME, shortened, slug


@given(st.text())
def test_a_slug_is_plain_ascii_and_never_too_long(name: str) -> None:
    assert slug(name).isascii()
    assert "\r" not in slug(name)
    assert len(unquote(slug(name))) <= LONGEST_NAME


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=LONGEST_NAME))
def test_a_name_that_fits_arrives_whole(name: str) -> None:
    assert unquote(slug(name)) == name


def test_a_long_name_keeps_its_ending() -> None:
    name = "ø" * 200 + ".docx"
    assert shortened(name) == "ø" * 91 + ".docx"
    assert shortened("x" * 300) == "x" * 96
    assert shortened("a." + "y" * 300) == ("a." + "y" * 300)[:96]


def test_a_path_stays_a_name() -> None:
    assert "/" not in slug("../../etc/passwd")
