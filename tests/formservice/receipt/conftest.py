"""Receipts to be looked at, and ways to look at them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pikepdf
import pytest
from pypdf import PdfReader

from formcase.formservice.receipt import Answer, Block, Item, Receipt, Section, Table


@pytest.fixture(scope="session")
def flag_permit() -> Receipt:
    """A short receipt in English."""
    applicant = Block(
        "Applicant",
        (Answer("Full name", "Anna Maria Sørensen"), Answer("CPR number", "010190-1234"), Answer("Telephone", "")),
    )
    event = (
        Answer("Which nation's flag?", "Norway"),
        Answer("Why?", "Visit by the choir of our twin town.\nThey sing at noon & at 3 o'clock."),
    )
    return Receipt(
        title="Permission to raise the flag of another nation",
        reference_id="8KS-SQ5",
        submitted_at=datetime(2026, 11, 20, 8, 41, 7, tzinfo=UTC),
        language="en",
        submitter="Anna Maria Sørensen",
        sections=(Section("About you", (applicant,)), Section("About the event", event)),
        attachments=(("flag.png", 147), ("programme.txt", 86)),
        time_zone="Europe/Copenhagen",
    )


@pytest.fixture(scope="session")
def rooms() -> Table:
    """A table that goes over several pages."""
    rows = tuple((f"Rum {number}", "Køkken-alrum mod syd", f"{number + 0.5}") for number in range(1, 101))
    return Table("Rum", ("Navn", "Anvendelse", "Areal i m²"), rows)


@pytest.fixture(scope="session")
def saying(flag_permit: Receipt) -> Callable[..., Receipt]:
    """A receipt in Danish with these items on its only page."""

    def receipt(*items: Item, **changes: object) -> Receipt:
        return replace(flag_permit, language="da", sections=(Section("Oplysninger", items),), **changes)

    return receipt


@pytest.fixture(scope="session")
def text_of() -> Callable[[bytes], str]:
    """What a person who copies the whole document gets, in one line."""

    def text(pdf: bytes) -> str:
        return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())

    return text


@pytest.fixture(scope="session")
def tags_of() -> Callable[[pikepdf.Pdf], list[str]]:
    """The structure elements in reading order, each with its level: `2 Table`."""

    def tags(pdf: pikepdf.Pdf) -> list[str]:
        return [f"{level} {name}" for level, name in _elements(pdf.Root.StructTreeRoot.K, 0)]

    return tags


def _elements(kids: pikepdf.Object, level: int) -> Iterator[tuple[int, str]]:
    if isinstance(kids, pikepdf.Array):
        for kid in kids:
            yield from _elements(kid, level)
    elif isinstance(kids, pikepdf.Dictionary) and "/S" in kids:
        yield level, str(kids.S).removeprefix("/")
        yield from _elements(kids.get("/K", pikepdf.Array()), level + 1)
