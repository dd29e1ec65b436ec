"""A document: its file shown in the page, what is known of it, its parties and dates, its history."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy

from formcase.appearance.navigation import Link
from formcase.casesystem.access_codes import Permission
from formcase.casesystem.documents import Download, find_download
from formcase.casesystem.errors import not_found
from formcase.casesystem.finding.things import rows_of, text_of, thing, thing_or_none
from formcase.casesystem.pages.case import written_by
from formcase.casesystem.pages.documents import COLUMNS
from formcase.casesystem.pages.facts import facts, permission_text
from formcase.casesystem.pages.history_lines import history_lines
from formcase.casesystem.pages.page import Page
from formcase.casesystem.pages.rows import DOCUMENT_DATES, DOCUMENT_INFORMATION, DOCUMENT_PARTIES, row_actions
from formcase.casesystem.pages.showing import page_name, show
from formcase.casesystem.pages.showing_files import Kind, handed_over, look_at, shown
from formcase.casesystem.pages.visitor import Visitor
from formcase.casesystem.rights import Action, Table

_FIRST = (
    "RecordNo",
    "Title",
    "RecordType",
    "State",
    "Officer",
    "ResponsibleOu",
    "LetterDate",
    "FileName",
    "MimeType",
    "Created",
    "CreateUser",
    "UpdateUser",
)
_PARTS = (
    ("document", gettext_lazy("Document")),
    ("document_details", gettext_lazy("Parties and information")),
    ("document_history", gettext_lazy("History")),
)


@dataclass(frozen=True, slots=True)
class Document:
    """A document as a visitor sees it. case, main: what it belongs to · written_by: what must be held to change it."""

    key: str
    entity: Mapping[str, Any]
    case: Mapping[str, Any] | None
    main: Mapping[str, Any] | None
    may_update: bool
    may_delete: bool
    written_by: tuple[Permission, ...]
    download: Download | None


def document_of(visitor: Visitor, key: str) -> Document:
    """The document with this key. Raises 404 where none is seen."""
    scope, actor = visitor.scope(), visitor.actor
    entity = thing(scope, "Records", key, expand="Text,Note").entity
    case = thing_or_none(scope, "Files", entity["FileKey_Value"])
    main = thing_or_none(scope, "Records", entity["PrimaryRecordKey_Value"])
    owners = [entity, *(owner.entity for owner in (case, main) if owner is not None)]
    codes = tuple(written_by(one) for one in owners)
    may_write = all(actor.meets(code) for code in codes)
    return Document(
        key,
        entity,
        case.entity if case is not None else None,
        main.entity if main is not None else None,
        may_update=may_write and actor.may(Action.UPDATE, Table.DOCUMENT),
        may_delete=may_write and actor.may(Action.DELETE, Table.DOCUMENT),
        written_by=codes,
        download=_download(visitor, entity),
    )


def document(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """The file and what is known of the document."""
    found = document_of(visitor, key)
    content = {
        "facts": facts(visitor.reference, "Record", found.entity, _FIRST),
        "case_text": text_of(found.entity, "Text"),
        "note": text_of(found.entity, "Note"),
        "look": look_at(found.download) if found.download is not None else None,
        "supplements": rows_of(visitor.scope(), "Records", "main_id", key, order=("number",)),
        "titles": COLUMNS,
    }
    return _part(request, visitor, found, "document.html", content)


def details(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """Parties, information, dates, codes."""
    found, scope = document_of(visitor, key), visitor.scope()
    parties = rows_of(scope, "RecordContacts", "record_id", key, expand="Name,NameAddress")
    content = {
        "parties": [row.entity for row in parties if row.entity.get("Name")],
        "infos": [row.entity for row in rows_of(scope, "RecordInfos", "record_id", key)],
        "dates": [row.entity for row in rows_of(scope, "RecordDates", "record_id", key, order=("date_stamp",))],
        "read_code": permission_text(found.entity["AccessCode"]),
        "write_code": permission_text(found.entity["UpdateCode"]),
        "party_actions": row_actions(visitor, DOCUMENT_PARTIES, *found.written_by),
        "info_actions": row_actions(visitor, DOCUMENT_INFORMATION, *found.written_by),
        "date_actions": row_actions(visitor, DOCUMENT_DATES, *found.written_by),
    }
    return _part(request, visitor, found, "document_details.html", content)


def history(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """What was done with the document."""
    found = document_of(visitor, key)
    return _part(request, visitor, found, "document_history.html", {"lines": history_lines(visitor, "Records", key)})


def content(_request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """A PDF or a picture for the page that shows it."""
    found = _demanded(visitor, key)
    look = look_at(found)
    if look.kind not in (Kind.PDF, Kind.PICTURE):
        raise not_found()
    return shown(found, look)


def download(_request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """The file, to be kept."""
    return handed_over(_demanded(visitor, key))


def _demanded(visitor: Visitor, key: str) -> Download:
    entity = thing(visitor.scope(), "Records", key, select="ExternalDocId").entity
    found = _download(visitor, entity)
    if found is None:
        raise not_found()
    return found


def _download(visitor: Visitor, entity: Mapping[str, Any]) -> Download | None:
    """The file of a document that was found to be seen."""
    there = thing_or_none(visitor.scope(), "Documents", entity["ExternalDocId"], select="ID")
    return find_download(str(there.raw["ID"])) if there is not None else None


def _part(
    request: HttpRequest, visitor: Visitor, found: Document, template: str, content: Mapping[str, object]
) -> HttpResponseBase:
    here = page_name(request)
    parts = [Link(title, reverse(f"casesystem:{name}", args=[found.key]), name == here) for name, title in _PARTS]
    between: tuple[Link, ...] = ()
    if found.case is not None:
        between = (Link(str(found.case["FileNo"]), reverse("casesystem:case_documents", args=[found.case["ID"]])),)
    return show(
        request,
        visitor,
        template,
        {"document": found, "parts": parts, **content},
        title=str(found.entity["Title"]),
        between=between,
    )


_ROUTE = "case-system/documents/<str:key>/"
PAGES = (
    Page("document", _ROUTE, document, gettext_lazy("Document"), parent="documents"),
    Page("document_details", f"{_ROUTE}details/", details, gettext_lazy("Details"), parent="documents"),
    Page("document_history", f"{_ROUTE}history/", history, gettext_lazy("History"), parent="documents"),
    Page("document_content", f"{_ROUTE}content", content, gettext_lazy("File"), parent="documents", whole=False),
    Page("document_download", f"{_ROUTE}download", download, gettext_lazy("File"), parent="documents", whole=False),
)
