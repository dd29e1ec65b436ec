"""What templates say about submissions and the log: cases as links, durations, levels."""

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from formcase.appearance.file_names import harmless_name
from formcase.appearance.links import leads_to_a_page
from formcase.configurator.events import EVENTS, LEVELS
from formcase.configurator.statuses import status_of
from formcase.targets.port import CaseReference

register = template.Library()
register.filter(harmless_name)
_LOOKS = {"warning": "badge-warning", "error": "badge-error"}


@register.simple_tag
def case_link(case: CaseReference) -> SafeString | str:
    """A case's number, leading to the case where the case system said how."""
    if case.url is None or not leads_to_a_page(case.url):
        return case.number
    return format_html('<a href="{}" rel="noreferrer">{}</a>', case.url, case.number)


@register.simple_tag
def level(name: str) -> SafeString:
    """A level of the log as a tag with its word."""
    return format_html('<strong class="badge badge-small {}">{}</strong>', _LOOKS.get(name, ""), LEVELS.get(name, name))


@register.simple_tag
def event_text(event: str) -> str:
    """A step of the log, in the reader's language; see `events`."""
    return str(EVENTS.get(event, event))


@register.simple_tag
def status_word(value: object) -> str:
    """A status as a word alone."""
    return str(status_of(value).text)


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds as people say them."""
    if seconds is None:
        return "–"
    if seconds < 60:
        return _("{seconds} s").format(seconds=number_format(seconds, 2 if seconds < 10 else 0))
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return _("{minutes} min {seconds} s").format(minutes=minutes, seconds=rest)
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return _("{hours} h {minutes} min").format(hours=hours, minutes=minutes)
    return _("{days} days").format(days=hours // 24)
