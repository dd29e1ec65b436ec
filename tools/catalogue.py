"""Brings the catalogues of translations up to date with the texts in the source.

Run it as `python tools/catalogue.py` after texts were added or changed: every catalogue then has the new texts, empty,
and says which they are; texts that are gone are taken out. With `--check` it changes nothing and ends with 1 where a
text has no translation, or where catalogues translate it differently, because one of them would win everywhere. A part
of Formcase that stands alone has catalogues of its own, in its folder `locale`; those beside them are for all the rest.
Compiling is not done here: `make install` does it with `pybabel compile`.
"""

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parent.parent / "src" / "formcase"
CATALOGUES = sorted(SOURCE.glob("**/locale/*/LC_MESSAGES/django.po"))
_KEYWORDS = dict(DEFAULT_KEYWORDS) | {
    "message": None,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}
_LINE_WIDTH = 120

# Header lines that change with every run and say nothing.
_IDLE_HEADERS = (
    '"Project-Id-Version:',
    '"POT-Creation-Date:',
    '"PO-Revision-Date:',
    '"Report-Msgid-Bugs-To:',
    '"Last-Translator:',
    '"Language-Team:',
    '"Generated-By:',
)


def source_texts(catalogue: Path) -> Catalog:
    """Every text that this catalogue is for: those of its part of the source that people may see in their own
    language."""
    part = _part(catalogue)
    others = [_part(other) for other in CATALOGUES if part in _part(other).parents]
    catalog = Catalog(project="Formcase", charset="utf-8")
    for path in (*sorted(part.rglob("*.py")), *sorted(part.rglob("templates/**/*.*"))):
        if not any(other in path.parents for other in others) and not _is_for_tests(path):
            text = path.read_text(encoding="utf-8")
            # Django itself knows how to find the texts of a template
            _add(catalog, path, text if path.suffix == ".py" else templatize(text))
    return catalog


def untranslated(catalogue: Path, texts: Catalog) -> list[Message]:
    """The texts that this catalogue has no translation of."""
    known = _read(catalogue)
    return [text for text in texts if text.id and not _is_translated(known, text)]


def disputed() -> list[tuple[str, list[str]]]:
    """The texts that catalogues translate differently, each with its translations."""
    found: dict[tuple[str, str | None, str], set[str]] = {}
    for catalogue in CATALOGUES:
        for text in _read(catalogue):
            if text.id and text.string:
                language = catalogue.parent.parent.name
                found.setdefault((language, text.context, str(text.id)), set()).add(str(text.string))
    return [(text, sorted(ways)) for (_language, _context, text), ways in found.items() if len(ways) > 1]


def refresh(catalogue: Path, texts: Catalog) -> None:
    """Add the new texts to the catalogue and take out those that are gone."""
    known = _read(catalogue)
    known.update(texts, no_fuzzy_matching=True)
    known.obsolete.clear()
    known.fuzzy = False
    written = io.BytesIO()
    write_po(written, known, width=_LINE_WIDTH, sort_by_file=True, include_lineno=False)
    lines = written.getvalue().decode("utf-8").splitlines(keepends=True)
    catalogue.write_text("".join(line for line in lines if not line.startswith(_IDLE_HEADERS)), encoding="utf-8")


def _part(catalogue: Path) -> Path:
    """The folder whose texts it has."""
    return catalogue.parents[3]


def _read(catalogue: Path) -> Catalog:
    with catalogue.open("rb") as file:
        return read_po(file, locale=catalogue.parent.parent.name, domain="django")


def _is_translated(known: Catalog, text: Message) -> bool:
    found = known.get(text.id, text.context)
    if found is None or found.fuzzy:
        return False
    return bool(found.string) if isinstance(found.string, str) else bool(found.string) and all(found.string)


def _is_for_tests(path: Path) -> bool:
    return "tests" in path.parts or path.stem.endswith("_for_tests")


def _add(catalog: Catalog, path: Path, source: str) -> None:
    lines = source.splitlines()
    for line, text, _comments, context in extract("python", io.BytesIO(source.encode("utf-8")), _KEYWORDS):
        # a decorator named `_` is how a lexer is written, and no text
        if not lines[line - 1].lstrip().startswith("@"):
            catalog.add(text, locations=[(path.relative_to(SOURCE).as_posix(), 1)], context=context)


def main(arguments: list[str]) -> int:
    """Refresh, or only check."""
    missing = 0
    for catalogue in CATALOGUES:
        texts = source_texts(catalogue)
        if "--check" not in arguments:
            refresh(catalogue, texts)
        for text in untranslated(catalogue, texts):
            missing += 1
            print(f"{catalogue.parent.parent.name}: {text.id!r} ({text.locations[0][0]})")
    for text, ways in disputed():
        missing += 1
        print(f"translated differently: {text!r}: {', '.join(ways)}")
    return 1 if missing and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
