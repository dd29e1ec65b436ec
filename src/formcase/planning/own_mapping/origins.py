"""Says where things came from in the form's terms, where the mapping page was made by a workflow's own mapping."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from formcase.planning import errors
from formcase.planning.errors import PlanError
from formcase.planning.mapping import CASE_KEYS, PAGE
from formcase.planning.own_mapping.pages import MadePage
from formcase.planning.plan import (
    AddCaseRow,
    AddDocument,
    AddParty,
    CreateAddress,
    CreateCase,
    CreateContact,
    Entry,
    Operation,
    Plan,
    UpdateCase,
    UpdateCaseText,
)
from formcase.submission.model import FieldPath

Paths = tuple[FieldPath, ...]
Origins = Mapping[FieldPath, Paths]


def plan_in_form_terms(plan: Plan, made: MadePage) -> Plan:
    """The same plan, its values traced to the form's own fields; to none where the mapping alone gave a value."""
    return replace(plan, operations=tuple(_operation(operation, made.origins) for operation in plan.operations))


def errors_in_form_terms(found: Iterable[PlanError], made: MadePage) -> tuple[PlanError, ...]:
    """The same errors, in their order, each with the form's fields that it comes from."""
    return tuple(_error(error, made.origins) for error in found)


def without_consequences(found: Iterable[PlanError], made: MadePage) -> Iterator[PlanError]:
    """The errors that planning found, without those that are there only because a conversion knew no code."""
    failed = {error.place.path for error in made.errors if error.place.path is not None}
    for error in found:
        if not any(_follows(error, path) for path in failed):
            yield error


def _follows(error: PlanError, failed: FieldPath) -> bool:
    """Whether the error tells of something as missing that a failed field would have given, or may have."""
    if isinstance(error, errors.OnlyEmptyCases):
        return True
    if not isinstance(error, errors.MissingMandatory | errors.ContactCodeMissing):
        return False
    group = FieldPath(failed.steps[:-1])
    name = failed.steps[-1].name.casefold()
    if error.place.path != group:
        return False
    missing = error.property if isinstance(error, errors.MissingMandatory) else "NameCode"
    # which case or contact it is is not known without its key, so neither is what must be there
    return name in {missing.casefold(), "namecode", "nametype_value", *(key.casefold() for key in CASE_KEYS)}


def _operation(operation: Operation, origins: Origins) -> Operation:
    match operation:
        case (
            CreateContact() | CreateAddress() | CreateCase() | UpdateCase() | UpdateCaseText() | AddCaseRow()
            | AddDocument()
        ):  # fmt: skip
            return replace(operation, entry=_entry(operation.entry, origins))
        case AddParty():
            return replace(
                operation,
                origins=_sources(operation.origins, origins),
                role_origins=_sources(operation.role_origins, origins),
            )
        case _:
            return operation


def _entry(entry: Entry, origins: Origins) -> Entry:
    traced = {name: _sources(paths, origins) for name, paths in entry.origins.items()}
    return Entry(
        entry.values,
        {
            name: tuple(_entry(row, origins) for row in inner) if isinstance(inner, tuple) else _entry(inner, origins)
            for name, inner in entry.nested.items()
        },
        {name: paths for name, paths in traced.items() if paths},
    )


def _error(error: PlanError, origins: Origins) -> PlanError:
    place = error.place
    if isinstance(error, errors.SeveralMappingPages | errors.MappingPageShown):
        return error  # of the page that the form has itself
    if place.sources is not None or place.path is None or place.path.steps[0].name != PAGE:
        return error
    if isinstance(error, errors.Contradiction):
        other = _sources((error.other,), origins)
        error = replace(error, other=other[0] if other else error.other)
    return replace(error, place=replace(place, sources=_sources((place.path,), origins)))


def _sources(paths: Iterable[FieldPath], origins: Origins) -> Paths:
    return tuple(dict.fromkeys(source for path in paths for source in origins.get(path, ())))
