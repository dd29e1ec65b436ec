"""What the receipt of a submission says, in the language of the form. How it looks is the receipt's own business."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from formcase.formservice import receipt
from formcase.formservice.answers import AnsweredField, AnsweredGroup, AnsweredPage
from formcase.formservice.design import Field, Form
from formcase.formservice.submission_xml import AttachedFile, Heading

_FALLBACK: Final = "da"


def receipt_of(
    form: Form, heading: Heading, answered: tuple[AnsweredPage, ...], attachments: tuple[AttachedFile, ...]
) -> receipt.Receipt:
    """The receipt; hidden pages are not in it, nor what was not asked."""
    with translation.override(heading.language):
        contents = _Contents(_locale(heading.language))
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


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(_FALLBACK)


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
        return "\n".join(self._shown(answered.field, value) for value in answered.values)

    def _shown(self, field: Field, value: str) -> str:
        match field.type:
            case "choice":
                return field.title_of(value) or value
            case "boolean":
                return _("Yes") if value == "true" else _("No")
            case "date":
                return format_date(date.fromisoformat(value), "long", locale=self._locale)
            case "dateTime":
                moment = datetime.fromisoformat(value)
                # in the offset that was answered: the hour that the person meant
                return format_datetime(moment, "long", locale=self._locale, tzinfo=moment.tzinfo)
            case "decimal":
                # every digit that was given, also beyond the pattern's three
                return format_decimal(Decimal(value), locale=self._locale, decimal_quantization=False)
            case "cpr":
                return f"{value[:6]}-{value[6:]}"
            case _:
                return value
