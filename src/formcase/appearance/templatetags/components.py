"""The components that pages are made of, as template tags: fields, error summary, tags, times, tables, pages.

Each keeps what it looks like in a template of `appearance/components/`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select, Textarea
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from formcase.appearance.chart import Figure
from formcase.appearance.days import day_of, day_told
from formcase.appearance.links import leads_to_a_page
from formcase.appearance.navigation import Text

register = template.Library()
register.filter(leads_to_a_page)
_ICONS = "appearance/vendor/dkfds/img/all-svg-icons.svg"


class Pageable(Protocol):
    """A page of a listing, such as `paging.Slice`."""

    newer: str
    older: str


@register.simple_tag
def icon(name: str, look: str = "") -> SafeString:
    """One of the design system's icons, as decoration. look: further classes."""
    return format_html(
        '<svg class="icon-svg{}" focusable="false" aria-hidden="true"><use href="{}#{}"></use></svg>',
        f" {look}" if look else "",
        static(_ICONS),
        name,
    )


@register.simple_tag
def moment(value: datetime | None, *, seconds: bool = False) -> SafeString | str:
    """A time in the reader's zone, exact to machines; an em dash where there is none."""
    if value is None:
        return "—"
    local = timezone.localtime(value)
    clock = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    # neither the day nor the hour breaks over two lines
    return format_html(
        '<time datetime="{}"><span>{}</span> <span>{}</span></time>', value.isoformat(), day_told(local), clock
    )


@register.filter
def day(value: datetime | None) -> str:
    """The day of a time in the reader's zone."""
    return "—" if value is None else day_of(value)


@register.simple_tag
def badge(text: Text, look: str = "") -> SafeString:
    """A word as a tag. look: the design system's class; the word alone must be enough to understand it."""
    return format_html('<strong class="badge badge-small {}">{}</strong>', look, text)


@register.inclusion_tag("appearance/components/field.html")
def field(bound: BoundField, *, autocomplete: str = "", is_filter: bool = False) -> dict[str, object]:
    """A field with label, hint and error, tied together for those who don't see them. is_filter: it narrows a
    listing, so that nobody has to be told that it may stay empty."""
    widget = bound.field.widget
    described = [f"{bound.auto_id}-hint"] if bound.help_text else []
    described += [f"{bound.auto_id}-error"] if bound.errors else []
    attributes: dict[str, str | bool] = {"class": f"{_class(widget)} {widget.attrs.get('class', '')}".strip()}
    if str(widget.attrs.get("placeholder", "")) in str(bound.label):
        attributes["placeholder"] = False  # allauth says there again what the label says
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if bound.errors:
        attributes["aria-invalid"] = "true"
    if autocomplete:
        attributes["autocomplete"] = autocomplete
    many = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    return {
        "field": bound,
        "control": "" if many else bound.as_widget(attrs=attributes),
        "is_checkbox": isinstance(widget, CheckboxInput),
        "is_choice": many,
        "is_filter": is_filter,
        "choice_class": "form-checkbox" if isinstance(widget, CheckboxSelectMultiple) else "form-radio",
        "describedby": " ".join(described),
    }


@register.inclusion_tag("appearance/components/error_summary.html")
def error_summary(*forms: BaseForm | None) -> dict[str, object]:
    """What is wrong with these forms, each error leading to its field. Put it before the first form."""
    errors = []
    for form in forms:
        if form is None:
            continue
        errors += [{"text": text, "target": ""} for text in form.non_field_errors()]
        errors += [
            {"text": text, "target": bound.auto_id, "label": bound.label} for bound in form for text in bound.errors
        ]
    return {"errors": errors}


@register.inclusion_tag("appearance/components/pagination.html")
def pagination(rows: Pageable) -> dict[str, object]:
    """The links to newer and older rows; nothing where all fit on the page."""
    return {"newer": rows.newer, "older": rows.older}


@register.inclusion_tag("appearance/components/empty.html")
def empty_state(title: str, text: str = "", address: str = "", action: str = "") -> dict[str, str]:
    """What stands where a listing has no rows: what would be here, and what to do."""
    return {"title": title, "text": text, "address": address, "action": action}


@register.inclusion_tag("appearance/components/tabs.html")
def tabs(label: str, links: Sequence[object]) -> dict[str, object]:
    """The parts of one thing, each a page of its own. links: `menu.Link`s, the current one marked."""
    return {"label": label, "links": links}


@register.inclusion_tag("appearance/components/alert.html")
def alert(kind: str, text: str, heading: str = "") -> dict[str, str]:
    """A box that tells something. kind: info, success, warning or error."""
    return {"kind": kind, "text": text, "heading": heading}


@register.inclusion_tag("appearance/components/chart.html")
def chart(figure: Figure) -> dict[str, Figure]:
    """A chart of stacked bars with its legend and its table. The page links `appearance/chart.css`."""
    return {"figure": figure}


@register.simple_block_tag(end_name="end_listing")
def listing(content: str, caption: str, *columns: str, wide: bool = False) -> SafeString:
    """A table whose rows become cards on a phone. The content is `<tr>`s with a `{% cell %}` for each column; an
    empty heading is for a column of actions."""
    actions = format_html('<td><span class="sr-only">{}</span></td>', _("Actions"))
    headings = [format_html('<th scope="col">{}</th>', column) if column else actions for column in columns]
    return format_html(
        '<table class="table table--compact table--responsive-headers listing{}"><caption class="sr-only">{}</caption>'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table>",
        " listing--wide" if wide else "",
        caption,
        format_html_join("", "{}", ((heading,) for heading in headings)),
        content,
    )


@register.simple_block_tag(end_name="end_cell")
def cell(
    content: str, heading: str = "", *, number: bool = False, head: bool = False, whole: bool = False
) -> SafeString:
    """A cell of a listing with the heading that its card shows. head: it names its row. whole: it takes the whole width
    of the card, for long texts; a card leaves out what has no value."""
    looks = {"number": number, "whole": whole, "nothing": content.strip() in ("–", "—")}
    names = " ".join(name for name, holds in looks.items() if holds)
    look = format_html(' class="{}"', names) if names else ""
    title = format_html(' data-title="{}"', heading) if heading else ""
    if head:
        return format_html('<th scope="row"{}{}>{}</th>', title, look, content)
    return format_html("<td{}{}>{}</td>", title, look, content)


def _class(widget: object) -> str:
    if isinstance(widget, CheckboxInput):
        return "form-checkbox"
    if isinstance(widget, Select) and not isinstance(widget, RadioSelect):
        return "form-select"
    return "form-input form-input--text" if isinstance(widget, Textarea) else "form-input"
