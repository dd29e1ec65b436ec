"""The documents that every case of a plan gets: the PDF, the XML and each attachment. Not their bytes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from formcase.planning.plan import AddDocument, ContentKey, ContentKind, Entry, Planned, Reference, Value
from formcase.submission.model import FieldPath, FileDescription, Submission

DOCUMENT_TYPE: Final = "DOK"
DOCUMENT_STATE: Final = "ARK"
_LONGEST_FILE_NAME: Final = 96
_UNSAFE: Final = re.compile('[\x00-\x1f\x7f-\x9f\u2028\u2029\\\\/:*?"<>|]+')
_DEFAULTS: Final = {"RecordType_Value": DOCUMENT_TYPE, "State_Value": DOCUMENT_STATE}


@dataclass(frozen=True, slots=True)
class Documents:
    """Makes the documents of one submission. template: the values that the form gives to each; longest_title: how
    many characters the case system takes, None where it does not say."""

    submission: Submission
    xml: FileDescription
    pdf: FileDescription | None
    template: Entry = field(default_factory=Entry)
    longest_title: int | None = None

    def count(self) -> int:
        """How many documents each case gets."""
        return len(self.submission.attachments) + (2 if self.pdf is not None else 1)

    def of(self, case: Reference, first: int) -> Iterator[AddDocument]:
        """The documents of one case; first: the number of the first of them in the plan."""
        form_title, reference = self.submission.form_title, self.submission.reference_id
        main = None
        number = first
        if self.pdf is not None:
            main = Planned(f"document-{number}")
            yield AddDocument(
                key=main.key,
                case=case,
                content=ContentKey(ContentKind.PDF),
                file_name=own_file_name(form_title, reference, ".pdf"),
                media_type=self.pdf.media_type,
                size=self.pdf.size,
                entry=self._entry(shortened(form_title, self.longest_title)),
            )
            number += 1
        yield AddDocument(
            key=f"document-{number}",
            case=case,
            content=ContentKey(ContentKind.XML),
            file_name=own_file_name(form_title, reference, ".xml"),
            media_type=self.xml.media_type,
            size=self.xml.size,
            entry=self._entry(shortened(form_title, self.longest_title, " (XML)")),
            main=main,
        )
        for attachment in self.submission.attachments:
            number += 1
            yield AddDocument(
                key=f"document-{number}",
                case=case,
                content=ContentKey(ContentKind.ATTACHMENT, attachment.id),
                file_name=attachment.name,
                media_type=attachment.file.media_type,
                size=attachment.file.size,
                entry=self._entry(shortened(attachment.name, self.longest_title), titled=True),
            )

    def _entry(self, title: str, *, titled: bool = False) -> Entry:
        """titled: whether the template's title comes before the given one."""
        values: dict[str, Value] = {"Title": title, **_DEFAULTS}
        origins: dict[str, tuple[FieldPath, ...]] = {}
        for name, value in self.template.values.items():
            if name != "Title" or titled:
                values[name] = value
                origins[name] = self.template.origins.get(name, ())
        return Entry(values, self.template.nested, origins)


def own_file_name(form_title: str, reference_id: str, ending: str) -> str:
    """`Building permit 8KT-A01.pdf`: what a file of a submission is called where it has no name of its own."""
    tail = f" {reference_id}{ending}"
    title = _UNSAFE.sub(" ", form_title)
    title = " ".join(title.split()).strip(". ")
    return f"{shortened(title, _LONGEST_FILE_NAME - len(tail))}{tail}".strip()


def shortened(text: str, most: int | None, tail: str = "") -> str:
    """The text and a tail, the text cut where both would be longer than allowed."""
    if most is None or len(text) + len(tail) <= most:
        return text + tail
    return text[: max(most - len(tail) - 1, 0)].rstrip() + "…" + tail
