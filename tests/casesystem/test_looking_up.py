"""A test database at its size: filling it, and that what filing looks up, and what people open, goes by an index."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casesystem.office import ACCOUNT, SECRET, Office, Write
from formcase.casesystem import fill_for_tests
from formcase.casesystem.fill_for_tests import Size
from formcase.casesystem.models import Contact, Document, File, FileInfo, Record
from formcase.casesystem.setup import ensure_account
from formcase.casesystem.visits_for_tests import client_of
from formcase.targets.workzone.query import Equals, Expand, entities, entity

# a read of all of one of these grows with the archive
LARGE = {
    f"casesystem_{name}"
    for name in (
        *("file", "record", "contact", "address", "document", "historyentry"),
        *("filecontact", "fileinfo", "filedate", "recordinfo"),
    )
}
SIZE = Size(users=20, contacts=4000, cases=4000, documents=8000)


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Filled once for the module."""
    with django_db_blocker.unblock():
        fill_for_tests.fill(SIZE, lambda _done: None)
        ensure_account(ACCOUNT, SECRET)
        yield
        with connection.cursor() as cursor:
            names = [name for name in connection.introspection.table_names() if name.startswith("casesystem_")]
            kept = {"casesystem_revision"}
            cursor.execute(f"truncate {', '.join(sorted(set(names) - kept))} restart identity cascade")
        connection.close()


@contextmanager
def by_index(what: str) -> Iterator[None]:
    """No statement in it reads a large table from end to end."""
    with CaptureQueriesContext(connection) as captured:
        yield
    read = {
        f"{what}: {node['Relation Name']}: {query['sql'][:300]}"
        for query in captured.captured_queries
        if query["sql"].lstrip('( "').lower().startswith(("select", "update", "delete"))
        for node in plan_of(query["sql"])
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in LARGE
    }
    assert read == set()


def plan_of(statement: str) -> Iterator[dict]:
    with connection.cursor() as cursor:
        cursor.execute(f"explain (format json) {statement.replace('%', '%%')}", ())
        (answer,) = cursor.fetchone()
    plan = answer if isinstance(answer, list) else json.loads(answer)
    waiting = [plan[0]["Plan"]]
    while waiting:
        node = waiting.pop()
        waiting += node.get("Plans", ())
        yield node


# before the module is filled
@pytest.mark.django_db
def test_what_is_filled_in_is_whole_and_goes_on_where_it_ended(monkeypatch):
    monkeypatch.setattr(fill_for_tests, "AT_ONCE", 7)
    told: list[int] = []
    with connection.cursor() as cursor:
        monkeypatch.setattr(fill_for_tests, "_settle", lambda: cursor.execute("analyze casesystem_file"))
        assert fill_for_tests.fill(Size(3, 20, 10, 30), told.append) == Size(3, 20, 10, 30)
        assert told == sorted(told)
        assert told[-1] == 63
        assert fill_for_tests.fill(Size(3, 20, 12, 40), told.append) == Size(0, 0, 2, 10)
    assert fill_for_tests.there() == Size(3, 20, 12, 40)
    assert FileInfo.objects.filter(label="INTERACT").count() == 12
    assert Document.objects.filter(record__isnull=False, complete=True).count() == 40
    assert Record.objects.exclude(file=None).count() == 40
    numbers = list(Record.objects.filter(file=File.objects.earliest("key")).values_list("number", flat=True))
    assert sorted(numbers) == list(range(1, len(numbers) + 1))


