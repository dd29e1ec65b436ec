"""A form as if a workflow's own mapping were its mapping page: so the checks find out what filing it will need."""

from collections.abc import Iterator
from dataclasses import replace

from formcase.planning.mapping import PAGE
from formcase.planning.own_mapping.model import (
    Constant,
    Conversion,
    GroupRule,
    OwnMapping,
    Pick,
    PropertyRule,
    Rule,
    Template,
)
from formcase.planning.own_mapping.references import written_template
from formcase.submission.form import FormDefinition, FormField, FormGroup, FormPage

MOST = 50  # so many codes of a conversion table are looked at


def designs(mapping: OwnMapping, form: FormDefinition) -> tuple[FormDefinition, ...]:
    """The form with the mapping's page, once for each code that a conversion may give, so that each code is seen."""
    if not mapping.is_for(form.summary.id):
        return (form,)
    count = max(1, min(MOST, max(map(len, _codes_of(mapping.groups)), default=1)))
    others = tuple(page for page in form.pages if page.name != PAGE)
    return tuple(replace(form, pages=(*others, _page(mapping, number))) for number in range(count))


def _page(mapping: OwnMapping, number: int) -> FormPage:
    return FormPage(PAGE, tuple(_group(group, number) for group in mapping.groups), hidden=True, made=True)


def _group(group: GroupRule, number: int) -> FormGroup:
    return FormGroup(
        group.name,
        tuple(
            _group(item, number) if isinstance(item, GroupRule) else FormField(item.name, default=_text(item, number))
            for item in group.items
        ),
        repeats=group.repeat is not None,
    )


def _text(item: PropertyRule, number: int) -> str:
    """The rule as a form's template would say it."""
    match item.rule:
        case Constant(text):
            return written_template((text,))
        case Template(parts):
            return written_template(parts)
        case Pick(field):
            return written_template((field,))
        case Conversion():
            codes = _codes(item.rule)
            return written_template((codes[number % len(codes)],)) if codes else ""


def _codes(rule: Rule) -> tuple[str, ...]:
    """The codes that a conversion may give."""
    if not isinstance(rule, Conversion):
        return ()
    codes = [code for _, code in rule.table]
    return tuple(dict.fromkeys(codes if rule.otherwise is None else [*codes, rule.otherwise]))


def _codes_of(items: tuple[GroupRule | PropertyRule, ...]) -> Iterator[tuple[str, ...]]:
    for item in items:
        if isinstance(item, GroupRule):
            yield from _codes_of(item.items)
        else:
            yield _codes(item.rule)
