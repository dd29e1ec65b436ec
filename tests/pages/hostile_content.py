"""An installation whose every text was written by an attacker: what any page of the three parts may have to show.

Each column that may hold a text gets the hostile one put behind what is in it, so that a column that is added later is
hostile too; `KEPT` names the few that hold Formcase's own words, and why.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any
from uuid import uuid4
from xml.sax.saxutils import escape, quoteattr

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.db.models import F, Value
from django.db.models.functions import Concat, Left
from django.test import Client
from django.utils import timezone

from casesystem.office import ACCOUNT, SECRET, Office
from filing.form_service import SUBMITTED_AT, described
from formcase.accounts import managing as users
from formcase.accounts.roles import Role
from formcase.audit.recording import Object
from formcase.audit.recording import record as audit
from formcase.casesystem.models import AdministrationEntry, Revision, User
from formcase.casesystem.pages.rows import KINDS, Kind
from formcase.casesystem.setup import ensure_account, ensure_sample_data, ensure_user_secret
from formcase.checks import CheckResult, Detail, Verdict
from formcase.configurator.pages.workflow_transform import NEW
from formcase.filing.journal import Filed
from formcase.formservice import clients, forms
from formcase.formservice.administration.passwords import give_password
from formcase.formservice.administration.sessions import COOKIE as ADMINISTRATOR
from formcase.formservice.administration.sessions import begin_session
from formcase.formservice.authority import issue_client_certificate
from formcase.formservice.certificates import read_client_certificate
from formcase.formservice.design import Form
from formcase.formservice.filling import drafts
from formcase.formservice.models import (
    Administrator,
    ClientCall,
    ClientCertificate,
    Filling,
    Status,
    StatusEntry,
    Submission,
)
from formcase.formservice.submitting import AttachmentToSubmit, submit
from formcase.messages import Message, as_data, message
from formcase.planning.plan import AddParty, AddReference, CreateCase, CreateContact, Entry, Plan, PlanKind, Planned
from formcase.sources.port import ReportedCase
from formcase.sources.port import Status as StatusWord
from formcase.sources.port import StatusEntry as TheirEntry
from formcase.submission.form import FormField, FormGroup, FormPage
from formcase.submission.model import Attachment, FieldPath, Step
from formcase.targets.port import CaseReference, Receipt
from formcase.workflows import contents, managing, versions
from formcase.workflows.check_history import Change, change_data, result_data
from formcase.workflows.models import CheckRun, ErrorCause, ServiceWorkflow, SubmissionRecord
from formcase.workflows.reconciling.judging import Kind as Unaccounted
from formcase.workflows.reconciling.runs import Found, Run, keep_run
from formcase.workflows.stored import filed_data
from formcase.workflows.versions import TRANSFORM
from pages import filed
from pages.both_ends import MAPPING_TEXT, BothEnds
from pages.forms_to_fill_in import everything

HOSTILE = "'\"><img src=x onerror=alert(1)>{{7*7}}"
BROWSER = "secret of the browser"
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFElEQVR42mNgYPhPIhrVMKphyGoAAMsg/wGlL1xKAAAAAElFTkSuQmCC"
)
APPS = ("accounts", "audit", "casesystem", "formservice", "workflows")

# Of these nothing is ever shown: sessions, digests, counters, keys. The audit log can't be changed: it is written so.
UNSHOWN = {
    "audit": {"AuditEntry"},
    "casesystem": {
        "Account", "Counter", "Demand", "DemandAlternative", "HeldCode", "InstallationSetting", "Login", "LoginAttempt",
        "RememberedRequest", "Revision", "SecurityRight", "Token", "UsedAssertion",
    },
    "formservice": {
        "Administrator", "AdministratorSession", "ClientCertificate", "IssuedIdentifiers", "SignInAttempt",
        "UsedAssertion",
    },
    "workflows": {"Claim", "DataKey", "KnownCaseSystem", "PersonIndex"},
}  # fmt: skip
# Words that Formcase chooses among itself, names by which things are found, and what is only ever compared.
KEPT = {
    "accounts.User": {"password", "username", "language", "time_zone"},
    "casesystem.Code": {"entity_set", "key", "kind", "value"},
    "casesystem.CustomFieldRow": {"entity", "kind", "domain", "name"},
    "casesystem.User": {"unit", "group_code"},
    "casesystem.Contact": {"name_type", "read_expression", "write_expression"},
    "casesystem.File": {"case_group", "state", "officer", "read_expression", "write_expression"},
    "casesystem.Record": {"record_type", "state", "officer", "read_expression", "write_expression"},
    "casesystem.HistoryEntry": {"entity_set", "key", "file_key", "record_key", "contact_key", "action"},
    "casesystem.AdministrationEntry": {"table", "action"},
    "casesystem.Document": {"storage_name", "sha256", "extension"},
    "casesystem.FileInfo": {"reference_digest"},
    "formservice.AdministrationEntry": {"action", "about"},
    "formservice.ClientCall": {"method", "kind", "form_id", "reason"},
    "formservice.FormDraft": {"form_id", "definition"},
    "formservice.FormVersion": {"form_id", "definition"},
    "formservice.Submission": {"form_id", "reference_id", "submission_id"},
    "formservice.StoredFile": {"attachment_id", "field", "sha256", "location", "media_type"},
    "formservice.Filling": {"key", "owner", "form_id", "trial_definition", "answers"},
    "formservice.Upload": {"key", "field", "sha256", "location", "media_type"},
    "formservice.FormSettings": {"form_id"},
    "workflows.ServiceWorkflow": {"type", "language", "form_ids", "url"},
    "workflows.SubmissionRecord": {"source", "submission_id", "form_id", "blocked_scope"},
    "workflows.LogEntry": {"level", "event", "form_id"},
    "workflows.Cause": {"key"},
    "workflows.ErrorCause": {"form_id"},
    "workflows.CheckRun": {"why", "verdict", "fingerprint"},
    "workflows.MappingVersion": {"content"},
    "workflows.TransformVersion": {"content"},
    "workflows.Finding": {"kind"},
}
# JSON that is data of ours around texts of others: keys whose values stay as they are.
STRUCTURE = {"template", "hidden", "kind", "verdict", "check", "before", "id"}


@dataclass(frozen=True)
class Hostile:
    """What was made: keys of it by the beginnings of the names of the pages that show it."""

    configurator: Mapping[str, object]
    case_system: Mapping[str, object]
    dialogue: str
    attachment: str
    filling: Filling
    sent: Filling
    test: Filling
    sent_test: Filling
    certificate: ClientCertificate
    rows: Mapping[str, object]


def make_hostile(ends: BothEnds) -> Hostile:
    """Fill the three parts with something of each kind, and then make every text hostile."""
    filling, sent = _fillings()
    dialogue = _dialogue()
    test, sent_test = _tests_of_a_draft()
    made = Hostile(
        configurator=_configurator(ends),
        case_system=_case_system(),
        dialogue=dialogue.reference_id,
        attachment=dialogue.files.get(kind="attachment").attachment_id,
        filling=filling,
        sent=sent,
        test=test,
        sent_test=sent_test,
        certificate=_client(),
        rows={kind.name: kind_key(kind) for kind in KINDS.values()},
    )
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")  # past the triggers that keep logs and versions
        for label in APPS:
            for model in apps.get_app_config(label).get_models():
                if model.__name__ not in UNSHOWN.get(label, ()):
                    _poison(model, KEPT.get(f"{label}.{model.__name__}", set()))
        Revision.objects.update(value=uuid4())  # what processes keep in memory is read anew
        cursor.execute("set session_replication_role = origin")
    return made


def _poison(model: type[models.Model], kept: set[str]) -> None:
    unknown = kept - {field.name for field in model._meta.get_fields()}
    assert not unknown, f"{model.__name__} has no {unknown} any more"
    for field in model._meta.concrete_fields:
        if field.name in kept or field.choices or field.primary_key or field.is_relation or field.generated:
            continue
        if isinstance(field, models.JSONField):
            _poison_json(model, field.name)
        elif isinstance(field, models.CharField | models.TextField):
            _poison_text(model, field.name, field.max_length)


def _poison_text(model: type[models.Model], name: str, longest: int | None) -> None:
    room = (longest or 100_000) - len(HOSTILE)
    if room < 1:
        return
    rows = model._base_manager.exclude(**{f"{name}__isnull": True})
    rows.update(**{name: Concat(Left(F(name), room), Value(HOSTILE), output_field=models.TextField())})


def _poison_json(model: type[models.Model], name: str) -> None:
    for key, value in model._base_manager.exclude(**{f"{name}__isnull": True}).values_list("pk", name):
        model._base_manager.filter(pk=key).update(**{name: _poisoned(value)})


def _poisoned(value: object, key: str = "") -> object:
    if isinstance(value, dict):
        return {name: _poisoned(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_poisoned(inner, key) for inner in value]
    if isinstance(value, str) and key not in STRUCTURE and not value[:4].replace(".", "").isdigit():
        return f"javascript:alert(2)//{HOSTILE}" if key == "url" else value + HOSTILE
    return value


def hostile_data(thing: Any) -> Any:
    """A frozen thing of the form service with every title and every choice hostile, names as they are."""
    if isinstance(thing, tuple):
        return tuple(hostile_data(each) for each in thing)
    if not is_dataclass(thing):
        return thing
    changed: dict[str, Any] = {}
    for field in fields(thing):
        value = getattr(thing, field.name)
        if field.name in ("title", "form_title") and isinstance(value, str):
            changed[field.name] = value + HOSTILE
        elif field.name == "choices":
            changed[field.name] = tuple((code, text + HOSTILE) for code, text in value)
        elif isinstance(value, tuple) or is_dataclass(value):
            changed[field.name] = hostile_data(value)
    return replace(thing, **changed)


def _configurator(ends: BothEnds) -> Mapping[str, object]:
    ends.forms.definitions = {
        key: replace(hostile_data(form), pages=(*hostile_data(form.pages), HOSTILE_PAGE))
        for key, form in ends.forms.definitions.items()
    }
    ends.published(json.dumps(_hostile_mapping()), HOSTILE)
    ends.draft(json.dumps(_hostile_mapping()), HOSTILE)
    for text in (NEW, NEW.replace("1.0", "1.0", 1)):
        versions.save_draft(ends.workflow, TRANSFORM, text, HOSTILE)
        versions.publish(ends.workflow, TRANSFORM, HOSTILE, HOSTILE)
        versions.save_draft(ends.workflow, TRANSFORM, f"{text}<!-- {HOSTILE} -->", HOSTILE)
    managing.change(ends.workflow, {"error_case_group": "23.01"}, by=HOSTILE)
    record = _submission(ends)
    reason = message("there is no case group {code}.", code=HOSTILE)
    failed = filed.error_case(ends.workflow, reason, handled_case=HOSTILE)
    filed.log(failed, "error case", reason, level="error")
    blocked = filed.submission(ends.workflow, state="blocked", blocked_scope="submission", reason=as_data(reason))
    ServiceWorkflow.objects.filter(pk=ends.workflow.pk).update(
        watch_problem=as_data(reason), watch_problem_since=timezone.now(),
        left_alone=[HOSTILE], refused_forms=[HOSTILE],
        check_problem=as_data(reason), check_warning=as_data(reason),
    )  # fmt: skip
    _reconciled(ends, record)
    user = users.create("test", {"username": "lone.bruun", "role": Role.VIEWER, "full_name": HOSTILE}, "long-enough-1")
    audit(HOSTILE, "workflow changed", Object("workflow", str(ends.workflow.pk), HOSTILE), {"a": HOSTILE}, {"a": "b"})
    audit(HOSTILE, "submission looked at", Object("submission", str(record.pk), HOSTILE))
    return {
        "workflow": ends.workflow.pk,
        "submission": record.pk,
        "error": ErrorCause.objects.values_list("cause", flat=True).first(),
        "user": user.pk,
        "run": _check_run(ends.workflow, reason).pk,
        "blocked": blocked.pk,
    }


HOSTILE_PAGE = FormPage(
    f"Page {HOSTILE}",
    (
        FormGroup(f"Group {HOSTILE}", (FormField(f"In {HOSTILE}", HOSTILE, default=HOSTILE),), HOSTILE, repeats=True),
        FormField(f"Choice {HOSTILE}", HOSTILE, "choice", choices=((HOSTILE, HOSTILE),)),
    ),
    HOSTILE,
)


def _hostile_mapping() -> dict[str, Any]:
    mapping: dict[str, Any] = json.loads(MAPPING_TEXT)
    case, contact = mapping["groups"]
    case["items"][0]["template"] += HOSTILE
    case["items"][2]["convert"] = {"NO": "UB", HOSTILE: HOSTILE}
    contact["items"].append({"property": "NameNote", "constant": HOSTILE})
    return mapping


def _submission(ends: BothEnds) -> SubmissionRecord:
    """One whose XML, files, plan, cases and history at the form service are hostile."""
    record = ends.submission()
    stored = ends.forms.stored[record.submission_id]
    quoted = quoteattr(HOSTILE)
    page = (
        f"<Page name={quoted} title={quoted}><Group name={quoted} title={quoted}>"
        f"<Field name={quoted} title={quoted} display={quoted}>{escape(HOSTILE)}</Field></Group></Page></Submission>"
    ).encode()
    submitter = f"<Submitter login={quoted} id={quoted} name={quoted}/>".encode()
    xml = stored.xml.replace(b"</Submission>", page).replace(b"<Page", submitter + b"<Page", 1)
    attachment = Attachment("a1", HOSTILE, described(b"x", "text/html"))
    stored.xml, stored.attachments = xml, {"a1": b"x"}
    stored.summary = replace(
        stored.summary, form_title=HOSTILE, xml=described(xml, "application/xml"), attachments=(attachment,)
    )
    told = (ReportedCase(HOSTILE, "javascript:alert(3)"),)
    stored.history.append(TheirEntry(StatusWord.DELIVERED, HOSTILE, told, SUBMITTED_AT))
    case = CaseReference("1", HOSTILE, "javascript:alert(4)")
    record.filed = filed_data(Filed(PlanKind.MAPPED, Receipt((case,)), ()))
    record.state, record.filed_at, record.ended_at = "imported", timezone.now(), timezone.now()
    origin = (FieldPath((Step(HOSTILE), Step(HOSTILE))),)
    entry = Entry(
        {"Title": HOSTILE, "FileClass_Value": HOSTILE}, {"Infos": (Entry({"Info_Value": HOSTILE}),)}, {"Title": origin}
    )
    operations = (
        CreateContact("contact-1", Entry({"Name1": HOSTILE, "NameCode": HOSTILE}, {}, {"Name1": origin})),
        CreateCase("case-1", entry),
        AddParty(Planned("case-1"), Planned("contact-1"), Planned("address-1"), HOSTILE, origin),
        AddReference(Planned("case-1"), "INTERACT", HOSTILE),
    )
    contents.keep_plan(record, Plan(PlanKind.MAPPED, record.reference_id, operations))
    record.save()
    filed.log(record, "imported", message("Imported as {case}.", case=HOSTILE))
    return record


def _check_run(workflow: ServiceWorkflow, reason: Message) -> CheckRun:
    detail = Detail(message("create a case ({what})", what=HOSTILE), Verdict.NO)
    result = CheckResult("rights of a form", Verdict.NO, reason, reason, HOSTILE, (detail,))
    now = timezone.now()
    return CheckRun.objects.create(
        workflow=workflow, started_at=now, ended_at=now, why="daily", by=HOSTILE, verdict="no",
        results=[result_data(result)], changes=[change_data(Change(result, Verdict.YES))],
    )  # fmt: skip


def _reconciled(ends: BothEnds, record: SubmissionRecord) -> None:
    found = Found(Unaccounted.CASE_MISSING, record.submission_id, record.reference_id, HOSTILE, HOSTILE, record.pk)
    unknown = Found(Unaccounted.NOT_RECORDED, "s-9", HOSTILE, HOSTILE, HOSTILE, None)
    keep_run(Run(ends.workflow, timezone.now(), found=(found, unknown), findings=2, by=HOSTILE))
    nobodys = Found(Unaccounted.NOBODYS, "", HOSTILE, "", HOSTILE, None)
    keep_run(Run(None, timezone.now(), found=(nobodys,), findings=1, problem=message("{a}", a=HOSTILE)))


def _case_system() -> Mapping[str, object]:
    """A case with everything, a document, and a contact."""
    ensure_sample_data()
    ensure_account(ACCOUNT, SECRET)
    ensure_user_secret("ADM", "rain-on-the-roof-tonight")
    User.objects.filter(pk="ADM").update(administrator=True)
    office = Office("ADM")
    contact = office.contact(Name1=HOSTILE, NameCode="0101801234", NameNote={"Text": HOSTILE})
    case = office.case(
        Title=HOSTILE, FileClass_Value="02.34", State_Value="UB", ROOMS=2,
        Text={"Text": HOSTILE}, Note={"Text": HOSTILE},
        Infos=[{"CustomLabel_Value": "JOURNALNR", "Info_Value": HOSTILE}],
        Dates=[{"CustomLabel_Value": "BYGSTART", "DateStamp": "2027-04-01"}],
    )  # fmt: skip
    assert office.party(case["ID"], contact["ID"]).status == 201
    office.patch(f"Files('{case['ID']}')", {"State_Value": "MO", "Title": HOSTILE * 2})
    documents = []
    for name, content, kind in (
        (f"{HOSTILE}.html", b"<script>alert(5)</script>", "text/html"),
        (f"{HOSTILE}.png", PICTURE, "image/png"),
        (f"{HOSTILE}.xml", f"<a>{escape(HOSTILE)}</a>".encode(), "text/xml"),
    ):
        key = office.upload(content, name.replace('"', "%22"), kind)
        linked = {"FileKey_Value": case["ID"], "Document@odata.bind": f"Documents('{key}')"}
        documents.append(office.document(Title=HOSTILE, **linked)["ID"])
    AdministrationEntry.objects.create(
        account=HOSTILE, table="users", key=HOSTILE, action="changed", after={"a": HOSTILE}
    )
    related = office.case(Title=HOSTILE, FileClass_Value="02.34")
    office.made("FileFiles", {"FileKey_Value": case["ID"], "FileRefKey_Value": related["ID"]})
    of_the_case = dict.fromkeys(("case", "information", "date", "party", "reference"), case["ID"])
    of_the_contact = dict.fromkeys(("contact", "address"), contact["ID"])
    return {**of_the_case, **of_the_contact, "document": tuple(documents), "administration": "ADM"}


def _dialogue() -> Submission:
    """A submission at the form service, with a file and what was said of it."""
    form = _hostile_form()
    answers = {"Person": {"Name": HOSTILE, "Cpr": "2512770071", "Company": False},
               "Work": {"Kind": "add", "Area": "62,5", "Why": HOSTILE, "Rooms": [{"Use": HOSTILE}]}}  # fmt: skip
    attached = AttachmentToSubmit(f"{HOSTILE}.csv", b"=cmd();b\n", field="Drawings")
    made = Submission.objects.get(submission_id=submit(form.id, answers, [attached]).id)
    cases = [{"caseNumber": HOSTILE, "url": f"https://cases.example/{HOSTILE}"}]
    StatusEntry.objects.create(submission=made, status=Status.IMPORTED, message=HOSTILE, cases=cases, at=timezone.now())
    give_password("ida", must_change=False)
    return made


def _hostile_form() -> Form:
    return forms.publish(_hostile_definition())


def _hostile_definition(**changes: object) -> dict[str, object]:
    def bent(value: object, key: str = "") -> object:
        if isinstance(value, dict):
            return {name: bent(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [bent(inner, key) for inner in value]
        return f"{value} {HOSTILE}" if key in ("title", "help", "about") else value

    return {name: bent(value, name) for name, value in everything().items()} | changes


def _tests_of_a_draft() -> tuple[Filling, Filling]:
    """A draft of a form, and two tests of it: one that is being filled in, and one that was sent."""
    ida = Client()
    ida.cookies[ADMINISTRATOR] = begin_session(Administrator.objects.get())
    ida.post("/form-service/new-form/", {"text": json.dumps(_hostile_definition(version=2)), "seen": ""})
    made = []
    for _number in range(2):
        base = ida.post("/form-service/forms/every-en/draft/test/").headers["Location"].removesuffix("1/")
        ida.post(f"{base}1/", {"q-0-0": HOSTILE, "q-0-1": "251277-0071", "q-0-4": "false", "go": "next"})
        made.append(Filling.objects.latest("pk"))
    ida.post(f"{base}2/", {"q-1-0": "add", "q-1-4": "62,5", "q-1-8-entries": "0", "go": "next"})
    ida.post(f"{base}4/", {"q-file-0": SimpleUploadedFile(f"{HOSTILE}.png", PICTURE), "go": "next"})
    summary = ida.get(f"{base}summary/")
    assert summary.context["is_complete"], summary.content.decode()
    ida.post(f"{base}summary/", {"seen": summary.context["seen"]})
    return made[0], made[1]


def _client() -> ClientCertificate:
    """A client of the form service with a certificate, and a call that it made."""
    client = clients.create("a-client", HOSTILE, None, by=HOSTILE)
    read = read_client_certificate(issue_client_certificate("a-client").certificate)
    ClientCall.objects.create(
        at=timezone.now(), outcome="mistaken", client_id=HOSTILE, method="GET", kind="listing", reference_id="",
        status=400, detail=HOSTILE, duration=3, address=HOSTILE,
    )  # fmt: skip
    return clients.add_certificate(client, read, by=HOSTILE)


def kind_key(kind: Kind) -> object:
    """The key of a row of this kind that was made; one that there is not where none was."""
    found = apps.get_model("casesystem", kind.short_type).objects.first()
    return found.pk if found is not None else None


def _fillings() -> tuple[Filling, Filling]:
    """One that is being filled in, and one that was sent."""
    form = _hostile_form()
    made = []
    for _number in range(2):
        filling = drafts.begin(form, BROWSER)
        drafts.keep_page(filling, form.pages[0], 0, {"q-0-0": [HOSTILE], "q-0-2": [HOSTILE]})
        made.append(filling)
    made[1].submission = Submission.objects.get(
        submission_id=submit(form.id, {"Person": {"Name": HOSTILE, "Cpr": "2512770071", "Company": False},
                                       "Work": {"Kind": "add", "Area": "1"}},
                             [AttachmentToSubmit("a.csv", b"a", field="Drawings")]).id
    )  # fmt: skip
    made[1].save()
    return made[0], made[1]
