"""What checks say, as pages show it: the lines about the whole workflow, then form by form."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from formcase.checks import FORM_RIGHTS, CheckResult, Verdict
from formcase.configurator.translating import in_reader_language
from formcase.workflows.check_history import Change, worst
from formcase.workflows.checks import subject_text

# why the checks were run
REASONS: dict[str, Promise] = {
    "asked": _("Somebody asked"),
    "first": _("The first time"),
    "daily": _("Daily"),
    "again": _("Again, because one says no"),
    "parameters": _("A parameter, the mapping or the transform was changed"),
    "forms": _("The forms or the form service have changed"),
    "case system": _("The case system, the executing user or the user's rights have changed"),
}


_YES = f"check {Verdict.YES.value}"


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check. verdict: as `statuses` names it; details: what it looked at one by one, each with its verdict."""

    subject: str
    verdict: str
    found: str
    remedy: str
    details: tuple[tuple[str, str], ...]

    @property
    def is_well(self) -> bool:
        """Whether it needs not be read."""
        return self.verdict == _YES

    @property
    def well_details(self) -> tuple[tuple[str, str], ...]:
        """What of it is as it should be."""
        return tuple(detail for detail in self.details if detail[1] == _YES)

    @property
    def unwell_details(self) -> tuple[tuple[str, str], ...]:
        """What of it is not as it should be."""
        return tuple(detail for detail in self.details if detail[1] != _YES)


@dataclass(frozen=True, slots=True)
class Lines:
    """Checks that stand together: what needs to be read apart from what says yes."""

    all: tuple[CheckLine, ...]

    @property
    def well(self) -> tuple[CheckLine, ...]:
        """Those that say yes."""
        return tuple(line for line in self.all if line.is_well)

    @property
    def unwell(self) -> tuple[CheckLine, ...]:
        """Those that say something else."""
        return tuple(line for line in self.all if not line.is_well)


@dataclass(frozen=True, slots=True)
class FormLines:
    """The checks of one form. is_well: whether nothing of it needs to be read."""

    form_id: str
    title: str
    verdict: str
    is_well: bool
    lines: Lines


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """What a run said otherwise than the one before. form: empty where it is about all."""

    subject: str
    form: str
    before: str
    verdict: str
    found: str
    worse: bool
    mended: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """All that the checks of a workflow say. refused, warned: how many lines say no, or warn."""

    lines: Lines
    forms: tuple[FormLines, ...]
    refused: int
    warned: int

    @property
    def well_forms(self) -> tuple[FormLines, ...]:
        """Those of which all is well."""
        return tuple(form for form in self.forms if form.is_well)

    @property
    def unwell_forms(self) -> tuple[FormLines, ...]:
        """Those of which something needs to be read."""
        return tuple(form for form in self.forms if not form.is_well)


def shown(results: Sequence[CheckResult]) -> Shown:
    """The lines of a run; forms that are not well before those that are."""
    forms = dict.fromkeys(result.form for result in results if result.form is not None)
    by_form = [_form(form, [result for result in results if result.form == form]) for form in forms]
    return Shown(
        Lines(tuple(_line(result) for result in results if result.form is None)),
        tuple(sorted(by_form, key=lambda form: form.is_well)),
        sum(result.verdict is Verdict.NO for result in results),
        sum(result.verdict is Verdict.WARNING for result in results),
    )


def change_lines(changes: Sequence[Change]) -> list[ChangeLine]:
    """What has changed, for the worse first."""
    return [_change(change) for change in sorted(changes, key=lambda change: not change.worse)]


def _form(form: str, results: Sequence[CheckResult]) -> FormLines:
    verdict = worst(results)
    return FormLines(form, _title(results), _status(verdict), verdict is Verdict.YES, Lines(tuple(map(_line, results))))


def _title(results: Sequence[CheckResult]) -> str:
    """The form's title, which the line about its rights has."""
    rights = next((result for result in results if result.subject == FORM_RIGHTS), None)
    return "" if rights is None else str(rights.found.parameters.get("title", ""))


def _line(result: CheckResult) -> CheckLine:
    return CheckLine(
        _subject(result),
        _status(result.verdict),
        capfirst(in_reader_language(result.found)),
        in_reader_language(result.remedy),
        tuple((in_reader_language(detail.text), _status(detail.verdict)) for detail in result.details),
    )


def _change(change: Change) -> ChangeLine:
    return ChangeLine(
        _subject(change.result),
        change.result.form or "",
        "" if change.before is None else _status(change.before),
        _status(change.result.verdict),
        capfirst(in_reader_language(change.result.found)),
        change.worse,
        change.mended,
    )


def _subject(result: CheckResult) -> str:
    return capfirst(in_reader_language(subject_text(result.subject)))


def _status(verdict: Verdict) -> str:
    return f"check {verdict.value}"
