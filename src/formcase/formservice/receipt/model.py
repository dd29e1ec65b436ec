"""What a receipt shows, as data. Not how it looks."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """A question and what was answered, which may have several lines; empty where nothing was answered."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Table:
    """A group that repeats: one row for each entry, one column for each question."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Questions that belong together under a heading of their own."""

    title: str
    items: tuple["Answer | Block | Table", ...]


Item = Answer | Block | Table


@dataclass(frozen=True, slots=True)
class Section:
    """One page of the form."""

    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """One submission as the person who made it gets to see it.

    submitted_at: with its offset. language: of the form, as in `da` or `en-GB`. attachments: file names and sizes in
    bytes. time_zone: the zone in which the time of submission is told, as in `Europe/Copenhagen`.
    """

    title: str
    reference_id: str
    submitted_at: datetime
    language: str
    submitter: str | None
    sections: tuple[Section, ...]
    attachments: tuple[tuple[str, int], ...]
    time_zone: str
