"""Contacts are found or made once, keep their data, and become parties where they are not yet."""

import pytest

from formcase.planning import errors
from formcase.planning.contacts import plain_code
from formcase.planning.knowledge import CodeTableKey, KnownCase, KnownContact
from formcase.planning.plan import AddParty, CreateAddress, CreateCase, CreateContact, Entry, Existing, Planned
from planning.forms import case, contacts, files, form, group, path, person
from planning.office import Office, of_kind

ANNA = ("P", "0101901234")
KNOWN = KnownContact("5", "Anna", "6")


def knowing(*known: KnownContact) -> Office:
    return Office(contacts={ANNA: known})


def test_a_contact_that_is_not_there_is_made_with_its_addresses_and_the_party_takes_the_first():
    plan = Office().plan(
        form(case(), person("0101901234", "Anna", group("Addresses", Address1="a"), group("Addresses", Address1="b")))
    )
    (contact,) = of_kind(plan, CreateContact)
    assert contact.entry.values == {"NameType_Value": "P", "NameCode": "0101901234", "Name1": "Anna"}
    assert contact.entry.nested == {}
    first, second = of_kind(plan, CreateAddress)
    assert (first.entry.values, second.entry.values) == ({"Address1": "a"}, {"Address1": "b"})
    assert first.contact == second.contact == Planned(contact.key)
    (party,) = of_kind(plan, AddParty)
    assert (party.contact, party.address, party.role) == (Planned(contact.key), Planned(first.key), "Sagspart")
    assert party.origins == (path("WZ_ODATA/Contacts/NameCode"),)


def test_a_contact_without_an_address_is_made_with_one_empty_one():
    plan = Office().plan(form(case(), person("1", "A", group("Addresses", CountryCode_Value="DK"))))
    (address,) = of_kind(plan, CreateAddress)
    assert address.entry == Entry()


def test_a_contact_that_is_there_only_becomes_a_party_and_its_data_is_neither_written_nor_checked():
    plan = knowing(KNOWN).plan(
        form(case(), person("0101901234", "Other", group("Addresses", Postcode_Value="??"), NEWSLETTER="maybe"))
    )
    assert of_kind(plan, CreateContact) == of_kind(plan, CreateAddress) == []
    (party,) = of_kind(plan, AddParty)
    assert (party.contact, party.address) == (Existing("5", "Anna"), Existing("6"))


def test_names_in_the_group_of_a_contact_that_is_there_are_checked_all_the_same():
    (error,) = knowing(KNOWN).errors(form(case(), person(Bogus="x")))
    assert isinstance(error, errors.UnknownName)


def test_a_contact_that_is_there_without_an_address_gets_one_empty_one_once():
    plan = knowing(KnownContact("5", "Anna", None)).plan(form(case(), case(), person(Role="Ejer"), person()))
    (address,) = of_kind(plan, CreateAddress)
    assert address.contact == Existing("5", "Anna")
    assert address.entry == Entry()
    assert [party.address for party in of_kind(plan, AddParty)] == [Planned(address.key)] * 4


def test_no_address_is_added_where_no_party_is():
    office = knowing(KnownContact("5", "Anna", None))
    office.cases = [KnownCase("77", "N", parties=frozenset({("5", "Sagspart")}))]
    plan = office.plan(form(files(FileNo="N"), person()))
    assert of_kind(plan, CreateAddress) == of_kind(plan, AddParty) == []


def test_a_party_that_is_there_in_that_role_is_not_added_again_and_in_another_role_is():
    office = knowing(KNOWN)
    office.cases = [KnownCase("77", "N", parties=frozenset({("5", "Sagspart"), ("9", "Ejer")}))]
    plan = office.plan(form(files(FileNo="N"), person(), person(Role="Ejer")))
    assert [party.role for party in of_kind(plan, AddParty)] == ["Ejer"]


