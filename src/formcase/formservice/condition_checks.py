"""Whether a form's conditions can be worked out: each looks at answers that stand before it, and at values that these
can have."""

import difflib
from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from formcase.formservice.conditions import Condition, answers_named
from formcase.formservice.design import Field, Form, Group, Question, references
from formcase.formservice.problems import Problem
from formcase.formservice.value_types import ValueRefused, read_value

Place = tuple[str, ...]


def condition_problems(form: Form) -> Iterator[Problem]:
    """What is wrong with the conditions of a form whose names are in order."""
    known = references(form)
    by_path = {question.path: reference for reference, question in known.items()}
    before: set[str] = set()
    for page in form.visible_pages:
        yield from _problems(page.shown_when, (page.name,), known, before)
        yield from _inside(page.items, (page.name,), known, by_path, before)


def _inside(
    items: tuple[Group | Field, ...],
    place: Place,
    known: Mapping[str, Question],
    by_path: Mapping[Place, str],
    before: set[str],
) -> Iterator[Problem]:
    for item in items:
        here = (*place, item.name)
        yield from _problems(item.shown_when, here, known, before)
        if isinstance(item, Group):
            yield from _inside(item.items, here, known, by_path, before)
        elif here in by_path:
            before.add(by_path[here])


def _problems(
    condition: Condition | None, place: Place, known: Mapping[str, Question], before: set[str]
) -> Iterator[Problem]:
    if condition is None:
        return
    for reference, values in answers_named(condition):
        at = (*place, "shownWhen")
        if reference not in known:
            near = ", ".join(difflib.get_close_matches(reference, known, n=3, cutoff=0.5))
            text = _("{reference} names no field of the form's visible pages.").format(reference=reference)
            yield Problem(at, f"{text} {_('Near: {near}.').format(near=near)}" if near else text)
        elif reference not in before:
            text = _("{reference} stands further down. A condition looks at what was answered before.")
            yield Problem(at, text.format(reference=reference))
        else:
            yield from _value_problems(known[reference].field, values, at)


def _value_problems(field: Field, values: tuple[str, ...], place: Place) -> Iterator[Problem]:
    choices = tuple(choice.value for choice in field.choices)
    for value in values:
        try:
            written = read_value(field.type, value, choices)
        except ValueRefused as refusal:
            yield Problem(place, str(refusal))
            continue
        if written != value:
            text = _("“{value}” must be written as “{written}”, as submissions have it.")
            yield Problem(place, text.format(value=value, written=written))
