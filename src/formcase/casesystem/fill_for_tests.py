"""Fills a test database with cases, documents and contacts, so that everything can be tried at its real size. Whether a
database is one for tests is for the caller to know.

Each call makes as many as are lacking, in whole batches: what was broken off goes on when it is called again. Names,
numbers and texts are invented, and no number is a valid CPR number.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import connection, transaction
from psycopg import sql

from formcase.casesystem.access_codes import Permission
from formcase.casesystem.documents import storage
from formcase.casesystem.models import Contact, Document, File, Record, User
from formcase.casesystem.queries import query
from formcase.casesystem.rights import EVERYONE
from formcase.casesystem.setup import ensure_sample_data
from formcase.casesystem.work import demand_for

AT_ONCE = 10_000
MARK = "bench"  # who made all this
_PERMISSIONS = (
    # for every fifth case; the others are free
    Permission(code="TEK"),
    Permission(expression=f"BOR and {EVERYONE}"),
    Permission(code="BOR"),
    Permission(code="FORTROLIG"),
    Permission(expression="SEK and PERSONALE"),
)
_MAIN_KIND = "Ansøgning"
_KINDS = ("Situationsplan", "Kvittering", "Foto", "Partshøring", "Svar fra nabo", "Notat", "Afgørelse")
_FILE = b"This file stands for all files of a test database.\n"

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is, or shall be."""

    users: int
    contacts: int
    cases: int
    documents: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.users + self.contacts + self.cases + self.documents


def there() -> Size:
    """How much was filled in."""
    return Size(
        users=User.objects.filter(key__regex=r"^U\d{5}$").count(),
        contacts=Contact.objects.filter(create_user=MARK).count(),
        cases=File.objects.filter(create_user=MARK).count(),
        documents=Record.objects.filter(create_user=MARK).count(),
    )


def holds_anything() -> bool:
    """Whether there is a case, a document or a contact at all, filled in or real."""
    return any(model._default_manager.exists() for model in (File, Record, Contact))


def fill(wanted: Size, advance: Advance) -> Size:
    """Make what is lacking of each kind; how much was made. advance: told how many of all that is wanted there are.

    Documents are spread over all cases that were filled in.
    """
    ensure_sample_data()
    before = there()
    progress = _Progress(advance)
    _fill("fill_users", before.users, wanted.users, progress, lambda _numbers: {})
    values = _shared_values(max(wanted.contacts, before.contacts, 1))
    _fill("fill_contacts", before.contacts, wanted.contacts, progress, lambda _numbers: values)
    _fill("fill_cases", before.cases, wanted.cases, progress, lambda _numbers: values)
    if wanted.documents > before.documents:
        documents = _Documents(values)
        _fill("fill_documents", before.documents, wanted.documents, progress, documents.values)
    _settle()
    after = there()
    made = (getattr(after, kind.name) - getattr(before, kind.name) for kind in fields(Size))
    return Size(*made)


class _Progress:
    def __init__(self, advance: Advance) -> None:
        self._advance, self._done = advance, 0

    def more(self, number: int) -> None:
        self._done += number
        self._advance(self._done)


def _shared_values(contacts: int) -> dict[str, Any]:
    people = User.objects.filter(holds_all_codes=False).order_by("key").values_list("key", flat=True)
    return {
        "mark": MARK,
        "contacts": contacts,
        "users": list(people),
        "demands": [demand.pk for one in _PERMISSIONS if (demand := demand_for(one)) is not None],
        "codes": [one.code for one in _PERMISSIONS],
        "expressions": [one.expression for one in _PERMISSIONS],
    }


def _fill(
    name: str, first: int, end: int, progress: _Progress, values_of: Callable[[range], Mapping[str, Any]]
) -> None:
    """Run a query of this name for each batch. values_of: what it needs for these numbers."""
    progress.more(min(first, end))
    for start in range(first, end, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, end))
        with transaction.atomic(), connection.cursor() as cursor:
            values = {**values_of(numbers), "start": numbers.start, "end": numbers.stop}
            if name == "fill_documents":
                cursor.execute(query("fill_document_files"), values)
            cursor.execute(query(name), values)
        progress.more(len(numbers))


class _Documents:
    """What the query for documents needs: one case has many of them, the others share the rest."""

    def __init__(self, shared: Mapping[str, Any]) -> None:
        cases = File.objects.filter(create_user=MARK).order_by("key")
        self._cases = list(cases.values_list("key", flat=True))
        if not self._cases:
            raise ValueError("documents need cases")
        self._shared = {**shared, "storage_name": _file(), "size": len(_FILE), "sha256": sha256(_FILE).hexdigest()}

    def values(self, numbers: range) -> Mapping[str, Any]:
        """For the documents of these numbers."""
        return {
            **self._shared,
            "files": [self._case(number) for number in numbers],
            "kinds": [self._kind(number) for number in numbers],
            "records": _new_keys(len(numbers)),
        }

    def _case(self, number: int) -> str:
        return self._cases[0] if number % 1000 == 999 else self._cases[number % len(self._cases)]

    def _kind(self, number: int) -> str:
        return _MAIN_KIND if number < len(self._cases) else _KINDS[number % len(_KINDS)]


def _new_keys(number: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select nextval('casesystem_key')::text from generate_series(1, %s)", [number])
        return [str(key) for (key,) in cursor.fetchall()]


def _file() -> str:
    """Where the storage keeps the bytes that all documents share."""
    known = Document.objects.filter(uploader=MARK).values_list("storage_name", flat=True).first()
    return known or storage().save(f"case-system/{MARK}/{uuid4().hex}", ContentFile(_FILE))


def _settle() -> None:
    """As the database would by itself after a while."""
    tables = [
        model._meta.db_table
        for model in connection.introspection.installed_models(connection.introspection.table_names())
        if model._meta.app_label == "casesystem"
    ]
    with connection.cursor() as cursor:
        for table in sorted(tables):
            cursor.execute(sql.SQL("vacuum (analyze) {}").format(sql.Identifier(table)).as_string())
