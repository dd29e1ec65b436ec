"""What the WorkZone target has written, read back at the built-in case system as its own JSON says it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from json import loads
from uuid import uuid4

import pytest

from conformance.case_systems import CaseSystemUnderTest
from formcase.messages import message
from formcase.planning.plan import (
    AddDocument,
    AddReference,
    ContentKey,
    ContentKind,
    CreateCase,
    Entry,
    Plan,
    PlanKind,
    Planned,
)
from formcase.targets.port import Content, Repeatability
from formcase.targets.workzone import WorkZone

CASE = Planned("case-1")


@pytest.fixture
async def workzone(world: CaseSystemUnderTest) -> AsyncIterator[WorkZone]:
    connected = world.connect()
    if not isinstance(connected, WorkZone):
        pytest.skip("another kind of case system")
    yield connected
    await connected.close()


async def read(workzone: WorkZone, address: str) -> dict[str, object]:
    """The answer with its numbers digit by digit."""
    answer = await workzone._transport.read(message("Reading back"), address)
    content = loads(answer.body, parse_float=Decimal)
    assert isinstance(content, dict)
    return content


async def write(workzone: WorkZone, user: str, case: CreateCase, *documents: AddDocument) -> str:
    reference = f"W-{uuid4().hex[:10]}"
    plan = Plan(PlanKind.MAPPED, reference, (case, *documents, AddReference(CASE, "INTERACT", reference)))
    uploaded = {}
    for document in documents:
        uploaded[document.key] = await workzone.upload(content(document.file_name), user)
    repeatability = Repeatability(tuple(uuid4() for _ in plan.operations), datetime.now(UTC))
    receipt = await workzone.apply(plan, uploaded, repeatability, user)
    return receipt.cases[0].id


def content(name: str) -> Content:
    async def octets() -> AsyncIterator[bytes]:
        yield name.encode()

    return Content(name, "application/octet-stream", len(name.encode()), octets)


def document(key: str, kind: ContentKind, name: str, main: Planned | None = None) -> AddDocument:
    entry = Entry({"Title": f"Title of {key}", "RecordType_Value": "DOK", "State_Value": "ARK"})
    return AddDocument(key, CASE, ContentKey(kind), name, "application/octet-stream", len(name.encode()), entry, main)


@pytest.mark.parametrize("number", ["62.5", "-0.01", "0.1", "1234567890.12"])
async def test_a_decimal_arrives_with_the_digits_that_were_written(
    workzone: WorkZone, world: CaseSystemUnderTest, number: str
) -> None:
    values = {"Title": "Area", "FileClass_Value": "02.34", "BUILDAREA": Decimal(number), "ROOMS": 3}
    case = await write(workzone, world.caseworker, CreateCase("case-1", Entry(values)))
    stored = await read(workzone, f"Files('{case}')?$select=BUILDAREA,ROOMS")
    assert (stored["BUILDAREA"], stored["ROOMS"]) == (Decimal(number), 3)


async def test_documents_arrive_with_their_names_bytes_and_order(
    workzone: WorkZone, world: CaseSystemUnderTest
) -> None:
    case = await write(
        workzone,
        world.caseworker,
        CreateCase("case-1", Entry({"Title": 'It\'s 100 % "æøå" \\ & more', "FileClass_Value": "02.15"})),
        document("document-1", ContentKind.PDF, "kvittering.pdf"),
        document("document-2", ContentKind.XML, "submission.xml", Planned("document-1")),
        document("document-3", ContentKind.ATTACHMENT, "site plan (æøå) v2.csv"),
    )
    stored = await read(workzone, f"Files('{case}')?$select=Title&$expand=FileRecords($expand=Document)")
    assert stored["Title"] == 'It\'s 100 % "æøå" \\ & more'
    records = {record["Title"]: record for record in stored["FileRecords"]}
    assert len(records) == 3
    pdf, xml, plan = (records[f"Title of document-{number}"] for number in (1, 2, 3))
    assert xml["PrimaryRecordKey_Value"] == pdf["ID"]
    assert plan["PrimaryRecordKey_Value"] is None
    assert plan["Document"]["FileName"] == "site plan (æøå) v2.csv"
    address = f"Documents('{plan['Document']['ID']}')/$value"
    answer = await workzone._transport.read(message("Reading back"), address, accept="*/*")
    assert answer.body == "site plan (æøå) v2.csv".encode()
