"""The receipt's own words, in the languages that it speaks. Not the form's texts, which come with the form."""

from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_datetime
from babel.numbers import format_decimal


@dataclass(frozen=True, slots=True)
class Words:
    """One language. `entry`, `column` and `page` are filled in with numbers."""

    locale: str
    moment: str
    receipt: str
    reference_id: str
    submitted: str
    submitter: str
    not_answered: str
    no_entries: str
    attachments: str
    file: str
    size: str
    entry: str
    column: str
    page: str
    codes: str


DANISH = Words(
    locale="da",
    moment="d. MMMM y 'kl.' HH.mm",
    receipt="Kvittering",
    reference_id="Reference-id",
    submitted="Indsendt",
    submitter="Indsendt af",
    not_answered="Ikke besvaret",
    no_entries="Ingen",
    attachments="Vedhæftede filer",
    file="Fil",
    size="Størrelse",
    entry="Nr. {number}",
    column="Kolonne {number}",
    page="Side {page} af {pages}",
    codes="Tegn, der ikke kan vises eller ses, er angivet med deres Unicode-nummer i kantet parentes.",
)
ENGLISH = Words(
    locale="en_GB",
    moment="d MMMM y 'at' HH:mm",
    receipt="Receipt",
    reference_id="Reference ID",
    submitted="Submitted",
    submitter="Submitted by",
    not_answered="Not answered",
    no_entries="None",
    attachments="Attachments",
    file="File",
    size="Size",
    entry="No. {number}",
    column="Column {number}",
    page="Page {page} of {pages}",
    codes="Characters that can't be shown or seen are given by their Unicode number in square brackets.",
)
_UNITS = ("kB", "MB", "GB", "TB")


def words_for(language: str) -> Words:
    """The words for a form in this language; English where the receipt does not speak it."""
    return DANISH if language.lower().partition("-")[0] == "da" else ENGLISH


def told(moment: datetime, words: Words) -> str:
    """A point in time as people write it."""
    return format_datetime(moment, words.moment, locale=words.locale)


def size_told(size: int, words: Words) -> str:
    """A file's size as people write it."""
    if size < 1000:
        return f"{size} byte" if size == 1 or words is DANISH else f"{size} bytes"
    scaled = ((size / 1000**power, unit) for power, unit in enumerate(_UNITS, start=1))
    amount, unit = next(pair for pair in scaled if pair[0] < 999.5 or pair[1] == _UNITS[-1])
    return f"{format_decimal(round(amount, 0 if amount >= 10 else 1), locale=words.locale)} {unit}"
