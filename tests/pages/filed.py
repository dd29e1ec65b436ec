"""Submissions as the way of a form leaves them in the database, for the pages that show them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

from formcase.filing.journal import Filed
from formcase.messages import Message, as_data, message
from formcase.planning.plan import AddParty, AddReference, CreateCase, CreateContact, Entry, Plan, PlanKind, Planned
from formcase.submission.model import FieldPath, Step
from formcase.targets.port import CaseReference, Receipt
from formcase.workflows import causes, contents, managing
from formcase.workflows.logbook import entry_by_hand
from formcase.workflows.models import Cause, ErrorCause, FiledCase, LogEntry, ServiceWorkflow, SubmissionRecord
from formcase.workflows.stored import filed_data

SOURCE = "https://localhost:9/interact"
NO_CASE_GROUP = message(
    "{part0} {part1}",
    part0=message("there is no case group {code}.", code="99.99"),
    part1=message("From {origin} of form {form} version {version}.", origin="x", form="800636", version=4),
)
_numbers = count(1)


def workflow(name: str = "Flag permits", source: str = SOURCE, **values: str) -> ServiceWorkflow:
    """An enabled workflow of that form service."""
    parameters = {
        "Url": source,
        "ClientId": "formcase",
        "CertificateThumbprint": "ab" * 20,
        "ExecutingUser": "SBH",
        "error_case_group": "00.01",
    }
    return managing.enable(managing.create(name, "interact", parameters | values))


def submission(of: ServiceWorkflow, **values: object) -> SubmissionRecord:
    """One that waits, unless told otherwise; the later made, the newer."""
    number = next(_numbers)
    at = datetime(2026, 11, 20, 8, 0, tzinfo=UTC) + timedelta(minutes=number)
    given = {
        "source": of.url,
        "submission_id": f"sub-{number:05}",
        "reference_id": f"FC{number:05}",
        "form_id": "800636",
        "form_title": "Flags on public land",
        "form_version": 4,
        "submitted_at": at,
        "recorded_at": at + timedelta(seconds=2),
    }
    return SubmissionRecord.objects.create(workflow=of, **given | values)


def imported(of: ServiceWorkflow, *cases: CaseReference, **values: object) -> SubmissionRecord:
    """One that is filed in these cases."""
    return _filed(of, PlanKind.MAPPED, cases or (case(),), (), values)


def error_case(of: ServiceWorkflow, *given: Message, **values: object) -> SubmissionRecord:
    """One that became an error case for these reasons; where none is given, because its case group is not there."""
    reasons = given or (NO_CASE_GROUP,)
    record = _filed(of, PlanKind.ERROR_CASE, (case("00.01"),), reasons, values)
    for cause in map(causes.cause_of, reasons):
        kept = Cause.objects.get_or_create(key=cause.key, defaults={"message": as_data(cause.message)})[0]
        ErrorCause.objects.create(cause=kept, submission=record, form_id=record.form_id, filed_at=record.ended_at)
    return record


def case(group: str = "02.15", url: str | None = None) -> CaseReference:
    """A case of that case group."""
    number = next(_numbers)
    return CaseReference(str(number), f"2026-{group}-{number:05}", url)


def log(record: SubmissionRecord, event: str, text: Message, **values: object) -> LogEntry:
    """A line about it, now unless told otherwise."""
    entry = entry_by_hand(record, event, text, "")
    for name, value in ({"attempt": 1} | values).items():
        setattr(entry, name, value)
    entry.save()
    return entry


def keep_plan(record: SubmissionRecord) -> None:
    """Keep a plan of it: a case with a party, its values out of the form."""
    contents.keep_plan(record, _plan(record.reference_id))
    record.save()


def _plan(reference: str) -> Plan:

    def at(*names: str) -> tuple[FieldPath, ...]:
        return (FieldPath(tuple(Step(name) for name in names)),)

    case_values = Entry(
        {"FileClass_Value": "02.15", "Title": "Flags at the harbour"},
        {"Dates": (Entry({"CustomLabel_Value": "FRIST"}), Entry({"CustomLabel_Value": "BYGSTART"}))},
        {"Title": at("Event", "Where")},
    )
    contact = Entry({"Name1": "Lone <b>Bruun</b>"}, {}, {"Name1": at("Applicant", "Name")})
    operations = (
        CreateContact("contact-1", contact),
        CreateCase("case-1", case_values),
        AddParty(Planned("case-1"), Planned("contact-1"), Planned("address-1"), "Sagspart", at("Applicant")),
        AddReference(Planned("case-1"), "INTERACT", reference),
    )
    return Plan(PlanKind.MAPPED, reference, operations)


def _filed(
    of: ServiceWorkflow,
    kind: PlanKind,
    cases: Sequence[CaseReference],
    reasons: tuple[Message, ...],
    values: dict[str, object],
) -> SubmissionRecord:
    made = Filed(kind, Receipt(tuple(cases)), reasons)
    filed = filed_data(made)
    at = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    ended = {"state": "imported", "attempt": 1, "filed": filed, "filed_at": at, "ended_at": at}
    record = submission(of, **ended | values)
    contents.keep_filed_reasons(record, made)
    record.save()
    FiledCase.objects.bulk_create(FiledCase(number=case.number, submission=record) for case in cases)
    return SubmissionRecord.objects.get(pk=record.pk)
