"""What templates say about cases, documents and contacts."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from formcase.appearance.days import day_told

register = template.Library()


@register.simple_tag
def when(value: object) -> SafeString | str:
    """A day, or a time in the reader's zone; what OData answers hold is a text."""
    found = (parse_date(value) or parse_datetime(value)) if isinstance(value, str) else value
    if isinstance(found, datetime):
        local = timezone.localtime(found)
        return format_html('<time datetime="{}">{} {}</time>', found.isoformat(), day_told(local), f"{local:%H:%M}")
    if isinstance(found, date):
        return format_html('<time datetime="{}">{}</time>', found.isoformat(), day_told(found))
    return "–"


@register.simple_tag
def size(value: object) -> str:
    """A number of bytes as people say it."""
    try:
        number = float(str(value))
    except ValueError:
        return "–"
    for unit in ("B", "KiB", "MiB"):
        if number < 1024:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number_format(number, 1)} {unit}"
        number /= 1024
    return f"{number_format(number, 1)} GiB"


@register.filter
def spoken_value(value: Any) -> str:
    """A value of a property as people read it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float | Decimal):
        return str(number_format(value))
    return "–" if value in (None, "") else str(value)


@register.filter
def member(mapping: Any, name: str) -> Any:
    """A member by its name, for names that a template can't say."""
    return mapping.get(name) if hasattr(mapping, "get") else None
