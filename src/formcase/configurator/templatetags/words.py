"""The words of statuses, and of what the audit log tells, as template tags."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from formcase.appearance.days import day_told, short_day
from formcase.appearance.templatetags.components import badge
from formcase.configurator.actions import ACTIONS, ACTORS, VALUES
from formcase.configurator.statuses import Status, status_of

register = template.Library()


@register.simple_tag
def status(value: object) -> SafeString:
    """A submission's or a workflow's status as a tag with its word; see `statuses`."""
    found: Status = status_of(value)
    return badge(found.text, found.look)


@register.simple_tag
def short_moment(value: datetime | None) -> SafeString | str:
    """A time as people say it today: of today the hour alone; the whole of it is in its title. A dash where there is
    none."""
    if value is None:
        return "–"
    local, now = timezone.localtime(value), timezone.localtime()
    clock = f"{local:%H:%M}"
    day = short_day(local) if local.year == now.year else day_told(local)
    shown = clock if local.date() == now.date() else f"{day} {clock}"
    whole = f"{day_told(local)} {local:%H:%M:%S}"
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), whole, shown)


@register.simple_tag
def action_text(action: str) -> str:
    """What was done, in the reader's language; see `actions`."""
    return str(ACTIONS.get(action, action))


@register.filter
def actor_text(actor: str) -> str:
    """Who did it, in the reader's language; see `actions`."""
    return str(ACTORS.get(actor, actor))


@register.simple_tag
def value_name(name: str) -> str:
    """The name of a value in the audit log, in the reader's language; see `actions`."""
    return str(VALUES.get(name, name))


@register.filter
def spoken(value: object) -> str:
    """A value of the audit log as people write it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(spoken(part) for part in value)
    return "–" if value in (None, "", {}) else str(value)
