"""Every value of each answer of a case system, missing or of every wrong kind: read right, or an outcome."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from formcase.outcomes import Outcome
from formcase.planning.knowledge import (
    CaseQuestion,
    CodeTable,
    CodeTableKey,
    ContactQuestion,
    ContactType,
    KnownCase,
    KnownContact,
)
from formcase.targets.port import CaseReference, DocumentId, FiledCase, StoredDocument
from formcase.targets.workzone import WorkZone, WorkZoneSettings, connect
from formcase.targets.workzone.tests.conftest import Server, json_reply
from formcase.targets.workzone.tests.test_transport import RULES, content
from wrong_shapes import bent, ill_typed

CASE = CaseReference("17", "2026-02.15-00001")
FILE = {
    "@odata.etag": 'W/"3"',
    "ID": "17",
    "FileNo": "2026-02.15-00001",
    "Text": {"Text": "Hello"},
    "Note": {"Text": "x"},
    "Parties": [{"NameKey_Value": "7", "CustomLabel_Value": "Sagspart"}],
    "Dates": [{"CustomLabel_Value": "FRIST", "DateStamp": "2027-03-01"}],
    "Infos": [{"CustomLabel_Value": "HENVISNING", "Info_Value": "y"}],
}
Asking = Callable[[WorkZone], Awaitable[Any]]
ANSWERS: list[tuple[str, object, Asking, Any]] = [
    (
        "FileInfos",
        {"value": [{"Info_Value": "R", "File": {"ID": "1", "FileNo": "2", "Title": "t", "FileClass_Value": "02.15"}}]},
        lambda workzone: workzone.filed("8KT-A01", RULES),
        tuple[FiledCase, ...],
    ),
    (
        "CustomDomains",
        {"value": [{"Value": "UB", "Text": "x", "StartDate": "2020-01-01", "EndDate": None, "Hidden": False}]},
        lambda workzone: workzone.code_table(CodeTableKey("CustomDomains", "SAGTILST")),
        CodeTable | None,
    ),
    (
        "ContactTypes",
        {"value": [{"ID": "P", "Text": "Person", "NameCodeCheck": "CPR", "NameAutoId": "N"}]},
        lambda workzone: workzone.contact_types(),
        dict[str, ContactType],
    ),
    (
        "Records",
        {"value": [{"ID": "5", "PrimaryRecordKey_Value": None, "Document": {"ID": "6", "FileName": "f", "Size": 3}}]},
        lambda workzone: workzone.documents(CASE),
        tuple[StoredDocument, ...],
    ),
    (
        "Contacts",
        {"value": [{"ID": "7", "Name1": "T", "AddressKey_Value": "70", "Addresses": [{"ID": "69"}, {"ID": "70"}]}]},
        lambda workzone: workzone._expert._contacts(frozenset({ContactQuestion("F", "1")}), "SBH"),
        dict[ContactQuestion, tuple[KnownContact, ...]],
    ),
    (
        "Files('17')",
        FILE,
        lambda workzone: workzone._expert._cases(frozenset({CaseQuestion("ID", "17")}), "SBH"),
        dict[CaseQuestion, tuple[KnownCase, ...]],
    ),
    (
        "Documents",
        {"ID": "9"},
        lambda workzone: workzone.upload(content(3), "SBH"),
        DocumentId,
    ),
]


@pytest.mark.parametrize("asked", ANSWERS, ids=[path for path, *_ in ANSWERS])
async def test_whatever_stands_in_an_answer_it_is_read_right_or_an_outcome(
    server: Server, settings: WorkZoneSettings, asked: tuple[str, object, Asking, Any]
) -> None:
    path, answer, asking, made = asked
    server.on("Files", json_reply({"value": [{"ID": "17"}]}))
    status = 201 if path == "Documents" else 200
    workzone = connect(settings)
    try:
        server.on(path, json_reply(answer, status))
        assert not list(ill_typed(await asking(workzone), made))
        for what, wrong in bent(answer):
            server.on(path, json_reply(wrong, status))
            workzone._forget(older_than=0)
            try:
                found = await asking(workzone)
            except Outcome:
                continue
            assert not list(ill_typed(found, made)), what
    finally:
        await workzone.close()
