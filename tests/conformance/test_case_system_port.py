"""What filing relies on in every case system: asked of the real one, over the real port."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from uuid import uuid4

import pytest

from conformance.case_systems import CaseSystemUnderTest
from formcase.checks import FORM_CODES, FORM_NAMES, FORM_RIGHTS, CheckResult, Verdict
from formcase.outcomes import (
    DocumentUnavailable,
    Outdated,
    ReferenceRowExists,
    Refused,
    RepeatabilityExpired,
    Setup,
    Withdrawn,
)
from formcase.planning.knowledge import CaseQuestion, CodeTableKey, ContactQuestion, KnownCase, KnownRow, Rules
from formcase.planning.needs import Need
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
    Reference,
    UpdateCase,
    UpdateCaseText,
)
from formcase.submission.form import FormDefinition, FormField, FormGroup, FormPage, FormSummary
from formcase.submission.model import Field, Group, Page, Submission
from formcase.targets.port import CaseReference, CaseSystem, Content, Receipt, Repeatability, StoredDocument

RULES = Rules(error_case_group="00.01")
_numbers = count(10_000_001)


def new_reference() -> str:
    return f"T-{uuid4().hex[:10]}"


def company_number() -> str:
    """A company number that no other test uses."""
    return f"{next(_numbers)}"


def a_plan(reference: str, *operations: Operation) -> Plan:
    return Plan(PlanKind.MAPPED, reference, operations)


def a_case(**values: object) -> CreateCase:
    return CreateCase("case-1", Entry({"Title": "Flag, Skovvej 4", "FileClass_Value": "02.15", **values}))


def a_document(key: str, case: Reference, kind: ContentKind, main: Planned | None = None) -> AddDocument:
    entry = Entry({"Title": f"A {kind}", "RecordType_Value": "DOK", "State_Value": "ARK"})
    return AddDocument(key, case, ContentKey(kind), f"{kind}.bin", "application/octet-stream", 3, entry, main)


def a_company(code: str, **values: object) -> CreateContact:
    return CreateContact(
        "contact-1", Entry({"NameType_Value": "F", "NameCode": code, "Name1": "Tømrer & Søn ApS", **values})
    )


def a_whole_case(reference: str, code: str) -> Plan:
    """A contact, its address, a case with rows and text, a party, a PDF with its XML, the reference row."""
    case, pdf = Planned("case-1"), Planned("document-1")
    rows = (Entry({"CustomLabel_Value": "BYGSTART", "DateStamp": date(2027, 3, 1)}),)
    infos = (Entry({"CustomLabel_Value": "JOURNALNR", "Info_Value": "J-7"}),)
    entry = Entry(
        {"Title": "Building permit, Skovvej 4", "FileClass_Value": "02.34", "BUILDAREA": Decimal("62.5")},
        {"Text": Entry({"Text": "One room\nmore"}), "Dates": rows, "Infos": infos},
    )
    return a_plan(
        reference,
        a_company(code),
        CreateAddress("address-1", Planned("contact-1"), Entry({"Address1": "Havnegade 2", "Postcode_Value": "8000"})),
        CreateCase("case-1", entry),
        AddParty(case, Planned("contact-1"), Planned("address-1"), "Entreprenoer"),
        a_document("document-1", case, ContentKind.PDF),
        a_document("document-2", case, ContentKind.XML, pdf),
        AddReference(case, RULES.reference_label, reference),
    )


def content(octets: bytes = b"abc", name: str = "a.txt", media_type: str = "text/plain") -> Content:
    async def read() -> AsyncIterator[bytes]:
        for start in range(0, len(octets), 65536):
            yield octets[start : start + 65536]

    return Content(name, media_type, len(octets), read)


def ids(plan: Plan) -> Repeatability:
    return Repeatability(tuple(uuid4() for _ in plan.operations), datetime.now(UTC))


async def upload_for(plan: Plan, case_system: CaseSystem, user: str) -> dict[str, str]:
    return {document.key: await case_system.upload(content(), user) for document in plan.documents()}


async def file(plan: Plan, case_system: CaseSystem, user: str) -> Receipt:
    return await case_system.apply(plan, await upload_for(plan, case_system, user), ids(plan), user)


def submission(**fields: str) -> Submission:
    """A submission whose mapping names a case or a contact: a field `Files_FileNo`, `Contacts_NameCode` …"""
    groups: dict[str, list[Field]] = {"Files": []}
    for name, value in fields.items():
        group, _, field = name.partition("_")
        groups.setdefault(group, []).append(Field(field, value))
    if not groups["Files"]:
        groups["Files"] = [Field("Title", "x"), Field("FileClass_Value", "02.15")]
    page = Page("WZ_ODATA", tuple(Group(name, tuple(items)) for name, items in groups.items()), hidden=True)
    return Submission("s-1", "R-1", "800636", "Flag permit", 1, datetime.now(UTC), (page,))


async def known_case(case_system: CaseSystem, number: str, user: str) -> KnownCase | None:
    found = await case_system.knowledge(submission(Files_FileNo=number), user, RULES)
    cases = found.cases[CaseQuestion("FileNo", number)]
    return cases[0] if cases else None


# What the case system knows ----------------------------------------------------------------------------------------


async def test_the_model_has_the_sets_and_custom_fields_that_forms_use(case_system: CaseSystem) -> None:
    model = await case_system.metadata()
    case = model.of_set("Files")
    assert case.properties["BUILDAREA"].type == "Edm.Decimal"
    assert case.properties["AccessCode"].type == "WorkZone.Permission.Read"
    assert case.navigation["State"].entity_set == "CustomDomains"
    assert case.navigation["Text"].contains_target
    for needed in ("Contacts", "Addresses", "FileContacts", "FileDates", "FileInfos", "Records", "Documents"):
        assert needed in model.entity_sets


async def test_code_tables_hold_what_may_be_used_today(case_system: CaseSystem) -> None:
    groups = await case_system.code_table(CodeTableKey("FileClasses"))
    assert groups is not None
    assert {"02.15", "02.34", "00.01"} <= groups.codes.keys()
    assert {"02.99", "02.98"}.isdisjoint(groups.codes)
    assert groups.codes["02.15"]
    states = await case_system.code_table(CodeTableKey("CustomDomains", "SAGTILST"))
    assert states is not None
    assert {"UB", "AF"} <= states.codes.keys()
    assert "DOK" not in states.codes
    roles = await case_system.code_table(CodeTableKey("CustomLabels", "SP"))
    assert roles is not None
    assert {"Sagspart", "Entreprenoer"} <= roles.codes.keys()
    postcodes = await case_system.code_table(CodeTableKey("Postcodes"))
    assert postcodes is not None
    assert {"8000", "8240", "2100"} <= postcodes.codes.keys()
    assert await case_system.code_table(CodeTableKey("NoSuchTable")) is None


async def test_contact_types_say_how_their_codes_are_checked(case_system: CaseSystem) -> None:
    types = await case_system.contact_types()
    assert types["P"].check == "CPR"
    assert types["F"].check == "CVR"
    assert types["X"].numbers_itself
    assert not types["P"].numbers_itself


async def test_the_rights_of_a_user_are_told(case_system: CaseSystem, world: CaseSystemUnderTest) -> None:
    able, reader = await case_system.rights(world.caseworker), await case_system.rights(world.reader)
    assert able is not None
    assert reader is not None
    assert {Need("Case", "Create"), Need("Document", "Create")} <= able
    assert Need("Case", "Create") not in reader
    assert Need("Case", "Search") in reader


# Filing ------------------------------------------------------------------------------------------------------------


async def test_a_new_case_stands_there_whole(case_system: CaseSystem, world: CaseSystemUnderTest) -> None:
    reference, code = new_reference(), company_number()
    receipt = await file(a_whole_case(reference, code), case_system, world.caseworker)
    (case,) = receipt.cases
    (filed,) = await case_system.filed(reference, RULES)
    assert filed.case == case
    assert (filed.title, filed.case_group) == ("Building permit, Skovvej 4", "02.34")
    known = await known_case(case_system, case.number, world.caseworker)
    assert known is not None
    assert known.id == case.id
    assert known.text.replace("\r\n", "\n") == "One room\nmore"
    assert KnownRow("BYGSTART", date(2027, 3, 1)) in known.dates
    assert {KnownRow("JOURNALNR", "J-7"), KnownRow("INTERACT", reference)} <= known.infos
    question = ContactQuestion("F", code)
    found = await case_system.knowledge(
        submission(Contacts_NameType_Value="F", Contacts_NameCode=code), world.caseworker, RULES
    )
    (contact,) = found.contacts[question]
    assert contact.name == "Tømrer & Søn ApS"
    assert contact.visible
    assert contact.address
    assert (contact.id, "Entreprenoer") in known.parties


async def test_several_cases_are_one_change_set(case_system: CaseSystem, world: CaseSystemUnderTest) -> None:
    reference = new_reference()
    plan = a_plan(
        reference,
        a_case(),
        replace(a_case(FileClass_Value="05.02"), key="case-2"),
        AddReference(Planned("case-1"), "INTERACT", reference),
        AddReference(Planned("case-2"), "INTERACT", reference),
    )
    receipt = await file(plan, case_system, world.caseworker)
    assert len({case.id for case in receipt.cases}) == 2
    assert {each.case_group for each in await case_system.filed(reference, RULES)} == {"02.15", "05.02"}


async def test_nothing_is_filed_under_a_reference_nobody_has(case_system: CaseSystem) -> None:
    assert await case_system.filed(new_reference(), RULES) == ()


@pytest.mark.parametrize("reference", ["O'Hara", "a' or 'b' eq 'b", "æøå & #1 + 2%25 /?", "\\", "'", "x" * 200])
async def test_a_reference_of_any_letters_is_found_and_nothing_else(
    case_system: CaseSystem, world: CaseSystemUnderTest, reference: str
) -> None:
    reference = f"{new_reference()}{reference}"
    plan = a_plan(reference, a_case(), AddReference(Planned("case-1"), "INTERACT", reference))
    receipt = await file(plan, case_system, world.caseworker)
    assert [each.case for each in await case_system.filed(reference, RULES)] == list(receipt.cases)


async def test_the_same_change_set_twice_makes_one_case(case_system: CaseSystem, world: CaseSystemUnderTest) -> None:
    reference = new_reference()
    plan = a_whole_case(reference, company_number())
    documents, same = await upload_for(plan, case_system, world.caseworker), ids(plan)
    first = await case_system.apply(plan, documents, same, world.caseworker)
    again = await case_system.apply(plan, documents, same, world.caseworker)
    assert first == again
    assert len(await case_system.filed(reference, RULES)) == 1
    assert case_system.answers_repeatability


async def test_the_same_change_set_at_the_same_moment_makes_one_case(
    case_system: CaseSystem, world: CaseSystemUnderTest
) -> None:
    reference = new_reference()
    plan = a_plan(reference, a_case(), AddReference(Planned("case-1"), "INTERACT", reference))  # nothing else guards it
    same = ids(plan)
    await asyncio.gather(
        *(case_system.apply(plan, {}, same, world.caseworker) for _ in range(4)), return_exceptions=True
    )
    assert len(await case_system.filed(reference, RULES)) == 1


async def test_a_request_from_too_long_ago_is_not_carried_out(
    case_system: CaseSystem, world: CaseSystemUnderTest
) -> None:
    reference = new_reference()
    plan = a_plan(reference, a_case(), AddReference(Planned("case-1"), "INTERACT", reference))
    old = replace(ids(plan), first_sent=datetime(2020, 1, 1, tzinfo=UTC))
    with pytest.raises(RepeatabilityExpired):
        await case_system.apply(plan, {}, old, world.caseworker)
    assert await case_system.filed(reference, RULES) == ()


async def test_a_document_that_is_taken_can_not_be_taken_again(
    case_system: CaseSystem, world: CaseSystemUnderTest
) -> None:
    plan = a_whole_case(new_reference(), company_number())
    documents = await upload_for(plan, case_system, world.caseworker)
    await case_system.apply(plan, documents, ids(plan), world.caseworker)
    second = a_whole_case(new_reference(), company_number())
    with pytest.raises(DocumentUnavailable):
        await case_system.apply(second, documents, ids(second), world.caseworker)


async def test_a_document_that_is_gone_is_told_as_that(case_system: CaseSystem, world: CaseSystemUnderTest) -> None:
    plan = a_whole_case(new_reference(), company_number())
    with pytest.raises(DocumentUnavailable):
        await case_system.apply(plan, dict.fromkeys(("document-1", "document-2"), "0"), ids(plan), world.caseworker)


async def test_a_contact_that_came_to_be_means_planning_again(
    case_system: CaseSystem, world: CaseSystemUnderTest
) -> None:
    code = company_number()
    await file(a_whole_case(new_reference(), code), case_system, world.caseworker)
    with pytest.raises(Outdated):
        await file(a_whole_case(new_reference(), code), case_system, world.caseworker)


async def test_a_refusal_names_the_operation_and_writes_nothing(
    case_system: CaseSystem, world: CaseSystemUnderTest
) -> None:
    reference, code = new_reference(), company_number()
    plan = a_plan(
        reference,
        a_company(code),
        a_case(FileClass_Value="99.99"),
        AddReference(Planned("case-1"), "INTERACT", reference),
    )
    with pytest.raises(Refused) as raised:
        await file(plan, case_system, world.caseworker)
    assert raised.value.status == 400
    assert raised.value.part == 1
    assert raised.value.target == "FileClass_Value"
    assert raised.value.reason
    found = await case_system.knowledge(
        submission(Contacts_NameType_Value="F", Contacts_NameCode=code), world.caseworker, RULES
    )
    assert found.contacts[ContactQuestion("F", code)] == ()
    assert await case_system.filed(reference, RULES) == ()


async def test_a_user_without_the_right_is_refused_for_this_submission_only(
    case_system: CaseSystem, world: CaseSystemUnderTest
) -> None:
    plan = a_plan(new_reference(), a_case())
    with pytest.raises(Refused) as raised:
        await file(plan, case_system, world.reader)
    assert raised.value.status == 403


async def test_a_user_that_does_not_exist_is_a_matter_of_the_setup(case_system: CaseSystem) -> None:
    plan = a_plan(new_reference(), a_case())
    for attempt in (case_system.apply(plan, {}, ids(plan), "NOBODY"), case_system.upload(content(), "NOBODY")):
        with pytest.raises(Setup):
            await attempt


async def test_every_way_of_logging_in_leads_to_the_same_cases(
    case_system: CaseSystem, world: CaseSystemUnderTest
) -> None:
    reference = new_reference()
    plan = a_plan(reference, a_case(), AddReference(Planned("case-1"), "INTERACT", reference))
    receipt = await file(plan, case_system, world.caseworker)
    for connect in world.other_logins:
        other = connect()
        assert [each.case for each in await other.filed(reference, RULES)] == list(receipt.cases)
        await other.close()


# Updating ----------------------------------------------------------------------------------------------------------


async def existing(case_system: CaseSystem, user: str) -> KnownCase:
    receipt = await file(a_plan(new_reference(), a_case()), case_system, user)
    known = await known_case(case_system, receipt.cases[0].number, user)
    assert known is not None
    return known


async def test_a_case_is_found_by_each_of_its_keys(case_system: CaseSystem, world: CaseSystemUnderTest) -> None:
    case = await existing(case_system, world.caseworker)
    for name, value in (("FileNo", case.number), ("UserKey", case.number), ("ID", case.id)):
        found = await case_system.knowledge(submission(**{f"Files_{name}": value}), world.caseworker, RULES)
        assert [each.id for each in found.cases[CaseQuestion(name, value)]] == [case.id]
    missing = await case_system.knowledge(submission(Files_FileNo="2026-nothing"), world.caseworker, RULES)
    assert missing.cases[CaseQuestion("FileNo", "2026-nothing")] == ()


async def test_an_update_changes_adds_and_is_guarded_by_what_was_read(
    case_system: CaseSystem, world: CaseSystemUnderTest
) -> None:
    case = await existing(case_system, world.caseworker)
    here, reference = Existing(case.id, case.number), new_reference()

    def update(reference: str) -> Plan:
        return a_plan(
            reference,
            UpdateCase(here, Entry({"State_Value": "UB"}), case.etag),
            UpdateCaseText(here, "Text", Entry({"Text": "First\n\nSecond"})),
            UpdateCaseText(here, "Note", Entry({"Text": "A note"})),
            AddCaseRow(here, "Dates", Entry({"CustomLabel_Value": "FRIST", "DateStamp": date(2027, 4, 1)})),
            AddCaseRow(here, "Infos", Entry({"CustomLabel_Value": "HENVISNING", "Info_Value": "see 7"})),
            a_document("document-1", here, ContentKind.XML),
            AddReference(here, "INTERACT", reference),
        )

    receipt = await file(update(reference), case_system, world.caseworker)
    assert [(each.id, each.number) for each in receipt.cases] == [(case.id, case.number)]
    after = await known_case(case_system, case.number, world.caseworker)
    assert after is not None
    assert (after.text.replace("\r\n", "\n"), after.note) == ("First\n\nSecond", "A note")
    assert KnownRow("FRIST", date(2027, 4, 1)) in after.dates
    assert {KnownRow("HENVISNING", "see 7"), KnownRow("INTERACT", reference)} <= after.infos
    if case.etag is not None:
        assert after.etag != case.etag
        with pytest.raises(Outdated):
            await file(update(new_reference()), case_system, world.caseworker)


async def test_a_case_gets_the_row_of_a_submission_once(case_system: CaseSystem, world: CaseSystemUnderTest) -> None:
    case = await existing(case_system, world.caseworker)
    reference = new_reference()
    plan = a_plan(reference, AddReference(Existing(case.id, case.number), "INTERACT", reference))
    await file(plan, case_system, world.caseworker)
    with pytest.raises(ReferenceRowExists):
        await file(plan, case_system, world.caseworker)
    assert len(await case_system.filed(reference, RULES)) == 1


async def test_a_note_stands_there_once(case_system: CaseSystem, world: CaseSystemUnderTest) -> None:
    case = await existing(case_system, world.caseworker)
    reference = CaseReference(case.id, case.number)
    for text in ("Filed again as 2026-1.", "Filed again as 2026-1.", "And æøå\n\nin two."):
        await case_system.add_note(reference, text, world.caseworker)
    after = await known_case(case_system, case.number, world.caseworker)
    assert after is not None
    assert after.note.replace("\r\n", "\n") == "Filed again as 2026-1.\n\nAnd æøå\n\nin two."


# Files -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "uploaded",
    [
        content(b""),
        content(bytes(range(256)) * 20_000),
        content(b'{"error": "no"}', "answer.json", "application/json"),
        content(b"<a/>", "submission.xml", "application/xml"),
        content(b"x", "æøå " * 60 + ".pdf"),
        content(b"x", "../../etc/passwd"),
    ],
    ids=["empty", "5 MB", "JSON", "XML", "long name", "path"],
)
async def test_every_file_is_taken(case_system: CaseSystem, world: CaseSystemUnderTest, uploaded: Content) -> None:
    reference = new_reference()
    plan = a_plan(reference, a_case(), a_document("document-1", Planned("case-1"), ContentKind.ATTACHMENT))
    document = await case_system.upload(uploaded, world.caseworker)
    receipt = await case_system.apply(plan, {"document-1": document}, ids(plan), world.caseworker)
    assert len(receipt.cases) == 1


async def test_what_reading_a_file_raises_comes_out_as_it_is(
    case_system: CaseSystem, world: CaseSystemUnderTest
) -> None:
    class Torn(Exception):
        pass

    async def torn() -> AsyncIterator[bytes]:
        yield bytes(1000)
        raise Torn

    with pytest.raises(Torn):
        await case_system.upload(Content("a.txt", "text/plain", 2000, torn), world.caseworker)


# Whoever may see ---------------------------------------------------------------------------------------------------


async def test_a_case_that_the_user_may_not_see_is_not_there_for_planning_but_counts_as_filed(
    case_system: CaseSystem, world: CaseSystemUnderTest
) -> None:
    reference = new_reference()
    secret = CreateCase(
        "case-1",
        Entry({"Title": "Secret", "FileClass_Value": "02.15"}, {"AccessCode": Entry({"Code": world.confidential})}),
    )
    plan = a_plan(reference, secret, AddReference(Planned("case-1"), "INTERACT", reference))
    receipt = await file(plan, case_system, world.caseworker)
    number = receipt.cases[0].number
    assert await known_case(case_system, number, world.caseworker) is not None
    assert await known_case(case_system, number, world.colleague) is None
    assert [each.case for each in await case_system.filed(reference, RULES)] == list(receipt.cases)


async def test_a_contact_that_the_user_may_not_see_is_known_to_exist(
    case_system: CaseSystem, world: CaseSystemUnderTest
) -> None:
    code = company_number()
    contact = CreateContact(
        "contact-1",
        Entry(
            {"NameType_Value": "F", "NameCode": code, "Name1": "Secret ApS"},
            {"AccessCode": Entry({"Code": world.confidential})},
        ),
    )
    await file(a_plan(new_reference(), contact), case_system, world.caseworker)
    question = ContactQuestion("F", code)
    asked = submission(Contacts_NameType_Value="F", Contacts_NameCode=code)
    for user, visible in ((world.caseworker, True), (world.colleague, False)):
        (found,) = (await case_system.knowledge(asked, user, RULES)).contacts[question]
        assert found.visible is visible


# Checks ------------------------------------------------------------------------------------------------------------


def by_subject(results: tuple[CheckResult, ...]) -> dict[str, CheckResult]:
    return {result.subject: result for result in results}


async def test_the_checks_say_yes_where_filing_works(case_system: CaseSystem, world: CaseSystemUnderTest) -> None:
    results = await case_system.checks(world.caseworker, RULES, ())
    assert [(each.subject, str(each.found)) for each in results if each.verdict is not Verdict.YES] == []


def a_form(access_code: str | None = None) -> FormDefinition:
    """A form that makes a case with a party that is a contact with a name, and gives the case an access code."""
    code = (FormGroup("AccessCode", (FormField("Code", default=access_code),)),) if access_code else ()
    fields = (FormField("Title", default="{Page.Title}"), FormField("FileClass_Value", default="02.15"))
    party = FormGroup("Contacts", (FormField("NameType_Value", default="P"), FormField("Name1", default="{Page.Name}")))
    page = FormPage("WZ_ODATA", (FormGroup("Files", (*fields, *code, party)),), hidden=True)
    return FormDefinition(FormSummary("800636", "Flag permit", 1, datetime.now(UTC)), (page,))


def with_id(form: FormDefinition, form_id: str) -> FormDefinition:
    return replace(form, summary=replace(form.summary, id=form_id))


async def test_the_checks_name_the_rights_that_the_forms_need_and_the_user_lacks(
    case_system: CaseSystem, world: CaseSystemUnderTest
) -> None:
    able = by_subject(await case_system.checks(world.caseworker, RULES, (a_form(world.confidential),)))
    assert able["rights"].verdict is Verdict.YES
    reader = by_subject(await case_system.checks(world.reader, RULES, (a_form(),)))
    assert reader["rights"].verdict is Verdict.NO
    for right in ("Case Create", "Contact Create", "Document Create", "Case party Create"):
        assert right in reader["rights"].found.text()
    colleague = by_subject(await case_system.checks(world.colleague, RULES, (a_form(world.confidential),)))
    assert colleague["rights"].verdict is Verdict.NO
    assert world.confidential in colleague["rights"].found.text()


async def test_each_form_is_told_by_itself_with_every_right_that_it_needs(
    case_system: CaseSystem, world: CaseSystemUnderTest
) -> None:
    plain, secret = a_form(), with_id(a_form(world.confidential), "800702")
    results = await case_system.checks(world.colleague, RULES, (plain, secret))
    lines = {(each.subject, each.form): each for each in results if each.form is not None}
    assert lines[FORM_RIGHTS, "800636"].verdict is Verdict.YES
    assert lines[FORM_RIGHTS, "800702"].verdict is Verdict.NO
    details = {detail.text.text(): detail.verdict for detail in lines[FORM_RIGHTS, "800702"].details}
    assert details["create a case in case group 00.01, 02.15 (Case Create)"] is Verdict.YES
    assert details[f"set the access code {world.confidential}"] is Verdict.NO
    assert lines[FORM_NAMES, "800636"].verdict is lines[FORM_CODES, "800636"].verdict is Verdict.YES


async def test_names_and_codes_that_are_not_there_are_a_warning_that_says_where_they_stand(
    case_system: CaseSystem, world: CaseSystemUnderTest
) -> None:
    fields = (
        FormField("Title", default="{Page.Title}"),
        FormField("FileClass_Value", default="99.99"),
        FormField("State_Value", default="{Page.State}"),
        FormField("NoSuchName", default="1"),
    )
    page = FormPage("WZ_ODATA", (FormGroup("Files", fields),), hidden=True)
    form = FormDefinition(FormSummary("800636", "Flag permit", 1, datetime.now(UTC)), (page,))
    results = by_subject(await case_system.checks(world.caseworker, RULES, (form,)))
    assert results["rights"].verdict is Verdict.YES
    for subject, told in ((FORM_NAMES, "NoSuchName"), (FORM_CODES, "there is no case group 99.99")):
        assert results[subject].verdict is Verdict.WARNING
        (detail,) = results[subject].details
        assert told in detail.text.text()
        assert "WZ_ODATA" in detail.text.text()
        assert told in str(results[subject].found)


async def test_the_fingerprint_stays_as_it_is_and_is_another_one_for_another_user(
    case_system: CaseSystem, world: CaseSystemUnderTest
) -> None:
    users = (world.caseworker, world.colleague, world.reader, "NOBODY")
    first, again = [[await case_system.fingerprint(user) for user in users] for _ in range(2)]
    assert first == again
    assert len(set(first)) == 4


async def test_the_access_code_of_error_cases_must_be_there_and_held(
    case_system: CaseSystem, world: CaseSystemUnderTest
) -> None:
    for user, code, verdict in (
        (world.caseworker, world.confidential, Verdict.YES),
        (world.colleague, world.confidential, Verdict.NO),
        (world.caseworker, "NOSUCH", Verdict.NO),
    ):
        found = by_subject(await case_system.checks(user, replace(RULES, error_access_code=code), ()))
        assert found["error access code"].verdict is verdict


async def test_the_checks_find_what_is_wrong(case_system: CaseSystem, world: CaseSystemUnderTest) -> None:
    nobody = by_subject(await case_system.checks("NOBODY", RULES, ()))
    assert nobody["executing user"].verdict is Verdict.NO
    assert nobody["impersonation"].verdict is Verdict.NO
    wrong = Rules(error_case_group="00.10", reference_label="INTERAKT")
    found = by_subject(await case_system.checks(world.caseworker, wrong, ()))
    assert found["error case group"].verdict is Verdict.NO
    assert "00.01" in found["error case group"].remedy.text()
    assert found["reference label"].verdict is Verdict.NO


async def test_every_reference_row_is_listed_page_by_page_with_its_case(case_system, world):
    references = [new_reference() for _ in range(3)]
    filed = {
        each: await file(
            a_plan(each, a_case(), AddReference(Planned("case-1"), RULES.reference_label, each)),
            case_system,
            world.caseworker,
        )
        for each in references
    }
    listed = [row async for page in case_system.references(RULES) for row in page]
    found = {row.reference_id: row for row in listed if row.reference_id in references}
    assert {each: row.case for each, row in found.items()} == {each: filed[each].cases[0] for each in references}
    assert {row.case_group for row in found.values()} == {"02.15"}
    assert len(listed) == len({(row.reference_id, row.case.id) for row in listed})


async def test_the_documents_of_a_case_are_read_back_as_they_were_uploaded(case_system, world):
    reference, case = new_reference(), Planned("case-1")
    pdf = Planned("document-1")
    plan = a_plan(
        reference,
        a_case(),
        a_document("document-1", case, ContentKind.PDF),
        a_document("document-2", case, ContentKind.XML, pdf),
        a_document("document-3", case, ContentKind.ATTACHMENT),
        AddReference(case, RULES.reference_label, reference),
    )
    files = {
        "document-1": (b"%PDF", "Kvittering ø.pdf"),
        "document-2": (b"<a/>", "a.xml"),
        "document-3": (b"x" * 300_000, "b.bin"),
    }
    uploaded = {key: await case_system.upload(content(*file), world.caseworker) for key, file in files.items()}
    receipt = await case_system.apply(plan, uploaded, ids(plan), world.caseworker)
    stored = {document.file_name: document for document in await case_system.documents(receipt.cases[0])}
    assert {name: document.size for name, document in stored.items()} == {
        name: len(octets) for octets, name in files.values()
    }
    assert stored["a.xml"].main == stored["Kvittering ø.pdf"].record
    assert stored["b.bin"].main is None
    for octets, name in files.values():
        assert b"".join([piece async for piece in case_system.read_document(stored[name])]) == octets


async def test_a_document_that_is_not_there_is_told_as_such(case_system):
    with pytest.raises(Withdrawn):
        [piece async for piece in case_system.read_document(StoredDocument("999999999", "1", None, "x", 1))]
