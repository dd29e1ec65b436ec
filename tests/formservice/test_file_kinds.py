"""Kinds of files: told by name and content together, with what is dangerous refused."""

import io
import tracemalloc
import zipfile

import pytest

from formcase.formservice.file_kinds import HEAD, KINDS, USUAL, FileRefused, check_head, check_whole, kind_by_name

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
PDF = b"%PDF-1.7\n"


def archive(*names: str, stored: bytes = b"x") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name in names:
            file.writestr(name, stored)
    return content.getvalue()


def open_document() -> bytes:
    return archive("mimetype", stored=b"application/vnd.oasis.opendocument.text")


def check(name: str, content: bytes, accepted: tuple[str, ...] = USUAL) -> str:
    kind = kind_by_name(name, accepted)
    check_head(kind, content[:HEAD])
    check_whole(kind, io.BytesIO(content))
    return kind.name


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("plan.pdf", PDF, "pdf"),
        ("PLAN.PDF", b"\xef\xbb\xbf" + PDF, "pdf"),
        ("house.png", PNG, "png"),
        ("house.JPEG", b"\xff\xd8\xff\xe0", "jpeg"),
        ("phone.heic", b"\0\0\0\x18ftypheic", "heic"),
        ("letter.docx", archive("[Content_Types].xml", "word/document.xml"), "docx"),
        ("letter.odt", open_document(), "odt"),
        ("note.txt", "æøå\r\n".encode(), "txt"),
        ("note.txt", "æøå".encode("latin-1"), "txt"),
        ("empty.txt", b"", "txt"),
        ("rooms.csv", b"use;area\n", "csv"),
    ],
)
def test_a_file_is_taken_for_what_it_is(name, content, kind):
    assert check(name, content) == kind


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("setup.exe", b"MZ\x90"),
        ("run", b"#!/bin/sh"),
        ("plan.pdf.exe", PDF),
        ("plan.pdf", b"MZ\x90\0"),
        ("plan.pdf", PNG),
        ("plan.pdf", b""),
        ("house.png", b"<script>"),
        ("note.txt", b"MZ\x90\0\x03"),
        ("note.txt", b"#!/bin/sh\n"),
        ("letter.docx", archive("xl/workbook.xml")),
        ("letter.docx", archive("word/document.xml", "word/vbaProject.bin")),
        ("letter.docx", b"PK\x03\x04 no archive at all"),
        ("letter.odt", archive("mimetype", stored=b"application/zip")),
        ("all.zip", archive("a.txt")),
        ("page.html", b"<html>"),
        ("picture.svg", b"<svg>"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_or_may_not_be_attached_is_refused(name, content):
    with pytest.raises(FileRefused):
        check(name, content)


def test_a_form_may_take_other_kinds_and_says_which():
    assert check("all.zip", archive("a.txt"), ("zip",)) == "zip"
    with pytest.raises(FileRefused, match="zip"):
        check("plan.pdf", PDF, ("zip",))


def test_no_kind_that_can_be_run_is_known():
    known = {ending for kind in KINDS.values() for ending in kind.endings}
    assert known.isdisjoint({".exe", ".js", ".html", ".svg", ".docm", ".xlsm", ".bat", ".ps1", ".jar", ".msi"})


def test_a_bomb_costs_nothing_for_nothing_is_unpacked():
    """A spreadsheet that would be a quarter of a gigabyte, and an archive that says it holds very much."""
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed, packed.open("xl/workbook.xml", "w") as inside:
        for _ in range(256):
            inside.write(bytes(1024 * 1024))
    tracemalloc.start()
    check_whole(KINDS["xlsx"], bomb)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 2 * 1024 * 1024
    crowded = b"PK\x05\x06" + bytes(8) + (2**32 - 1).to_bytes(4, "little") * 2 + bytes(2)
    with pytest.raises(FileRefused):
        check_whole(KINDS["xlsx"], io.BytesIO(b"PK\x03\x04" + crowded))
