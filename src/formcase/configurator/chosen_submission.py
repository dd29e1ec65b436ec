"""A submission that a person chooses to try something on: one that lies at the form service, by its reference ID, or an
XML that is uploaded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy

from formcase.configurator.translating import in_reader_language
from formcase.outcomes import Outcome
from formcase.submission import limits
from formcase.submission.model import FileDescription
from formcase.workflows import submissions
from formcase.workflows.at_form_service import xml_and_pdf_of
from formcase.workflows.looking import record_look
from formcase.workflows.models import ServiceWorkflow, SubmissionRecord
from formcase.workflows.submissions import UnknownSubmission

MOST_PROPOSED: Final = 10


class ChooseForm(forms.Form):
    """Which submission. A subclass asks what is to be done with it."""

    reference = forms.CharField(
        label=gettext_lazy("Reference ID"),
        required=False,
        max_length=64,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "list": "reference-choices"}),
    )
    file = forms.FileField(label=gettext_lazy("Or an XML file"), required=False)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The XML. pdf: what is known of its PDF; record: where it lies here, None where it was uploaded; name: what it is
    called."""

    xml: bytes
    name: str
    pdf: FileDescription | None = None
    record: SubmissionRecord | None = None


def chosen(request: HttpRequest, form: ChooseForm) -> Chosen | None:
    """What was chosen; None where nothing was, or where it can't be had, which is an error of the form then."""
    file: UploadedFile[bytes] | None = form.cleaned_data.get("file")
    if file is not None:
        if (file.size or 0) > limits.BYTES:
            text = gettext("The file is larger than {limit} MiB.").format(limit=limits.BYTES // 2**20)
            form.add_error("file", text)
            return None
        return Chosen(file.read(), file.name or "XML")
    reference = str(form.cleaned_data.get("reference", "")).strip()
    return _stored(request, form, reference) if reference else None


def proposed(workflow: ServiceWorkflow, typed: str = "") -> Sequence[SubmissionRecord]:
    """The newest submissions of a workflow, or those whose reference ID begins with what was typed."""
    found = SubmissionRecord.objects.filter(workflow=workflow).order_by("-recorded_at", "-id")
    if typed.strip():
        found = found.filter(Q(reference_id__istartswith=typed.strip()) | Q(submission_id=typed.strip()))
    return list(found.only("pk", "reference_id", "form_id", "form_title", "submitted_at")[:MOST_PROPOSED])


def _stored(request: HttpRequest, form: ChooseForm, reference: str) -> Chosen | None:
    try:
        record = submissions.find(reference)
    except UnknownSubmission:
        text = gettext("No submission with the reference ID “{reference}” is known here.").format(reference=reference)
        form.add_error("reference", text)
        return None
    record_look(request, record)
    try:
        xml, pdf = xml_and_pdf_of(record)
    except Outcome as outcome:
        form.add_error("reference", in_reader_language(outcome.message()))
        return None
    return Chosen(xml, record.reference_id, pdf, record)
