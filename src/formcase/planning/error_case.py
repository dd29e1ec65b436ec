"""The plan of an error case: what is made of a submission that can't be filed as its mapping says.

It holds the reasons and all files, under a case group and an access code that the workflow sets, and changes nothing
that exists. It can be planned however wrong the mapping is.
"""

from collections.abc import Iterator, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from formcase.messages import Message, Translate, message
from formcase.outcomes import Setup
from formcase.planning.cases import questions_of
from formcase.planning.codes import ACCESS_CODES, codes_in
from formcase.planning.documents import Documents, shortened
from formcase.planning.entries import Entries, text_of
from formcase.planning.found import Found
from formcase.planning.knowledge import Knowledge, Rules
from formcase.planning.mapping import MappedGroup, MappingPage, paths_on_page, read_mapping
from formcase.planning.plan import AddReference, CreateCase, Entry, Plan, PlanKind, Planned
from formcase.planning.planning import longest_title
from formcase.submission.model import FileDescription, Submission

LONGEST_TITLE: Final = 255
_MOST_REASONS: Final = 100
_LONGEST_REASON: Final = 2_000
_CASE: Final = "case-1"


def plan_error_case(
    submission: Submission,
    reasons: Sequence[Message],
    knowledge: Knowledge,
    rules: Rules,
    *,
    pdf: FileDescription | None,
    xml: FileDescription,
    translate: Translate,
) -> Plan:
    """The plan of the error case. reasons: why it is one; translate: into the workflow's language.

    Raises `Setup` where the workflow has no case group for error cases.
    """
    if not rules.error_case_group:
        raise Setup(
            message("Making an error case"),
            message("the workflow has no case group for error cases"),
            message("Set error_case_group."),
        )
    mapping = read_mapping(submission, knowledge.metadata, Found(submission.form_id, submission.form_version))
    case = Planned(_CASE)
    documents = Documents(submission, xml, pdf, longest_title=longest_title(knowledge.metadata, "Records"))
    text = "\n".join(_lines(submission, reasons, mapping, knowledge, translate))
    access_code = _access_code(submission, mapping, knowledge, rules)
    entry = Entry(
        values={"Title": _title(submission, knowledge, translate), "FileClass_Value": rules.error_case_group},
        nested=({"Text": Entry({"Text": text})} if text else {})
        | ({"AccessCode": access_code} if access_code is not None else {}),
    )
    return Plan(
        PlanKind.ERROR_CASE,
        submission.reference_id,
        (
            CreateCase(_CASE, entry),
            *documents.of(case, 1),
            AddReference(case, rules.reference_label, submission.reference_id),
        ),
    )


def _title(submission: Submission, knowledge: Knowledge, translate: Translate) -> str:
    most = min(LONGEST_TITLE, longest_title(knowledge.metadata, "Files") or LONGEST_TITLE)

    def whole(form_title: str) -> str:
        title = message("Interact error: {title} ({reference})", title=form_title, reference=submission.reference_id)
        return title.text(translate)

    title = whole(submission.form_title)
    if len(title) > most:
        title = whole(shortened(submission.form_title, max(len(submission.form_title) - (len(title) - most), 1)))
    return title[:most]


def _lines(
    submission: Submission,
    reasons: Sequence[Message],
    mapping: MappingPage,
    knowledge: Knowledge,
    translate: Translate,
) -> Iterator[str]:
    for reason in reasons[:_MOST_REASONS]:
        yield shortened(reason.text(translate), _LONGEST_REASON)
    if len(reasons) > _MOST_REASONS:
        yield message("And {count} more.", count=len(reasons) - _MOST_REASONS).text(translate)
    for number in _meant(mapping, knowledge):
        yield message("The case that was to be updated: {number}", number=number).text(translate)


def _meant(mapping: MappingPage, knowledge: Knowledge) -> tuple[str, ...]:
    """The cases that were to be updated: by their numbers where they are there, else as the form names them."""
    meant: dict[str, None] = {}
    for group in mapping.cases:
        for question in questions_of(group):
            known = knowledge.cases.get(question, ())
            for number in (case.number or case.id for case in known) if known else (question.value,):
                meant[number] = None
    return tuple(meant)


def _access_code(submission: Submission, mapping: MappingPage, knowledge: Knowledge, rules: Rules) -> Entry | None:
    """The first access code of the mapping that is valid, else the workflow's, else none."""
    for group in _restricted(submission, mapping):
        found = Found(submission.form_id, submission.form_version)
        entries = Entries(knowledge, ZoneInfo(rules.time_zone), found)
        entry = entries.entry(group)
        if entry.values and not found.errors() and _expression_is_known(group, entries):
            return Entry(entry.values, origins=entry.origins)
    return Entry({"Code": rules.error_access_code}) if rules.error_access_code else None


def _restricted(submission: Submission, mapping: MappingPage) -> list[MappedGroup]:
    """The groups AccessCode of cases and of the documents, in the order of the form."""
    holders = [*mapping.cases, *([mapping.template] if mapping.template is not None else [])]
    groups = [inner for holder in holders for inner in holder.nested.get("AccessCode", ())]
    order = {path: number for number, path in enumerate(paths_on_page(submission))}
    return sorted(groups, key=lambda group: order.get(group.path, len(order)))


def _expression_is_known(group: MappedGroup, entries: Entries) -> bool:
    table = entries.table(ACCESS_CODES)
    return table is None or all(code in table.codes for code in codes_in(text_of(group, "Expression")))