def test_a_contact_inside_a_case_belongs_to_it_and_one_beside_to_every_case():
    plan = Office().plan(form(case(person("1", "A")), case(person("2", "B", Role="Ejer")), person("3", "C")))
    parties = [(party.case.key, party.contact.key, party.role) for party in of_kind(plan, AddParty)]
    assert parties == [
        ("case-1", "contact-1", "Sagspart"),
        ("case-1", "contact-3", "Sagspart"),
        ("case-2", "contact-2", "Ejer"),
        ("case-2", "contact-3", "Sagspart"),
    ]


def test_empty_groups_between_cases_do_not_move_contacts_to_another_case():
    plan = Office().plan(form(files(Title=""), case(), case(person("1", "A"))))
    (party,) = of_kind(plan, AddParty)
    assert party.case == Planned(of_kind(plan, CreateCase)[1].key)


def test_the_same_type_and_code_are_one_contact_made_from_the_first_that_has_a_name():
    plan = Office().plan(
        form(
            case(person("010190-1234", "")),
            person("0101901234", "First", NEWSLETTER="J"),
            person("0101901234", "Second", Role="Ejer", NEWSLETTER="not checked"),
        )
    )
    (contact,) = of_kind(plan, CreateContact)
    assert contact.entry.values["Name1"] == "First"
    assert [(party.contact, party.role) for party in of_kind(plan, AddParty)] == [
        (Planned(contact.key), "Sagspart"),
        (Planned(contact.key), "Ejer"),
    ]


def test_a_contact_without_a_name_in_any_group_is_an_error():
    found = Office().errors(form(case(), person("1", ""), person("1", "", Role="Ejer")))
    (error,) = found
    assert isinstance(error, errors.MissingMandatory)
    assert error.property == "Name1"
    assert "Contacts: the field Name1 is missing or empty" in error.message().text()
    assert "page WZ_ODATA, group Contacts[1] of form" in error.message().text()


def test_a_contact_without_a_type_is_an_error():
    (error,) = Office().errors(form(case(), contacts(NameCode="1", Name1="A")))
    assert isinstance(error, errors.MissingMandatory)
    assert error.property == "NameType_Value"


@pytest.mark.parametrize("served", [True, False])
def test_an_unknown_type_is_an_error_with_near_ones(served):
    office = Office(unserved=set() if served else {CodeTableKey("ContactTypes")})
    (error,) = office.errors(form(case(), contacts(NameType_Value="p", NameCode="1", Name1="A")))
    assert isinstance(error, errors.UnknownCode)
    assert "no contact type p" in error.message().text()
    assert "P (Person)" in error.message().text()


def test_what_else_is_wrong_in_a_contact_of_an_unknown_type_is_told_too():
    found = Office().errors(form(case(), contacts(NameType_Value="Q", NameCode="1", Name1="A", NEWSLETTER="x")))
    assert {type(error) for error in found} == {errors.UnknownCode, errors.WrongType}


def test_more_than_one_contact_is_an_error_that_lists_ids_and_names_without_codes():
    office = knowing(KNOWN, KnownContact("7", "Anna S.", None), KnownContact("8", "Hidden", None, visible=False))
    (error,) = office.errors(form(case(), person()))
    assert isinstance(error, errors.ContactAmbiguous)
    text = error.message().text()
    assert "5 Anna; 7 Anna S." in text
    assert "1 not for the executing user" in text
    assert "Hidden" not in text
    assert "0101901234" not in text
    assert "Anna" not in error.message().discreet()


def test_a_contact_that_the_executing_user_may_not_see_is_an_error_that_says_no_more():
    (error,) = knowing(KnownContact("5", "Anna", "6", visible=False)).errors(form(case(), person()))
    assert isinstance(error, errors.ContactUnseen)
    assert "Anna" not in error.message().text()
    assert "0101901234" not in error.message().text()
    assert " 5" not in error.message().text()


