"""A case, in five parts: information, documents, parties, dates, history."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from formcase.appearance.navigation import Link
from formcase.casesystem.access_codes import Permission
from formcase.casesystem.finding.cases import error_case_groups
from formcase.casesystem.finding.documents import DOCUMENTS
from formcase.casesystem.finding.things import rows_of, text_of, thing, things_by_key
from formcase.casesystem.pages.choices import set_choices
from formcase.casesystem.pages.documents import COLUMNS as DOCUMENT_COLUMNS
from formcase.casesystem.pages.facts import dated, facts, permission_text
from formcase.casesystem.pages.history_lines import history_lines
from formcase.casesystem.pages.page import Page
from formcase.casesystem.pages.related_cases import related_cases
from formcase.casesystem.pages.rows import CASE_DATES, CASE_INFORMATION, CASE_PARTIES, CASE_REFERENCES, row_actions
from formcase.casesystem.pages.showing import page_name, show
from formcase.casesystem.pages.visitor import Visitor
from formcase.casesystem.reading import Found
from formcase.casesystem.rights import Action, Table
from formcase.casesystem.rules import reference_label

_FIRST = (
    "FileNo",
    "Title",
    "FileClass",
    "State",
    "Officer",
    "ResponsibleOu",
    "FileType",
    "Closed",
    "Created",
    "CreateUser",
    "CreateOu",
    "UpdateUser",
)
_MOST_DOCUMENTS = 100
_PARTS = (
    ("case", pgettext_lazy("case", "Information")),
    ("case_documents", gettext_lazy("Documents")),
    ("case_parties", gettext_lazy("Parties")),
    ("case_dates", gettext_lazy("Dates")),
    ("case_history", gettext_lazy("History")),
)


@dataclass(frozen=True, slots=True)
class Case:
    """A case as a visitor sees it, and what the visitor may do with it."""

    key: str
    entity: Mapping[str, Any]
    may_update: bool
    may_close: bool
    may_reopen: bool
    may_delete: bool
    is_error_case: bool
    _visitor: Visitor

    @property
    def closed(self) -> bool:
        """Whether the case has a closing date."""
        return self.entity["Closed"] is not None

    def may_add(self, table: Table, *, also_closed: bool = False) -> bool:
        """Whether something of this kind may be added."""
        return (self.may_write and self._visitor.actor.may(Action.CREATE, table)) and (also_closed or not self.closed)

    @property
    def may_write(self) -> bool:
        """Whether the visitor holds the case's write code."""
        return self._visitor.actor.meets(written_by(self.entity))

    @property
    def may_add_document(self) -> bool:
        """Whether a document may be added."""
        return self.may_add(Table.DOCUMENT)

    @property
    def may_add_party(self) -> bool:
        """Whether a party may be added."""
        return self.may_add(Table.CASE_PARTY)

    @property
    def may_add_information(self) -> bool:
        """Whether information may be added."""
        return self.may_add(Table.CASE_INFORMATION, also_closed=True)

    @property
    def may_add_date(self) -> bool:
        """Whether a date may be added."""
        return self.may_add(Table.CASE_DATE, also_closed=True)


def written_by(entity: Mapping[str, Any]) -> Permission:
    """What must be held to change a thing."""
    code = entity.get("UpdateCode") or {}
    return Permission(code.get("Code"), code.get("Expression"))


def case_of(visitor: Visitor, key: str) -> Case:
    """The case with this key. Raises 404 where none is seen."""
    entity = thing(visitor.scope(), "Files", key, expand="Text,Note").entity
    actor = visitor.actor
    may_write = actor.meets(written_by(entity))
    may_update = may_write and actor.may(Action.UPDATE, Table.CASE)
    closed = entity["Closed"] is not None
    return Case(
        key,
        entity,
        may_update=may_update,
        may_close=may_update and not closed and actor.may(Action.LOCK, Table.CASE),
        may_reopen=may_update and closed and actor.may(Action.UNLOCK, Table.CASE),
        may_delete=may_write and actor.may(Action.DELETE, Table.CASE),
        is_error_case=entity["FileClass_Value"] in error_case_groups(visitor.reference),
        _visitor=visitor,
    )


