"""Whoever has chosen Danish reads Danish: every text is translated, with everything that is filled in."""

import importlib.util
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation
from django.utils.translation import trans_real

_specification = importlib.util.spec_from_file_location(
    "catalogue", Path(__file__).parents[2] / "tools" / "catalogue.py"
)
assert _specification
assert _specification.loader
catalogue = importlib.util.module_from_spec(_specification)
_specification.loader.exec_module(catalogue)


MAIN = catalogue.SOURCE / "locale/da/LC_MESSAGES/django.po"


def _named(path: Path) -> str:
    return path.relative_to(catalogue.SOURCE).as_posix()


@pytest.fixture(scope="module", params=catalogue.CATALOGUES, ids=_named)
def danish(request) -> Catalog:
    with request.param.open("rb") as file:
        return read_po(file, locale="da", domain="django")


def _forms(text: Message) -> Iterator[tuple[str, str]]:
    """The text and its translation; where it speaks of numbers, of one and of several, each with its translation."""
    if isinstance(text.id, tuple):
        yield from zip(text.id, text.string, strict=True)
    elif text.id:
        yield text.id, text.string


def _placeholders(text: str) -> set[str]:
    """What is filled in, by Python's braces or, in templates, by its per cent signs."""
    try:
        braced = {name for _literal, name, _format, _conversion in Formatter().parse(text) if name is not None}
    except ValueError:
        braced = set()  # it speaks of a brace
    return braced | set(re.findall(r"%\((\w+)\)s", text))


def test_the_texts_of_the_source_are_found():
    texts = catalogue.source_texts(MAIN)
    assert "there is no case group {code}." in texts  # by message(…)
    assert "{seconds} s" in texts  # by gettext
    assert "Sign in to Formcase" in texts  # in a template


def test_a_lexers_rule_is_no_text():
    assert all("null(?!\\w)" not in catalogue.source_texts(one) for one in catalogue.CATALOGUES)


def test_a_part_that_stands_alone_has_its_texts_in_its_own_folder():
    text = "Log in with a token or with name and password."  # the case system says so
    assert [_named(one) for one in catalogue.CATALOGUES if text in catalogue.source_texts(one)] == [
        "casesystem/locale/da/LC_MESSAGES/django.po"
    ]


@pytest.mark.parametrize("path", catalogue.CATALOGUES, ids=_named)
def test_every_text_has_a_danish_translation(path):
    missing = catalogue.untranslated(path, catalogue.source_texts(path))
    assert [f"{text.locations[0][0]}: {text.id}" for text in missing] == []


def test_a_translation_fills_in_the_same_things_as_the_text(danish):
    differing = [
        source
        for text in danish
        for source, translated in _forms(text)
        if translated and _placeholders(source) != _placeholders(translated)
    ]
    assert differing == []


def _shape(text: str) -> tuple[bool, bool]:
    """Whether it begins with a small letter, and whether it is a whole sentence."""
    return text[0].isalpha() and text[0].islower(), text.endswith(".")


def test_a_part_of_a_sentence_stays_one_in_danish(danish):
    differing = [
        source
        for text in danish
        for source, translated in _forms(text)
        if translated and _shape(source) != _shape(translated)
    ]
    assert differing == []


@pytest.fixture
def compiled_danish(tmp_path, monkeypatch) -> Iterator[None]:
    """Django with the catalogue as `make install` compiles it."""
    folder = tmp_path / "da" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    compiled = BytesIO()
    with MAIN.open("rb") as file:
        write_mo(compiled, read_po(file, locale="da", domain="django"))
    (folder / "django.mo").write_bytes(compiled.getvalue())
    monkeypatch.setattr(settings, "LOCALE_PATHS", [str(tmp_path)])
    monkeypatch.setattr(trans_real, "_translations", {})
    yield
    trans_real._translations = {}


def test_django_speaks_danish_with_the_catalogue(compiled_danish):
    with translation.override("da"):
        assert translation.gettext("there is no case group {code}.") == "der er ingen sagsgruppe {code}."
    with translation.override("en"):
        assert translation.gettext("there is no case group {code}.") == "there is no case group {code}."


def test_django_looks_for_the_catalogue_where_it_lies():
    assert str(catalogue.SOURCE / "locale") in settings.LOCALE_PATHS


def test_no_two_catalogues_translate_the_same_text_differently():
    assert catalogue.disputed() == []