def test_a_contact_without_a_code_is_an_error_unless_its_type_numbers_itself():
    (error,) = Office().errors(form(case(), contacts(NameType_Value="M", Name1="A")))
    assert isinstance(error, errors.ContactCodeMissing)
    plan = Office().plan(form(case(), *[contacts(NameType_Value="X", Name1=name) for name in "AA"]))
    assert [contact.entry.values for contact in of_kind(plan, CreateContact)] == [
        {"NameType_Value": "X", "Name1": "A"}
    ] * 2


def test_a_contact_with_a_code_of_a_type_that_numbers_itself_is_looked_up():
    office = Office(contacts={("X", "42"): (KNOWN,)})
    plan = office.plan(form(case(), contacts(NameType_Value="X", NameCode="42")))
    assert of_kind(plan, AddParty)[0].contact == Existing("5", "Anna")


@pytest.mark.parametrize("code", ["010190-1234", " 0101901234", "01 01 90 12 34", "010190\u20111234", "DK0101901234"])
def test_personal_numbers_are_looked_up_and_written_plainly(code):
    assert of_kind(knowing(KNOWN).plan(form(case(), person(code))), AddParty)[0].contact == Existing("5", "Anna")
    (made,) = of_kind(Office().plan(form(case(), person(code, "Anna"))), CreateContact)
    assert made.entry.values["NameCode"] == "0101901234"


def test_company_numbers_too_and_other_codes_are_compared_as_written():
    office = Office(contacts={("F", "12345674"): (KNOWN,), ("M", "DK 12-3"): (KNOWN,)})
    plan = office.plan(
        form(
            case(),
            contacts(NameType_Value="F", NameCode="DK 12-34-56 74"),
            contacts(NameType_Value="M", NameCode="DK 12-3", Role="Ejer"),
        )
    )
    assert len(of_kind(plan, AddParty)) == 2
    (made,) = of_kind(
        Office().plan(form(case(), contacts(NameType_Value="M", NameCode="a-b", Name1="A"))), CreateContact
    )
    assert made.entry.values["NameCode"] == "a-b"


def test_a_code_of_which_nothing_is_left_is_none():
    assert plain_code(" dk - ") == ""
    (error,) = Office().errors(form(case(), person(" DK - ", "A")))
    assert isinstance(error, errors.ContactCodeMissing)


@pytest.mark.parametrize("role", ["Entreprenoer", "entreprenoer", " ENTREPRENOER "])
def test_the_role_is_a_party_role_found_without_regard_to_case(role):
    plan = Office().plan(form(case(), person(Role=role)))
    (party,) = of_kind(plan, AddParty)
    assert party.role == "Entreprenoer"
    assert party.origins[-1] == path("WZ_ODATA/Contacts/Role")


def test_an_unknown_role_is_an_error_with_near_ones_also_for_a_contact_that_is_there():
    (error,) = knowing(KNOWN).errors(form(case(), person(Role="Ejere")))
    assert isinstance(error, errors.UnknownCode)
    assert "no party role Ejere" in error.message().text()
    assert error.near[0].name == "Ejer"


def test_a_role_is_taken_as_it_is_where_roles_are_not_served():
    office = Office(unserved={CodeTableKey("CustomLabels", "SP")})
    assert of_kind(office.plan(form(case(), person(Role="Gæst"))), AddParty)[0].role == "Gæst"


def test_the_same_contact_twice_in_one_role_is_one_party():
    plan = Office().plan(form(case(person("1", "A")), person("1", "A"), person("1", "A", Role="sagspart")))
    assert len(of_kind(plan, AddParty)) == 1


def test_values_of_a_contact_that_is_made_are_checked():
    found = Office().errors(
        form(case(), person("1", "A", group("Addresses", Postcode_Value="9999"), State_Value="x", NEWSLETTER="x"))
    )
    assert [str(error.path) for error in found] == [
        "WZ_ODATA/Contacts/State_Value",
        "WZ_ODATA/Contacts/NEWSLETTER",
        "WZ_ODATA/Contacts/Addresses/Postcode_Value",
    ]
