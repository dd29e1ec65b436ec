"""Code tables: which codes count today, what is kept, and when it is read again."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from formcase.outcomes import Passing, Refused
from formcase.planning.knowledge import CodeTableKey, ContactType
from formcase.targets.workzone import WorkZone, WorkZoneSettings, connect
from formcase.targets.workzone.tests.conftest import Server, json_reply, odata_error
from formcase.targets.workzone.tests.plans import new_case, repeatability

STATES = CodeTableKey("CustomDomains", "SAGTILST")
TODAY = datetime.now(ZoneInfo("Europe/Copenhagen")).date()


def rows(*codes: str, **limits: object) -> bytes:
    return json_reply({"value": [{"Value": code, "Text": code.lower(), **limits} for code in codes]})


async def codes(workzone: WorkZone, key: CodeTableKey = STATES) -> Mapping[str, str] | None:
    table = await workzone.code_table(key)
    return None if table is None else table.codes


async def test_a_table_is_asked_for_by_its_type(server: Server, workzone: WorkZone) -> None:
    server.on("CustomDomains", rows("UB", "AF"))
    assert await codes(workzone) == {"UB": "ub", "AF": "af"}
    (asked,) = server.asked("CustomDomains")
    assert "$filter=Type_Value%20eq%20'SAGTILST'" in asked.path
    assert "$select=Value,Text,StartDate,EndDate,Hidden" in asked.path  # what the model hasn't got is not asked for
    assert "onbehalfof" not in asked.headers


@pytest.mark.parametrize(
    ("limits", "usable"),
    [
        ({"EndDate": TODAY.isoformat()}, True),
        ({"EndDate": (TODAY - timedelta(days=2)).isoformat()}, False),
        ({"StartDate": TODAY.isoformat()}, True),
        ({"StartDate": (TODAY + timedelta(days=2)).isoformat()}, False),
        ({"Hidden": True}, False),
        ({"Inactive": True}, False),
        ({"SystemShow": False}, False),
        ({"SystemShow": False, "SystemItem": False}, True),
        ({"SystemShow": None}, True),
        ({"Hidden": False, "StartDate": None, "EndDate": None}, True),
        ({"EndDate": "never"}, True),
    ],
)
async def test_ended_hidden_and_coming_codes_do_not_count(
    server: Server, workzone: WorkZone, limits: dict[str, object], usable: bool
) -> None:
    server.on("CustomDomains", rows("UB", **limits))
    assert ("UB" in (await codes(workzone) or {})) is usable


async def test_a_table_that_is_not_served_is_absent(server: Server, workzone: WorkZone) -> None:
    assert await codes(workzone, CodeTableKey("Postcodes")) is None  # not in the model
    assert await codes(workzone, CodeTableKey("Files")) is None  # no code table
    assert await codes(workzone, STATES) is None  # in the model, and 404
    assert server.asked("Files") == []


async def test_a_table_that_can_not_be_read_now_is_no_empty_table(server: Server, workzone: WorkZone) -> None:
    server.on("CustomDomains", odata_error(503), rows("UB"))
    with pytest.raises(Passing):
        await codes(workzone)
    assert await codes(workzone) == {"UB": "ub"}


async def test_a_table_is_read_once_for_many_at_a_time(server: Server, workzone: WorkZone) -> None:
    server.on("CustomDomains", rows("UB"))
    await asyncio.gather(*(codes(workzone) for _ in range(8)))
    assert len(server.asked("CustomDomains")) == 1


async def test_a_new_code_is_found_at_once(server: Server, settings: WorkZoneSettings) -> None:
    workzone = connect(replace(settings, reread_after=0))
    model = await workzone.metadata()
    server.on("CustomDomains", rows("UB"), rows("UB", "NY"))
    assert await codes(workzone) == {"UB": "ub"}
    assert await workzone._tables.table(STATES, model, frozenset({"UB"})) is not None
    assert len(server.asked("CustomDomains")) == 1
    found = await workzone._tables.table(STATES, model, frozenset({"NY"}))
    assert found is not None
    assert "NY" in found.codes
    await workzone.close()


async def test_a_code_that_nobody_has_does_not_cost_a_reading_each_time(server: Server, workzone: WorkZone) -> None:
    model = await workzone.metadata()
    server.on("CustomDomains", rows("UB"))
    for _ in range(20):
        await workzone._tables.table(STATES, model, frozenset({"XX"}))
    assert len(server.asked("CustomDomains")) == 1


async def test_a_table_grows_old(server: Server, settings: WorkZoneSettings) -> None:
    workzone = connect(replace(settings, code_table_life=0))
    server.on("CustomDomains", rows("UB"), rows("AF"))
    assert await codes(workzone) == {"UB": "ub"}
    assert await codes(workzone) == {"AF": "af"}
    await workzone.close()


async def test_contact_types_say_how_they_check_and_number(server: Server, workzone: WorkZone) -> None:
    server.on(
        "ContactTypes",
        json_reply(
            {
                "value": [
                    {"ID": "P", "Text": "Person", "NameCodeCheck": "CPR", "NameAutoId": "N"},
                    {"ID": "X", "Text": None, "NameCodeCheck": None, "NameAutoId": "J"},
                    {"ID": "Y", "NameCodeCheck": "OTHER"},
                    {"ID": None},
                ]
            }
        ),
    )
    assert await workzone.contact_types() == {
        "P": ContactType("P", "Person", "CPR"),
        "X": ContactType("X", "", None, numbers_itself=True),
        "Y": ContactType("Y", ""),
    }


async def test_a_refused_value_makes_old_tables_doubtful(
    server: Server, workzone: WorkZone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("formcase.targets.workzone.client._DOUBT_AFTER", 0)
    server.on("CustomDomains", rows("UB"), rows("AF"))
    server.on("$batch", odata_error(400))
    assert await codes(workzone) == {"UB": "ub"}
    plan = new_case()
    with pytest.raises(Refused):
        await workzone.apply(plan, {"document-1": "D1", "document-2": "D2"}, repeatability(plan), "SBH")
    assert await codes(workzone) == {"AF": "af"}
