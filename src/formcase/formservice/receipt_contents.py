"""What the receipt of a submission says, in the language of the form. How it looks is the receipt's own business."""

from babel import Locale
from django.conf import settings
from django.utils import translation

from formcase.formservice import receipt
from formcase.formservice.answer_texts import answer_text, locale_of
from formcase.formservice.answers import AnsweredField, AnsweredGroup, AnsweredPage
from formcase.formservice.design import Field, Form
from formcase.formservice.submission_xml import AttachedFile, Heading


def receipt_of(
    form: Form, heading: Heading, answered: tuple[AnsweredPage, ...], attachments: tuple[AttachedFile, ...]
) -> receipt.Receipt:
    """The receipt; hidden pages are not in it, nor what was not asked."""
    with translation.override(heading.language):
        contents = _Contents(locale_of(heading.language))
        sections = tuple(
            receipt.Section(page.page.title or page.page.name, contents.items(page.items))
            for page in answered
            if page.is_asked
        )
    return receipt.Receipt(
        title=form.title,
        reference_id=heading.reference_id,
        submitted_at=heading.submitted_at,
        language=heading.language,
        submitter=(heading.submitter.name or heading.submitter.id) if heading.submitter else None,
        sections=sections,
        attachments=tuple((file.name, file.size) for file in attachments),
        time_zone=settings.TIME_ZONE,
    )


class _Contents:
    def __init__(self, locale: Locale) -> None:
        self._locale = locale

    def items(self, items: tuple[AnsweredGroup | AnsweredField, ...]) -> tuple[receipt.Item, ...]:
        shown: list[receipt.Item] = []
        for item in items:
            if not item.is_asked:
                continue
            if isinstance(item, AnsweredField):
                shown.append(receipt.Answer(item.field.title or item.field.name, self._answer(item)))
            else:
                shown.extend(self._group(item))
        return tuple(shown)

    def _group(self, answered: AnsweredGroup) -> list[receipt.Item]:
        group = answered.group
        title = group.title or group.name
        if not group.repeats:
            return [receipt.Block(title, self.items(entry)) for entry in answered.entries]
        fields = [item for item in group.items if isinstance(item, Field) and not item.is_file]
        if any(not isinstance(item, Field) for item in group.items) or not fields:
            numbered = enumerate(answered.entries, 1)
            return [receipt.Block(f"{title} {number}", self.items(entry)) for number, entry in numbered]
        rows = tuple(
            tuple(self._answer(item) for item in entry if isinstance(item, AnsweredField)) for entry in answered.entries
        )
        return [receipt.Table(title, tuple(field.title or field.name for field in fields), rows)]

    def _answer(self, answered: AnsweredField) -> str:
        return "\n".join(
            answer_text(answered.field.type, value, answered.field.title_of(value), self._locale)
            for value in answered.values
        )
