"""A plan turned into requests."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from formcase.planning.plan import Existing
from formcase.targets.port import Repeatability
from formcase.targets.workzone.batch import Part
from formcase.targets.workzone.tests.plans import FIXED_IDS, new_case, update
from formcase.targets.workzone.writing import index_of, parts

SENT = datetime(2026, 11, 22, 11, 15, 30, tzinfo=UTC)


def written(plan: object, documents: dict[str, str]) -> tuple[Part, ...]:
    count = len(plan.operations)
    return parts(plan, documents, Repeatability(FIXED_IDS[:count], SENT))


def test_a_new_case_is_written_in_the_order_of_the_plan() -> None:
    found = written(new_case(), {"document-1": "D1", "document-2": "D2"})
    assert [(part.method, part.address) for part in found] == [
        ("POST", "Contacts"),
        ("POST", "Addresses"),
        ("POST", "Files"),
        ("POST", "FileContacts"),
        ("POST", "Records"),
        ("POST", "Records"),
        ("POST", "FileInfos"),
    ]


def test_what_the_plan_makes_is_referred_to_by_its_content_id() -> None:
    contact, address, case, party, pdf, xml, reference = written(new_case(), {"document-1": "D1", "document-2": "D2"})
    assert address.body["Name@odata.bind"] == f"${contact.content_id}"
    assert party.body == {
        "CustomLabel_Value": "Entreprenoer",
        "File@odata.bind": f"${case.content_id}",
        "Name@odata.bind": f"${contact.content_id}",
        "NameAddress@odata.bind": f"${address.content_id}",
    }
    assert pdf.body["Document@odata.bind"] == "Documents('D1')"
    assert "MainRecord@odata.bind" not in pdf.body
    assert xml.body["MainRecord@odata.bind"] == f"${pdf.content_id}"
    assert xml.body["Document@odata.bind"] == "Documents('D2')"
    assert reference.body == {
        "CustomLabel_Value": "INTERACT",
        "Info_Value": "8KT-A01",
        "File@odata.bind": f"${case.content_id}",
    }


def test_text_and_rows_of_a_new_case_are_nested_in_it() -> None:
    case = written(new_case(), {"document-1": "D1", "document-2": "D2"})[2]
    assert case.body["Text"] == {"Text": "A room\nmore"}
    assert [row["CustomLabel_Value"] for row in case.body["Dates"]] == ["BYGSTART"]
    assert case.body["BUILDAREA"] == Decimal("62.5")


def test_an_update_is_written_flat_and_guarded_once() -> None:
    case = Existing("it's 7", "2026-02.15-00001")
    change, note, date_row, document, reference = written(update(case, 'W/"4"'), {"document-1": "D1"})
    assert (change.method, change.address) == ("PATCH", "Files('it''s%207')")
    assert change.headers["If-Match"] == 'W/"4"'
    assert (note.method, note.address) == ("PATCH", "Files('it''s%207')/Note")
    assert "If-Match" not in note.headers
    assert (date_row.method, date_row.address) == ("POST", "FileDates")
    for part in (date_row, document, reference):
        assert part.body["File@odata.bind"] == "Files('it''s%207')"


def test_every_write_carries_its_own_repeatability() -> None:
    found = written(new_case(), {"document-1": "D1", "document-2": "D2"})
    ids = [part.headers["Repeatability-Request-ID"] for part in found]
    assert ids == [str(each) for each in FIXED_IDS[:7]]
    assert {part.headers["Repeatability-First-Sent"] for part in found} == {"Sun, 22 Nov 2026 11:15:30 GMT"}


def test_too_few_request_ids_are_an_error_and_no_half_change_set() -> None:
    with pytest.raises(ValueError):
        parts(new_case(), {"document-1": "D1", "document-2": "D2"}, Repeatability(FIXED_IDS[:2], SENT))


@pytest.mark.parametrize("name", [None, "", "p00008", "p00000", "x", "$", "p-1", "p²"])
def test_a_content_id_that_means_nothing_means_nothing(name: str | None) -> None:
    assert index_of(name, new_case()) is None


def test_a_content_id_leads_back_to_its_operation() -> None:
    found = written(new_case(), {"document-1": "D1", "document-2": "D2"})
    assert [index_of(part.content_id, new_case()) for part in found] == list(range(7))
