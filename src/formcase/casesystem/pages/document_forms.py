"""Adding and changing a document."""

from typing import Any
from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from formcase.appearance.navigation import Link
from formcase.casesystem.documents import MAX_NAME_LENGTH, Body, upload
from formcase.casesystem.errors import Problem
from formcase.casesystem.exchange import Request
from formcase.casesystem.finding.things import rows_of, thing
from formcase.casesystem.json_values import read_object
from formcase.casesystem.pages import editing
from formcase.casesystem.pages.document import document_of
from formcase.casesystem.pages.editing import Edited
from formcase.casesystem.pages.entity_forms import EntityForm, Input, creating, custom_inputs, write
from formcase.casesystem.pages.page import Page
from formcase.casesystem.pages.showing import show
from formcase.casesystem.pages.visitor import Visitor
from formcase.casesystem.paths import quoted_key
from formcase.casesystem.rights import Action, Table

_INPUTS = (
    Input("Title", required=True),
    Input("RecordType_Value", required=True),
    Input("State_Value", required=True),
    Input("LetterDate"),
    Input("Officer_Value"),
    Input("ResponsibleOu_Value"),
    Input("Text/Text"),
    Input("Note/Text"),
    Input("AccessCode"),
    Input("UpdateCode"),
)


class DocumentForm(EntityForm):
    """A new document with its file, perhaps in a case."""

    def __init__(self, visitor: Visitor, case: str | None, data: Any, files: Any) -> None:
        inputs = [*_INPUTS, *custom_inputs(visitor.reference, "Record")]
        defaults = {"Officer_Value": visitor.actor.key, "ResponsibleOu_Value": visitor.actor.unit or ""}
        super().__init__(visitor, "Record", inputs, data=data, defaults=defaults, files=files)
        self.fields["file"] = forms.FileField(label=_("File"), required=False)
        if case is not None:
            mains = [
                (str(one.raw["ID"]), f"{one.entity['UserKey']} {one.entity['Title']}")
                for one in rows_of(visitor.scope(), "Records", "file_id", case, order=("number",))
                if one.entity["PrimaryRecordKey_Value"] is None
            ]
            self.fields["main"] = forms.ChoiceField(
                label=_("Supplements"), required=False, choices=[("", _("nothing: it is a main document")), *mains]
            )


def create(request: HttpRequest, visitor: Visitor) -> HttpResponseBase:
    """A new document, of the case that the address names."""
    visitor.actor.demand_right(Action.CREATE, Table.DOCUMENT)
    case_key = request.GET.get("case") or None
    case = thing(visitor.scope(), "Files", case_key, select="FileNo").entity if case_key else None
    form = DocumentForm(visitor, case_key, request.POST or None, request.FILES or None)
    back = reverse("casesystem:case_documents", args=[case_key]) if case_key else reverse("casesystem:documents")
    if form.is_valid():
        key = _create(visitor, form, case_key)
        if key is not None:
            messages.success(request, _("The document is added."))
            return redirect("casesystem:document", key)
    between = (Link(str(case["FileNo"]), back),) if case is not None else ()
    content = {"form": form, "action": _("Add"), "back": back, "version": ""}
    return show(request, visitor, "form.html", content, between=between)


def edit(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """Change what is known of a document. Its file stays as it is."""
    found = document_of(visitor, key)
    inputs = [*_INPUTS, *custom_inputs(visitor.reference, "Record")]
    form = EntityForm(visitor, "Record", inputs, data=request.POST or None, given=found.entity)
    link = Link(str(found.entity["Title"]), reverse("casesystem:document", args=[key]))
    edited = Edited("Records", key, found.entity, "casesystem:document", "casesystem:documents", link)
    return editing.edit(request, visitor, form, edited, _("The document is saved."))


def delete(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """Delete a document that none supplements, with its file."""
    found = document_of(visitor, key)
    visitor.actor.demand_right(Action.DELETE, Table.DOCUMENT)
    link = Link(str(found.entity["Title"]), reverse("casesystem:document", args=[key]))
    edited = Edited("Records", key, found.entity, "casesystem:document", "casesystem:documents", link)
    return editing.delete(
        request,
        visitor,
        edited,
        question=_("Delete this document?"),
        explanation=_("Its file, parties, information and dates go with it. A document that others supplement stays."),
        done=_("The document is deleted."),
    )


def _create(visitor: Visitor, form: DocumentForm, case: str | None) -> str | None:
    """Upload the file and make the document; None where the form now says what is wrong."""
    values: dict[str, Any] = form.changed_values()
    if case is not None:
        values["FileKey_Value"] = case
    if main := form.cleaned_data.get("main"):
        values["PrimaryRecordKey_Value"] = main
    file = form.cleaned_data.get("file")
    if isinstance(file, UploadedFile):
        uploaded = _upload(visitor, file)
        if isinstance(uploaded, Problem):
            form.add_error("file", uploaded.message)
            return None
        values["Document@odata.bind"] = f"Documents({quoted_key(uploaded)})"
    written = write(visitor, [creating("Records", values)])
    if not written.done:
        # A file that no document took up is cleared away by itself.
        form.refuse(written.problems)
        return None
    return written.keys[0]


def _upload(visitor: Visitor, file: UploadedFile) -> str | Problem:  # type: ignore[type-arg]
    """Stream a file to where the service keeps files; its key there."""
    name = _short(file.name or "document")
    headers = {"content-type": file.content_type or "application/octet-stream", "slug": quote(name)}
    answer = upload(visitor.session, Request("POST", "Documents", headers=headers), Body(file, file.size))
    content = read_object(answer.body)
    if answer.status >= 400:
        return Problem(content["error"]["code"], content["error"]["message"])
    return str(content["ID"])


def _short(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    if len(name) <= MAX_NAME_LENGTH or not dot:
        return name[:MAX_NAME_LENGTH]
    ending = ending[:20]
    return f"{stem[: MAX_NAME_LENGTH - len(ending) - 1]}.{ending}"


PAGES = (
    Page(
        "document_create",
        "case-system/new-document/",
        create,
        gettext_lazy("Add document"),
        parent="documents",
        takes_files=True,
    ),
    Page(
        "document_edit",
        "case-system/documents/<str:key>/edit/",
        edit,
        gettext_lazy("Edit document"),
        parent="documents",
    ),
    Page(
        "document_delete",
        "case-system/documents/<str:key>/delete/",
        delete,
        gettext_lazy("Delete document"),
        parent="documents",
    ),
)
