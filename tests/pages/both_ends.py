"""Both ends in memory for the pages that ask them: a form service with forms and submissions, and a case system."""

from dataclasses import dataclass, field, replace
from html import escape

import pytest

from filing.case_system import ModelCaseSystem
from filing.form_service import SUBMITTED_AT, ModelFormService, described
from formcase.sources.port import SubmissionSummary
from formcase.submission.form import FormDefinition, FormField, FormGroup, FormPage, FormSummary
from formcase.workflows import checks, kept_ends, versions
from formcase.workflows.models import ServiceWorkflow, SubmissionRecord
from formcase.workflows.versions import MAPPING
from pages import filed

FORM_ID = "900001"
NATIONS = (("NO", "Norway"), ("SE", "Sweden"))
PERSON = FormGroup(
    "Person",
    (FormField("Cpr", "CPR number", required=True), FormField("Name", "Full name"), FormField("Owner", "Is the owner")),
    "Persons",
    repeats=True,
)
EVENT = (
    FormField("Nation", "Which nation's flag?", "choice", required=True, choices=NATIONS),
    FormField("Date", "When?", "date"),
    FormField("Reason", "Why?"),
)
TEMPLATES = (FormField("Title", default="Flag of {Event.Nation}"), FormField("FileClass_Value", default="02.34"))
TEMPLATE_PAGE = FormPage(
    "WZ_ODATA",
    (
        FormGroup(
            "Files",
            (FormField("Title", default="Flag of {Event.Nation}"), FormField("FileClass_Value", default="02.34")),
        ),
    ),
    hidden=True,
)
MAPPING_TEXT = """{"formcase": "mapping", "version": 1, "forms": ["900001"], "groups": [
  {"group": "Files", "items": [
    {"property": "Title", "template": "Flag of {Event.Nation}"},
    {"property": "FileClass_Value", "constant": "02.15"},
    {"property": "State_Value", "field": "Event.Nation", "convert": {"NO": "UB"}, "otherwise": "MO"}]},
  {"group": "Contacts", "repeat": "Applicant.Person", "items": [
    {"property": "NameType_Value", "constant": "P"},
    {"property": "NameCode", "field": "Applicant.Person.Cpr"},
    {"property": "Name1", "field": "Applicant.Person.Name"},
    {"property": "Role", "constant": "Ejer", "when": {"field": "Applicant.Person.Owner", "equals": "true"}}]}]}"""


class FormServiceWithForms(ModelFormService):
    """Version 3 of the form has no mapping page, version 2 had one."""

    def __init__(self) -> None:
        super().__init__()
        pages = (FormPage("Event", EVENT, "About the event"), FormPage("Applicant", (PERSON,), "About you"))
        newest = FormDefinition(FormSummary(FORM_ID, "Flags on public land", 3, SUBMITTED_AT), pages)
        older = FormDefinition(replace(newest.summary, version=2), (*pages, TEMPLATE_PAGE))
        other = FormDefinition(FormSummary("900002", "Other", 1, SUBMITTED_AT), (pages[0], TEMPLATE_PAGE))
        self.definitions = {(FORM_ID, 3): newest, (FORM_ID, 2): older, ("900002", 1): other}

    async def forms(self) -> tuple[FormSummary, ...]:
        return await self._request("forms", lambda: tuple(self._newest(form).summary for form in (FORM_ID, "900002")))

    async def form(self, form_id: str, version: int | None = None) -> FormDefinition | None:
        found = self._newest(form_id) if version is None else self.definitions.get((form_id, version))
        return await self._request("form", lambda: found)

    def handed_in(self, reference: str, nation: str = "NO", persons: int = 1) -> SubmissionSummary:
        """A submission without a mapping page."""
        summary = replace(self.submit(reference, ()), form_id=FORM_ID, form_title="Flags on public land")
        shown = dict(NATIONS).get(nation, "")
        people = "".join(
            f'<Group name="Person" title="Persons"><Field name="Cpr" title="CPR number">01019012{number:02}</Field>'
            f'<Field name="Name" title="Full name">Lone &lt;Bruun&gt; {number}</Field>'
            f'<Field name="Owner">{"true" if number == 1 else "false"}</Field></Group>'
            for number in range(1, persons + 1)
        )
        xml = (
            '<?xml version="1.0" encoding="UTF-8"?>'
            f'<Submission xmlns="urn:formcase:submission:1" id="{summary.id}" referenceId="{reference}" '
            f'formId="{FORM_ID}" formTitle="Flags on public land" formVersion="3" '
            f'submittedAt="{summary.submitted_at.isoformat()}" language="en">'
            f'<Page name="Event" title="About the event"><Field name="Nation" title="Which nation\'s flag?" '
            f'display="{escape(shown)}">{nation}</Field><Field name="Date">2026-12-24</Field></Page>'
            f'<Page name="Applicant" title="About you">{people}</Page></Submission>'
        ).encode()
        summary = replace(summary, xml=described(xml, "application/xml"))
        self.stored[summary.id] = replace(self.stored[summary.id], summary=summary, xml=xml)
        return summary

    def _newest(self, form_id: str) -> FormDefinition | None:
        found = [form for (key, _), form in self.definitions.items() if key == form_id]
        return max(found, key=lambda form: form.summary.version, default=None)


@dataclass
class BothEnds:
    """The ends, and a workflow between them."""

    workflow: ServiceWorkflow
    forms: FormServiceWithForms = field(default_factory=FormServiceWithForms)
    cases: ModelCaseSystem = field(default_factory=ModelCaseSystem)

    def submission(self, reference: str = "8KS-SQ5", nation: str = "NO", persons: int = 1) -> SubmissionRecord:
        """One that lies at the form service and is known here."""
        summary = self.forms.handed_in(reference, nation, persons)
        return filed.submission(
            self.workflow, submission_id=summary.id, reference_id=reference, form_id=FORM_ID, form_version=3
        )

    def draft(self, text: str = MAPPING_TEXT, by: str = "test") -> str:
        """Keep a draft of a mapping; its stamp."""
        return versions.stamp(versions.save_draft(self.workflow, MAPPING, text, by))

    def published(self, text: str = MAPPING_TEXT, comment: str = "first") -> None:
        """Put a mapping in force."""
        self.draft(text)
        versions.publish(self.workflow, MAPPING, comment, "test")


@pytest.fixture
def ends(transactional_db, monkeypatch) -> BothEnds:
    """Both ends, which every page of this test asks."""
    made = BothEnds(filed.workflow("Flags", FormIds=f"{FORM_ID},900002"))
    for module in (checks, kept_ends):
        for name, end in (("connect_form_service", made.forms), ("connect_case_system", made.cases)):
            monkeypatch.setattr(module, name, lambda *_, end=end: end)
    return made
