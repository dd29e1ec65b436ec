"""Kinds of files that people attach, told by what is in them and not by what they are called alone.

A file is of a kind when its name ends as that kind's does and its content begins as that kind's must. What can be run
is of no kind here, and an office document with macros is refused. Nothing is unpacked: of an archive only the list of
what is in it is read.
"""

import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from django.utils.translation import gettext as _

HEAD = 4096  # bytes of a file that are looked at
_LONGEST_DIRECTORY = 4 * 1024 * 1024


class FileRefused(Exception):
    """A file that is not of a kind that may be attached. The text says what was expected."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: how its name ends, its media type, and whether a head and a whole file can be one."""

    name: str
    endings: tuple[str, ...]
    media_type: str
    begins: Callable[[bytes], bool]
    contains: str = ""  # what an archive must hold


def _magic(*beginnings: bytes, at: int = 0) -> Callable[[bytes], bool]:
    return lambda head: any(head[at:].startswith(beginning) for beginning in beginnings)


def _pdf(head: bytes) -> bool:
    # the standard allows other bytes before it, within the first kilobyte
    return b"%PDF-" in head[:1024]


def _webp(head: bytes) -> bool:
    return head.startswith(b"RIFF") and head[8:12] == b"WEBP"


def _heic(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12] in {b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis"}


def _mp4(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and not _heic(head)


def _text(head: bytes) -> bool:
    """Text in UTF-8 or an older encoding of one byte: no control characters, and no known beginning of a program."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", head) and not head.startswith((b"MZ", b"#!", b"\x7fELF"))


def _xml(head: bytes) -> bool:
    return _text(head) and head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def _open_document(media_type: bytes) -> Callable[[bytes], bool]:
    # the first entry is “mimetype”, uncompressed, so that it can be seen here
    return lambda head: head.startswith(b"PK\x03\x04") and head[30:].startswith(b"mimetype" + media_type)


_ZIP = _magic(b"PK\x03\x04", b"PK\x05\x06")
_OLE = _magic(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("pdf", (".pdf",), "application/pdf", _pdf),
        Kind("png", (".png",), "image/png", _magic(b"\x89PNG\r\n\x1a\n")),
        Kind("jpeg", (".jpg", ".jpeg"), "image/jpeg", _magic(b"\xff\xd8\xff")),
        Kind("gif", (".gif",), "image/gif", _magic(b"GIF87a", b"GIF89a")),
        Kind("webp", (".webp",), "image/webp", _webp),
        Kind("tiff", (".tif", ".tiff"), "image/tiff", _magic(b"II*\0", b"MM\0*")),
        Kind("heic", (".heic", ".heif"), "image/heic", _heic),
        Kind("docx", (".docx",), _OFFICE + "wordprocessingml.document", _ZIP, "word/document.xml"),
        Kind("xlsx", (".xlsx",), _OFFICE + "spreadsheetml.sheet", _ZIP, "xl/workbook.xml"),
        Kind("pptx", (".pptx",), _OFFICE + "presentationml.presentation", _ZIP, "ppt/presentation.xml"),
        Kind("odt", (".odt",), _OPEN + "text", _open_document(b"application/vnd.oasis.opendocument.text")),
        Kind(
            "ods", (".ods",), _OPEN + "spreadsheet", _open_document(b"application/vnd.oasis.opendocument.spreadsheet")
        ),
        Kind("doc", (".doc",), "application/msword", _OLE),
        Kind("xls", (".xls",), "application/vnd.ms-excel", _OLE),
        Kind("msg", (".msg",), "application/vnd.ms-outlook", _OLE),
        Kind("rtf", (".rtf",), "application/rtf", _magic(b"{\\rtf")),
        Kind("txt", (".txt",), "text/plain", _text),
        Kind("csv", (".csv",), "text/csv", _text),
        Kind("xml", (".xml", ".gml", ".ifcxml"), "application/xml", _xml),
        Kind("dwg", (".dwg",), "image/vnd.dwg", _magic(b"AC10")),
        Kind("mp4", (".mp4", ".mov"), "video/mp4", _mp4),
        Kind("zip", (".zip",), "application/zip", _ZIP),
    )
}
# what a file field takes that names no kinds: documents and pictures, and neither archives nor films
USUAL = ("pdf", "png", "jpeg", "gif", "webp", "tiff", "heic", "docx", "xlsx", "pptx", "odt", "ods", "rtf", "txt", "csv")


def endings(kinds: Iterable[str]) -> tuple[str, ...]:
    """How names of these kinds end."""
    return tuple(ending for name in kinds for ending in KINDS[name].endings)


def kind_by_name(file_name: str, accepted: Iterable[str]) -> Kind:
    """The accepted kind that a file's name stands for; `FileRefused` where it stands for none."""
    accepted = tuple(accepted)
    ending = PurePosixPath(file_name.lower().replace("\\", "/")).suffix
    found = next((KINDS[name] for name in accepted if ending in KINDS[name].endings), None)
    if found is None:
        text = _("This kind of file can't be attached here. These can: {endings}.")
        raise FileRefused(text.format(endings=_shown(accepted)))
    return found


def check_head(kind: Kind, head: bytes) -> None:
    """Raise `FileRefused` where a file with this beginning is not of the kind. An empty text is a text."""
    if not head and kind.begins is not _text:
        raise FileRefused(_("The file is empty."))
    if not kind.begins(head):
        text = _("What is in the file is not what its name says: {ending} was expected.")
        raise FileRefused(text.format(ending=kind.endings[0]))


def check_whole(kind: Kind, content: BinaryIO) -> None:
    """Raise `FileRefused` where an archive does not hold what the kind must, or holds macros."""
    if not kind.contains:
        return
    text = _("What is in the file is not what its name says: {ending} was expected.").format(ending=kind.endings[0])
    try:
        _check_directory(content)
        with zipfile.ZipFile(content) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError):
        raise FileRefused(text) from None
    if kind.contains not in names:
        raise FileRefused(text)
    if any(PurePosixPath(name).name.lower() == "vbaproject.bin" for name in names):
        raise FileRefused(_("The file has macros in it. Save it without them and attach it again."))


def _check_directory(content: BinaryIO) -> None:
    """Raise `ValueError` where the list of what an archive holds is too long to be read with care."""
    content.seek(0, 2)
    size = content.tell()
    content.seek(max(0, size - 65_557))
    tail = content.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 22 or int.from_bytes(tail[end + 12 : end + 16], "little") > _LONGEST_DIRECTORY:
        raise ValueError("no list of contents, or one that is too long")
    content.seek(0)


def _shown(kinds: Iterable[str]) -> str:
    return ", ".join(ending.removeprefix(".") for ending in endings(kinds))
