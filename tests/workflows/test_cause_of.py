"""What two reasons must have in common to have one cause."""

import pytest

from formcase.filing.reasons import told
from formcase.messages import Message, message
from formcase.outcomes import Refused
from formcase.planning.errors import CaseNotFound, MissingMandatory, Near, Place, TooLong, UnknownCode, WrongType
from formcase.planning.knowledge import CodeTableKey
from formcase.submission.model import FieldPath, Step
from formcase.workflows.causes import cause_of


def at(name: str, form_id: str = "800636", index: int = 0) -> Place:
    path = FieldPath((Step("WZ_ODATA"), Step("Files", index), Step(name)))
    return Place(form_id, 4, path, is_field=True)


def unknown(code: str, table: str, place: Place, near: tuple[Near, ...] = ()) -> Message:
    key = CodeTableKey(table)
    return UnknownCode(place=place, value=code, property="FileClass_Value", table=key, near=near).message()


def refused(words: str, status: int = 400) -> Message:
    return told(Refused(message("Reading"), message("It answered 400."), status=status, reason=words))


SAME = {
    "a code that is missing, in two forms and with other near ones": (
        unknown("99.99", "FileClasses", at("FileClass_Value")),
        unknown("99.99", "FileClasses", at("FileClass_Value", "800702", 2), (Near("02.15", "Flags"),)),
    ),
    "a field that two people filled in wrongly": (
        WrongType(place=at("BUILDAREA"), value="large", property="BUILDAREA", type="Edm.Decimal").message(),
        WrongType(place=at("BUILDAREA"), value="0101901234", property="BUILDAREA", type="Edm.Decimal").message(),
    ),
    "a title that is too long, by more or by less": (
        TooLong(place=at("Title"), value="x" * 300, property="Title", length=300, most=255).message(),
        TooLong(place=at("Title"), value="y" * 301, property="Title", length=301, most=255).message(),
    ),
    "two cases that are not there": (
        CaseNotFound(place=at("FileNo"), value="2026-1", property="FileNo").message(),
        CaseNotFound(place=at("FileNo"), value="2026-2", property="FileNo").message(),
    ),
    "a postcode that people type": (
        unknown("99999", "Postcodes", at("Postcode_Value")),
        unknown("00000", "Postcodes", at("Postcode_Value")),
    ),
    "a refusal that quotes": (
        refused("Title “Anna” is closed since 2026-01-01"),
        refused("Title “Bo” is closed since 2026"),
    ),
}
OTHERS = {
    "two codes": (
        unknown("99.99", "FileClasses", at("FileClass_Value")),
        unknown("99.98", "FileClasses", at("FileClass_Value")),
    ),
    "two tables": (unknown("X", "FileClasses", at("A_Value")), unknown("X", "AccessCodeDomains", at("A_Value"))),
    "two fields": (
        MissingMandatory(place=at("Title"), property="Title").message(),
        MissingMandatory(place=at("Text"), property="Text").message(),
    ),
    "two refusals": (refused("The register is closed"), refused("The register is gone")),
    "two users": (message("{user} lacks it.", user="SBH"), message("{user} lacks it.", user="LBR")),
}


@pytest.mark.parametrize("reasons", SAME.values(), ids=SAME.keys())
def test_these_have_one_cause(reasons):
    one, other = map(cause_of, reasons)
    assert one.key == other.key
    assert one.message.text() == other.message.text()


@pytest.mark.parametrize("reasons", OTHERS.values(), ids=OTHERS.keys())
def test_these_have_two(reasons):
    one, other = map(cause_of, reasons)
    assert one.key != other.key


def test_a_cause_can_be_read_and_holds_nothing_that_a_person_wrote():
    (wrong, other), (missing, _) = SAME["a field that two people filled in wrongly"], next(iter(SAME.values()))
    assert cause_of(missing).message.text() == "there is no case group 99.99."
    assert cause_of(wrong).message.text().startswith("Files.BUILDAREA: “…” does not fit Edm.Decimal")
    assert "0101901234" not in cause_of(other).message.text()
    assert cause_of(refused("Title “Anna” is closed for 0101901234")).message.text().endswith("Title … is closed for …")
