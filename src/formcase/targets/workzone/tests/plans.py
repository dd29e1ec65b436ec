"""Plans to write in tests."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from formcase.planning.plan import (
    AddCaseRow,
    AddDocument,
    AddParty,
    AddReference,
    ContentKey,
    ContentKind,
    CreateAddress,
    CreateCase,
    CreateContact,
    Entry,
    Existing,
    Operation,
    Plan,
    PlanKind,
    Planned,
    UpdateCase,
    UpdateCaseText,
)
from formcase.targets.port import Repeatability

REFERENCE = "8KT-A01"


def repeatability(plan: Plan) -> Repeatability:
    return Repeatability(tuple(uuid4() for _ in plan.operations), datetime.now(UTC))


def plan_of(*operations: Operation, reference: str = REFERENCE) -> Plan:
    return Plan(PlanKind.MAPPED, reference, operations)


def new_case(reference: str = REFERENCE) -> Plan:
    """A contact with an address, a case with rows, a party, a PDF with its XML, and the reference row."""
    case, pdf = Planned("case-1"), Planned("document-1")
    return plan_of(
        CreateContact("contact-1", Entry({"NameType_Value": "F", "NameCode": "12345674", "Name1": "Tømrer & Søn ApS"})),
        CreateAddress("address-1", Planned("contact-1"), Entry({"Address1": "Havnegade 2", "Postcode_Value": "8000"})),
        CreateCase(
            "case-1",
            Entry(
                {"Title": "Building permit, Skovvej 4", "FileClass_Value": "02.34", "BUILDAREA": Decimal("62.5")},
                {
                    "Text": Entry({"Text": "A room\nmore"}),
                    "Dates": (Entry({"CustomLabel_Value": "BYGSTART", "DateStamp": date(2027, 3, 1)}),),
                },
            ),
        ),
        AddParty(case, Planned("contact-1"), Planned("address-1"), "Entreprenoer"),
        document("document-1", case, ContentKind.PDF, "receipt.pdf"),
        document("document-2", case, ContentKind.XML, "submission.xml", main=pdf),
        AddReference(case, "INTERACT", reference),
        reference=reference,
    )


def update(case: Existing, etag: str | None, reference: str = "8KS-SQ9") -> Plan:
    """A changed state, a longer note, a row, a document, and the reference row."""
    return plan_of(
        UpdateCase(case, Entry({"State_Value": "UB"}), etag),
        UpdateCaseText(case, "Note", Entry({"Text": "more"})),
        AddCaseRow(case, "Dates", Entry({"CustomLabel_Value": "FRIST", "DateStamp": date(2027, 4, 1)})),
        document("document-1", case, ContentKind.XML, "submission.xml"),
        AddReference(case, "INTERACT", reference),
        reference=reference,
    )


def document(
    key: str, case: Planned | Existing, kind: ContentKind, name: str, *, main: Planned | None = None
) -> AddDocument:
    return AddDocument(
        key=key,
        case=case,
        content=ContentKey(kind),
        file_name=name,
        media_type="application/octet-stream",
        size=3,
        entry=Entry({"Title": name, "RecordType_Value": "DOK", "State_Value": "ARK"}),
        main=main,
    )


FIXED_IDS = tuple(UUID(int=number) for number in range(1, 40))
