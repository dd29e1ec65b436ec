"""What is read of contacts and cases, and as whom."""

from datetime import date

import pytest

from formcase.outcomes import Refused, Setup
from formcase.planning.knowledge import CaseQuestion, ContactQuestion, KnownCase, KnownContact, KnownRow
from formcase.targets.workzone import WorkZone
from formcase.targets.workzone.knowledge import Expert
from formcase.targets.workzone.tests.conftest import Received, Server, json_reply, odata_error

COMPANY = ContactQuestion("F", "12'34")


@pytest.fixture
def expert(workzone: WorkZone) -> Expert:
    return workzone._expert


def contacts(*rows: dict[str, object]) -> bytes:
    return json_reply({"value": list(rows)})


def asked_as(requests: list[Received]) -> list[str | None]:
    return [each.headers.get("onbehalfof") for each in requests]


async def test_a_contact_is_looked_up_as_the_account_and_then_as_the_user(server: Server, expert: Expert) -> None:
    server.on(
        "Contacts",
        contacts(
            {"ID": "7", "Name1": "Tømrer", "AddressKey_Value": "70", "Addresses": [{"ID": "69"}, {"ID": "70"}]},
            {"ID": "8", "Name1": "Murer", "AddressKey_Value": None, "Addresses": [{"ID": "80"}, {"ID": "81"}]},
            {"ID": "9", "Name1": None, "Addresses": []},
        ),
        contacts({"ID": "7"}, {"ID": "9"}),
    )
    found = await expert._contacts(frozenset({COMPANY}), "SBH")
    assert found == {
        COMPANY: (
            KnownContact("7", "Tømrer", "70"),
            KnownContact("8", "Murer", "80", visible=False),
            KnownContact("9", "", None),
        )
    }
    assert asked_as(server.asked("Contacts")) == [None, "User=SBH"]
    assert "NameType_Value%20eq%20'F'%20and%20NameCode%20eq%20'12''34'" in server.asked("Contacts")[0].path


async def test_a_contact_that_is_nowhere_is_not_asked_for_twice(server: Server, expert: Expert) -> None:
    server.on("Contacts", contacts())
    assert await expert._contacts(frozenset({COMPANY}), "SBH") == {COMPANY: ()}
    assert len(server.asked("Contacts")) == 1


async def test_a_case_is_read_as_the_user_with_all_its_rows(server: Server, expert: Expert) -> None:
    server.on("Files", json_reply({"value": [{"ID": "17"}]}))
    server.on(
        "Files('17')",
        json_reply(
            {
                "@odata.etag": 'W/"3"',
                "ID": "17",
                "FileNo": "2026-02.15-00001",
                "Text": {"Text": "Hello"},
                "Note": None,
                "Parties": [{"NameKey_Value": "7", "CustomLabel_Value": "Sagspart"}],
                "Parties@odata.nextLink": "Files('17')/Parties?$skiptoken=1",
                "Dates": [{"CustomLabel_Value": "FRIST", "DateStamp": "2027-03-01"}],
                "Infos": [{"CustomLabel_Value": "HENVISNING", "Info_Value": None}],
            }
        ),
    )
    server.on(
        "Files('17')/Parties", json_reply({"value": [{"NameKey_Value": "8", "CustomLabel_Value": "Entreprenoer"}]})
    )
    question = CaseQuestion("FileNo", "2026-02.15-00001")
    found = await expert._cases(frozenset({question}), "SBH")
    assert found == {
        question: (
            KnownCase(
                id="17",
                number="2026-02.15-00001",
                etag='W/"3"',
                text="Hello",
                parties=frozenset({("7", "Sagspart"), ("8", "Entreprenoer")}),
                dates=frozenset({KnownRow("FRIST", date(2027, 3, 1))}),
                infos=frozenset({KnownRow("HENVISNING", None)}),
            ),
        )
    }
    assert set(asked_as([each for each in server.requests if "Files" in each.path])) == {"User=SBH"}


async def test_the_etag_of_the_header_serves_as_well(server: Server, expert: Expert) -> None:
    case = {"ID": "17", "FileNo": "x", "Text": None, "Note": None, "Parties": [], "Dates": [], "Infos": []}
    server.on("Files('17')", json_reply(case, ETag='"h"'))
    found = await expert.case("17", "SBH")
    assert found is not None
    assert found.etag == '"h"'


async def test_a_case_that_vanishes_between_two_questions_is_not_there(server: Server, expert: Expert) -> None:
    server.on("Files", json_reply({"value": [{"ID": "17"}]}))
    question = CaseQuestion("ID", "17")
    assert await expert._cases(frozenset({question}), "SBH") == {question: ()}


async def test_one_question_that_fails_fails_as_itself_and_stops_the_others(server: Server, expert: Expert) -> None:
    server.on("Contacts", odata_error(403, "Forbidden"))
    with pytest.raises(Setup):  # the account itself must be allowed to
        await expert._contacts(frozenset({COMPANY, ContactQuestion("P", "1")}), "SBH")
    server.on("Files", odata_error(403, "Forbidden"))
    with pytest.raises(Refused):
        await expert._cases(frozenset({CaseQuestion("ID", "17"), CaseQuestion("ID", "18")}), "SBH")