@pytest.mark.long
@pytest.mark.django_db
def test_what_filing_looks_up_goes_by_an_index(filled):
    case = File.objects.filter(read_demand=None).earliest("key")
    record = Record.objects.filter(file=case).earliest("key")
    contact = Contact.objects.filter(read_demand=None).earliest("key")
    parts = (Expand("Text"), Expand("Parties", ("ID", "NameKey_Value")), Expand("Dates"), Expand("Infos"))
    reference = (Equals("CustomLabel_Value", "INTERACT"), Equals("Info_Value", "B00000777"))
    owner = (Equals("NameType_Value", contact.name_type), Equals("NameCode", contact.name_code))
    looked_up = {
        "a case by its reference ID": entities("FileInfos", *reference, expand=(Expand("File"),)),
        "a case by its number": entities("Files", Equals("FileNo", case.number), select=("ID",)),
        "a case by its user key": entities("Files", Equals("UserKey", case.number), select=("ID",)),
        "a case with its parts": entity("Files", case.key, select=("ID", "FileNo"), expand=parts),
        "a contact by its number": entities("Contacts", *owner, expand=(Expand("Addresses"),), order=("ID",)),
        "the parties of a case": entities("FileContacts", Equals("FileKey_Value", case.key)),
        "where a contact is a party": entities("FileContacts", Equals("NameKey_Value", contact.key)),
        "the documents of a case": entities("Records", Equals("FileKey_Value", case.key), expand=(Expand("Document"),)),
        "the supplements of a document": entities("Records", Equals("PrimaryRecordKey_Value", record.key)),
        "the addresses of a contact": entities("Addresses", Equals("NameKey_Value", contact.key)),
        "a case by a user's rights": entity("Files", case.key),
        "the first page of all cases": entities("Files", select=("ID",)),
        "a case by its old numbers": f"Files?$filter=contains(Title,'nowhere') and ID eq '{case.key}'",
    }
    for user in (None, "SBH"):
        office = Office(user)
        for what, address in looked_up.items():
            with by_index(f"{what}, as {user}"):
                assert office.send("GET", address).status == 200, what


@pytest.mark.long
@pytest.mark.django_db
def test_a_change_set_and_an_upload_touch_nothing_but_what_they_are_about(filled):
    office = Office("SBH")
    case = File.objects.filter(read_demand=None, closed=None).latest("key")
    contact = Contact.objects.filter(read_demand=None).latest("key")
    address = contact.addresses.get()
    with by_index("an upload"):
        file = office.upload(b"x", "a.txt")
    bound = {"File@odata.bind": f"Files('{case.key}')"}
    party = {"Name@odata.bind": f"Contacts('{contact.key}')", "NameAddress@odata.bind": f"Addresses('{address.key}')"}
    document = {"Title": "A", "RecordType_Value": "DOK", "State_Value": "ARK"}
    with by_index("a change set"):
        answers = office.change_set(
            Write("PATCH", f"/OData4/Files('{case.key}')", {"Title": "B"}, "1"),
            Write("POST", "/OData4/FileContacts", {**bound, **party, "CustomLabel_Value": "Naboer"}, "2"),
            Write("POST", "/OData4/Records", {**bound, **document, "Document@odata.bind": f"Documents('{file}')"}, "3"),
            Write("POST", "/OData4/FileInfos", {**bound, "CustomLabel_Value": "INTERACT", "Info_Value": "Z1"}, "4"),
            Write("POST", "/OData4/Contacts", {"NameType_Value": "P", "Name1": "N", "NameCode": "1212121212"}, "5"),
        )
    assert {answer.status for answer in answers} <= {201, 204}, answers


@pytest.mark.long
@pytest.mark.django_db
def test_a_listing_and_a_single_page_read_no_large_table_as_a_whole(filled):
    case = File.objects.filter(read_demand=None).latest("key")
    record = Record.objects.filter(read_demand=None, file__read_demand=None).latest("key")
    contact = Contact.objects.filter(read_demand=None).latest("key")
    pages = [
        *("", "?sort=title", "?sort=-number", f"?after={case.key}", "documents/", "documents/?sort=title"),
        *("contacts/", "contacts/?sort=-updated", "contacts/?q=3213000777", "?q=b00000777"),
        *(f"cases/{case.key}/{part}" for part in ("", "documents/", "parties/", "dates/", "history/")),
        *(f"documents/{record.key}/{part}" for part in ("", "details/", "history/")),
        *(f"contacts/{contact.key}/{part}" for part in ("", "history/")),
    ]
    for user in ("ADM", "LBR"):
        client = client_of(user)
        for page in pages:
            with by_index(f"/case-system/{page} as {user}"):
                assert client.get(f"/case-system/{page}").status_code == 200
