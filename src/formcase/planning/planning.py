"""From a submission and what is known of the case system to a plan, purely.

The dry run, the checks and filing itself all use it, so what is shown is what is written.
"""

from collections.abc import Iterator, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from formcase.planning import errors
from formcase.planning.cases import CaseInPlan, Heading, plan_the_cases
from formcase.planning.contacts import Contacts, Membership
from formcase.planning.documents import Documents
from formcase.planning.entries import Entries
from formcase.planning.errors import PlanError, PlanningFailed
from formcase.planning.found import Found
from formcase.planning.knowledge import Knowledge, Rules
from formcase.planning.mapping import PAGE, MappingPage, paths_on_page, read_mapping
from formcase.planning.metadata import Metadata
from formcase.planning.own_mapping.origins import errors_in_form_terms, plan_in_form_terms, without_consequences
from formcase.planning.own_mapping.pages import MadePage
from formcase.planning.plan import AddDocument, AddParty, AddReference, Entry, Existing, Plan, PlanKind
from formcase.submission.model import FieldPath, FileDescription, Step, Submission

MOST_DOCUMENTS: Final = 20_000
_NOWHERE: Final = FieldPath(())


def plan_cases(
    submission: Submission,
    knowledge: Knowledge,
    rules: Rules,
    *,
    pdf: FileDescription | None,
    xml: FileDescription,
    made: MadePage | None = None,
) -> Plan:
    """The plan that the form's mapping asks for. Raises `PlanningFailed` with everything that is wrong with it.

    `knowledge` must answer all that `questions.questions` asks about the submission. made: the submission's mapping
    page, where a workflow's own mapping has made it.
    """
    found = Found(submission.form_id, submission.form_version)
    entries = Entries(knowledge, ZoneInfo(rules.time_zone), found)
    mapping = read_mapping(submission, knowledge.metadata, found)
    cases = plan_the_cases(mapping.cases, entries, heading_of(submission, rules), rules.reference_label)
    contacts = Contacts(entries)
    memberships = contacts.plan(mapping.contacts)
    documents = Documents(
        submission, xml, pdf, _template(mapping, entries), longest_title(knowledge.metadata, "Records")
    )
    _check_size(documents, mapping, found)
    if wrong := _wrong(found, submission, made):
        raise PlanningFailed(wrong)
    parties = tuple(_parties(cases, memberships, contacts))
    plan = Plan(
        PlanKind.MAPPED,
        submission.reference_id,
        (
            *contacts.operations,
            *(operation for case in cases for operation in case.operations),
            *parties,
            *documents_of_all(cases, documents),
            *(AddReference(case.reference, rules.reference_label, submission.reference_id) for case in cases),
        ),
    )
    return plan if made is None else plan_in_form_terms(plan, made)


def heading_of(submission: Submission, rules: Rules) -> Heading:
    """What stands above texts that this submission adds to a case."""
    local = submission.submitted_at.astimezone(ZoneInfo(rules.time_zone))
    return Heading(submission.reference_id, local.date())


def longest_title(metadata: Metadata, entity_set: str) -> int | None:
    """How long a title may be; None where the case system does not say."""
    entity_type = metadata.types.get(metadata.entity_sets.get(entity_set, ""))
    title = None if entity_type is None else entity_type.properties.get("Title")
    return None if title is None else title.max_length


def documents_of_all(cases: Sequence[CaseInPlan], documents: Documents) -> Iterator[AddDocument]:
    """The documents of all cases, numbered through."""
    for number, case in enumerate(cases):
        yield from documents.of(case.reference, number * documents.count() + 1)


def _template(mapping: MappingPage, entries: Entries) -> Entry:
    return Entry() if mapping.template is None else entries.entry(mapping.template)


def _check_size(documents: Documents, mapping: MappingPage, found: Found) -> None:
    count = documents.count() * len(mapping.cases)
    if count > MOST_DOCUMENTS:
        place = found.group(FieldPath((Step(PAGE),)))
        found.add(errors.TooMuch(place=place, count=count, most=MOST_DOCUMENTS))


def _parties(cases: Sequence[CaseInPlan], memberships: Sequence[Membership], contacts: Contacts) -> Iterator[AddParty]:
    for case in cases:
        there = set(case.known.parties) if case.known is not None else set()
        for membership in memberships:
            if membership.case is not None and membership.case not in case.groups:
                continue
            reference = membership.person.reference
            contact = reference.id if isinstance(reference, Existing) else f"planned {reference.key}"
            if (contact, membership.role) not in there:
                there.add((contact, membership.role))
                address = contacts.address_of(membership.person)
                yield AddParty(
                    case.reference, reference, address, membership.role, membership.origins, membership.role_origins
                )


def _wrong(found: Found, submission: Submission, made: MadePage | None) -> tuple[PlanError, ...]:
    if made is None:
        return _in_form_order(found.errors(), submission)
    if made.is_unusable():
        return made.errors
    ordered = _in_form_order((*made.errors, *without_consequences(found.errors(), made)), submission)
    return errors_in_form_terms(ordered, made)


def _in_form_order(found: Sequence[PlanError], submission: Submission) -> tuple[PlanError, ...]:
    order = {path: number for number, path in enumerate(paths_on_page(submission))}
    return tuple(sorted(found, key=lambda error: order.get(error.place.path or _NOWHERE, -1)))
