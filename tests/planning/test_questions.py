"""What is asked of the case system is what planning needs, and no more."""

from formcase.planning.knowledge import CaseQuestion, CodeTableKey, ContactQuestion, Questions
from formcase.planning.questions import questions
from formcase.submission.model import Submission
from planning.forms import case, contacts, files, form, group, person
from planning.office import CONTACT_TYPES, METADATA, RULES


def asked(submission: Submission):
    return questions(submission, METADATA, CONTACT_TYPES, RULES)


def test_codes_are_asked_for_with_their_tables():
    found = asked(
        form(
            case(group("Dates", CustomLabel_Value="FRIST", DateStamp="x"), group("AccessCode", Code="TEK")),
            person("1", "A", group("Addresses", Postcode_Value="21120", CountryCode_Value="SE"), Role="Ejer"),
            group("RecordTemplate", group("AccessCode", Expression="TEK and (A or B)"), RecordType_Value="I"),
        )
    )
    assert found.codes == {
        (CodeTableKey("FileClasses"), "02.15"),
        (CodeTableKey("CustomLabels", "SD"), "FRIST"),
        (CodeTableKey("AccessCodeDomains"), "TEK"),
        (CodeTableKey("AccessCodeDomains"), "A"),
        (CodeTableKey("AccessCodeDomains"), "B"),
        (CodeTableKey("ContactTypes"), "P"),
        (CodeTableKey("Postcodes", "SE"), "21120"),
        (CodeTableKey("Countries"), "SE"),
        (CodeTableKey("CustomLabels", "SP"), "Ejer"),
        (CodeTableKey("CustomDomains", "AT"), "I"),
    }
    assert found.code_tables == {key for key, _ in found.codes}


def test_contacts_are_asked_for_by_type_and_plain_code_once():
    found = asked(
        form(
            case(person("010190-1234", "A")),
            person("0101901234", "A"),
            contacts(NameType_Value="F", NameCode="DK12345674"),
            contacts(NameType_Value="M", NameCode="DK-1"),
            contacts(NameType_Value="X", Name1="A"),
            contacts(NameType_Value="Q", NameCode="1"),
            contacts(NameCode="1"),
        )
    )
    assert found.contacts == {
        ContactQuestion("P", "0101901234"),
        ContactQuestion("F", "12345674"),
        ContactQuestion("M", "DK-1"),
    }


def test_cases_are_asked_for_by_each_key():
    found = asked(form(files(ID="77", FileNo=" N ", UserKey="", Title="x"), case()))
    assert found.cases == {CaseQuestion("ID", "77"), CaseQuestion("FileNo", "N")}


def test_nothing_is_asked_about_what_is_left_out_or_free_text():
    found = asked(form(case(group("Infos", CustomLabel_Value="HENVISNING", Info_Value="x")), contacts(Role="Ejer")))
    assert (CodeTableKey("CustomLabels", "SP"), "Ejer") not in found.codes
    assert not any(code == "x" for _, code in found.codes)


def test_a_form_without_a_mapping_asks_nothing():
    found = asked(form(pages=()))
    assert found == Questions()