def information(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """Fields, custom fields, rows of information, codes."""
    case = case_of(visitor, key)
    rows = rows_of(visitor.scope(), "FileInfos", "file_id", key)
    _times, fields = dated(facts(visitor.reference, "File", case.entity, _FIRST))
    label = reference_label()
    content = {
        "fields": [fact for fact in fields if not fact.is_custom],
        "custom": [fact for fact in facts(visitor.reference, "File", case.entity) if fact.is_custom],
        "case_text": text_of(case.entity, "Text"),
        "note": text_of(case.entity, "Note"),
        "references": [row.entity["Info_Value"] for row in rows if row.entity["CustomLabel_Value"] == label],
        "rows": [row.entity for row in rows if row.entity["CustomLabel_Value"] != label],
        "related": related_cases(visitor, key),
        "reference_actions": row_actions(visitor, CASE_REFERENCES, written_by(case.entity)),
        "read_code": permission_text(case.entity["AccessCode"]),
        "write_code": permission_text(case.entity["UpdateCode"]),
        "actions": row_actions(visitor, CASE_INFORMATION, written_by(case.entity)),
    }
    return show_part(request, visitor, case, "case_information.html", content)


@dataclass(frozen=True, slots=True)
class MainDocument:
    """A document with those that supplement it."""

    document: Found
    supplements: tuple[Found, ...]


def documents(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """The documents, supplementary ones under their main document, and those of other cases that are linked."""
    case = case_of(visitor, key)
    found = rows_of(
        visitor.scope(),
        "Records",
        "file_id",
        key,
        order=("number",),
        limit=_MOST_DOCUMENTS + 1,
        select=",".join(sorted(DOCUMENTS.shown)),
    )
    links = rows_of(visitor.scope(), "FileRecords", "file_id", key)
    linked = things_by_key(visitor.scope(), "Records", [str(link.entity["RecordKey_Value"]) for link in links])
    content = {
        "documents": _by_main(found[:_MOST_DOCUMENTS]),
        "more": len(found) > _MOST_DOCUMENTS,
        "titles": DOCUMENT_COLUMNS,
        "linked": [
            (link.entity, linked[link.entity["RecordKey_Value"]])
            for link in links
            if link.entity["RecordKey_Value"] in linked
        ],
    }
    return show_part(request, visitor, case, "case_documents.html", content)


def parties(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """The parties with their addresses."""
    case = case_of(visitor, key)
    rows = rows_of(visitor.scope(), "FileContacts", "file_id", key, expand="Name,NameAddress")
    content = {
        "rows": [row.entity for row in rows if row.entity.get("Name")],
        "types": dict(set_choices(visitor.reference, "ContactTypes")),
        "actions": row_actions(visitor, CASE_PARTIES, written_by(case.entity)),
    }
    return show_part(request, visitor, case, "case_parties.html", content)


def dates(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """The case's own dates, and its rows of dates."""
    case = case_of(visitor, key)
    times, _others = dated(facts(visitor.reference, "File", case.entity, ("Created", "Started", "Closed")))
    rows = rows_of(visitor.scope(), "FileDates", "file_id", key, order=("date_stamp",))
    actions = row_actions(visitor, CASE_DATES, written_by(case.entity))
    content = {"times": times, "rows": [row.entity for row in rows], "actions": actions}
    return show_part(request, visitor, case, "case_dates.html", content)


def history(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """What was done with the case and all that belongs to it."""
    case = case_of(visitor, key)
    return show_part(request, visitor, case, "case_history.html", {"lines": history_lines(visitor, "Files", key)})


def show_part(
    request: HttpRequest, visitor: Visitor, case: Case, template: str, content: Mapping[str, object]
) -> HttpResponseBase:
    """One part of a case, with the links to the others."""
    here = page_name(request)
    parts = [Link(title, reverse(f"casesystem:{name}", args=[case.key]), name == here) for name, title in _PARTS]
    return show(
        request,
        visitor,
        template,
        {"case": case, "parts": parts, **content},
        title=_("{number} {title}").format(number=case.entity["FileNo"], title=case.entity["Title"]),
    )


def _by_main(found: list[Found]) -> list[MainDocument]:
    """A supplement whose main document lies in another case stands by itself."""
    here = {str(one.raw["ID"]) for one in found}
    below: dict[str, list[Found]] = {}
    for one in found:
        main = one.entity["PrimaryRecordKey_Value"]
        if main in here:
            below.setdefault(main, []).append(one)
    return [
        MainDocument(one, tuple(below.get(str(one.raw["ID"]), ())))
        for one in found
        if one.entity["PrimaryRecordKey_Value"] not in here
    ]


_ROUTE = "case-system/cases/<str:key>/"
PAGES = (
    Page("case", _ROUTE, information, gettext_lazy("Case"), parent="cases"),
    Page("case_documents", f"{_ROUTE}documents/", documents, gettext_lazy("Documents"), parent="cases"),
    Page("case_parties", f"{_ROUTE}parties/", parties, gettext_lazy("Parties"), parent="cases"),
    Page("case_dates", f"{_ROUTE}dates/", dates, gettext_lazy("Dates"), parent="cases"),
    Page("case_history", f"{_ROUTE}history/", history, gettext_lazy("History"), parent="cases"),
)
