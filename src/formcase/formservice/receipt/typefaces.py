"""The typefaces of a receipt and which characters each can show.

They come with Python packages (Noto, under the SIL Open Font License), because nothing may be assumed of the fonts on
the machine, and because a file for keeping must carry every glyph that it uses.
"""

from functools import cache
from importlib.resources import files
from pathlib import Path

import typst
from fontTools.ttLib import TTFont

TEXT_FAMILY = "Noto Sans"
# The families that each file holds. One Han variant is enough: all of them show the same characters.
_PREFERRED = (TEXT_FAMILY, "Noto Sans Symbols", "Noto Emoji")
_LAST = ("Noto Sans CJK SC",)
_LARGE_FILE = "NotoSansCJK-Regular.ttc"
_ITALIC = "Italic"


@cache
def fonts() -> typst.Fonts:
    """The typefaces, opened once for the whole process."""
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in _folders()],
    )


@cache
def families() -> tuple[str, ...]:
    """The families in the order in which a character is looked for in them."""
    known = {font.family for font in fonts().fonts()}
    others = sorted(family for family in known - {*_PREFERRED, *_LAST} if "CJK" not in family)
    return (*_PREFERRED, *others, *_LAST)


def covering(character: str) -> frozenset[str]:
    """The font files that can show this character; empty where none can."""
    code = ord(character)
    found = frozenset(name for name, codes in _small_files().items() if code in codes)
    return found or (frozenset({_LARGE_FILE}) if code in _large_file() else frozenset())


def shows(file: str, character: str) -> bool:
    """Whether this one font file can show the character."""
    return ord(character) in (_large_file() if file == _LARGE_FILE else _small_files()[file])


@cache
def _small_files() -> dict[str, frozenset[int]]:
    paths = (path for folder in _folders() for path in folder.glob("*.ttf") if _ITALIC not in path.name)
    return {path.name: _codes(path) for path in sorted(paths)}


@cache
def _large_file() -> frozenset[int]:
    """Read only when somebody writes Chinese, Japanese or Korean: it takes longer than a whole receipt."""
    return next(_codes(folder / _LARGE_FILE) for folder in _folders() if (folder / _LARGE_FILE).exists())


def _codes(path: Path) -> frozenset[int]:
    with TTFont(path, lazy=True, fontNumber=0) as font:
        return frozenset(font.getBestCmap())


@cache
def _folders() -> tuple[Path, ...]:
    return tuple(Path(str(files(package))) for package in ("manimgx_fonts", "noto_cjk_sans_otc"))
