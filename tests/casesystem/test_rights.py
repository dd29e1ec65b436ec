"""Who may do what, row by row: security groups, the account, access codes, corporate access, closed cases."""

import pytest

from casesystem.office import CASE, Office, Write
from formcase.casesystem.models import SecurityRight
from formcase.casesystem.rights import Table
from formcase.casesystem.setup import ensure_account, set_corporate_access

TEK = {"AccessCode": {"Code": "TEK"}}
CONFIDENTIAL = {"AccessCode": {"Code": "FORTROLIG"}}


def expression(text):
    return {"AccessCode": {"Expression": text}}


# Security groups


def test_security_code_1_reads_and_writes_nothing(lone, soeren):
    file = soeren.case()
    place = f"Files('{file['ID']}')"
    assert lone.get(place).status == 200
    for reply in (
        lone.post("Files", CASE),
        lone.patch(place, {"Title": "B"}),
        lone.patch(f"{place}/Text", {"Text": "B"}),
        lone.send("DELETE", place),
        lone.post("Contacts", {"NameType_Value": "P", "Name1": "B"}),
        lone.send("POST", "Documents", b"x", {"Content-Type": "text/plain"}),
    ):
        assert (reply.status, reply.code) == (403, "Forbidden")
    assert "lacks the right Create on Case" in lone.post("Files", CASE).error["message"]


def test_a_caseworker_creates_reads_and_updates_but_does_not_delete(soeren):
    file = soeren.case()
    contact = soeren.contact()
    assert soeren.party(file["ID"], contact["ID"]).status == 201
    assert soeren.patch(f"Files('{file['ID']}')", {"Title": "B"}).status == 204
    reply = soeren.send("DELETE", f"Files('{file['ID']}')")
    assert (reply.status, "Delete on Case" in reply.error["message"]) == (403, True)


@pytest.mark.parametrize(
    ("path", "table"),
    [
        ("Files", Table.CASE),
        ("FileContacts", Table.CASE_PARTY),
        ("FileInfos", Table.CASE_INFORMATION),
        ("FileDates", Table.CASE_DATE),
        ("Records", Table.DOCUMENT),
        ("RecordContacts", Table.DOCUMENT_PARTY),
        ("RecordInfos", Table.DOCUMENT_INFORMATION),
        ("RecordDates", Table.DOCUMENT_DATE),
        ("Contacts", Table.CONTACT),
        ("Addresses", Table.CONTACT_ADDRESS),
        ("Documents", Table.DOCUMENT),
    ],
)
def test_every_table_has_rights_of_its_own(soeren, path, table):
    made = soeren.case(Infos=[{"Info_Value": "1"}], Dates=[{"DateStamp": "2026-01-01"}])
    contact = soeren.contact()
    soeren.party(made["ID"], contact["ID"])
    record = soeren.document(
        Infos=[{"Info_Value": "1"}],
        Dates=[{"DateStamp": "2026-01-01"}],
        **{"Document@odata.bind": f"Documents('{soeren.upload(b'x')}')"},
    )
    address = soeren.entities("Addresses")[0]["ID"]
    party = {"RecordKey_Value": record["ID"], "NameKey_Value": contact["ID"], "AddressKey_Value": address}
    soeren.made("RecordContacts", party)
    (row, *_more) = soeren.entities(path)
    SecurityRight.objects.filter(security_code=6, table=table.value).update(may_create=False, may_update=False)
    created = soeren.send("POST", path, b"{}", {"Content-Type": "application/json"})
    assert created.status == 403
    assert f"Create on {table.value}." in created.error["message"]
    if path != "Documents":
        changed = soeren.patch(f"{path}('{row['ID']}')", {})
        assert changed.status == 403
        assert f"Update on {table.value}." in changed.error["message"]
    SecurityRight.objects.filter(security_code=6, table=table.value).update(may_search=False)
    assert soeren.entities(path) == []
    assert soeren.get(f"{path}('{row['ID']}')").status == 404
    assert soeren.get(f"{path}/$count").body == b"0"


def test_nested_rows_need_the_rights_of_their_own_table(soeren):
    SecurityRight.objects.filter(security_code=6, table=Table.CASE_INFORMATION.value).update(may_create=False)
    assert soeren.post("Files", CASE | {"Infos": [{"Info_Value": "1"}]}).status == 403
    assert soeren.get("Files/$count").body == b"0"
    assert soeren.post("Files", CASE).status == 201


def test_the_rights_can_be_read(lone):
    listed = lone.get("SecurityGroupRights", count="true").json
    assert listed["@odata.count"] == 130
    (case,) = lone.entities("SecurityGroupRights", filter="SecCode eq '9' and Table eq 'Case'")
    assert [case[name] for name in ("Search", "Create", "Update", "Delete", "Lock", "Unlock")] == [True] * 6
    (reader,) = lone.entities("SecurityGroupRights", filter="SecCode eq '1' and Table eq 'Case'")
    assert [reader[name] for name in ("Search", "Create", "Update", "Delete", "Lock")] == [True] + [False] * 4


# The account


def test_the_account_reads_all_and_writes_nothing_of_its_own(account, anders):
    anders.case(AccessCode={"Code": "PERSONALE"})
    anders.case(AccessCode={"Expression": "SEK and (PERSONALE or FORTROLIG)"})
    assert account.get("Files/$count").body == b"2"
    assert account.post("Files", CASE).status == 403
    me = account.get("Me").json
    assert (me["ID"], me["SecCode"]) == ("formcase", "1")
    assert {"TEK", "BOR", "SEK", "FORTROLIG", "PERSONALE", "ALLEEMNER"} == set(me["AccessCodes"])


def test_me_is_whom_the_request_acts_as(soeren):
    me = soeren.get("Me").json
    shown = {name: me[name] for name in ("ID", "SecCode", "Ou_Value", "DefaultGroupCode")}
    assert shown == {"ID": "SBH", "SecCode": "6", "Ou_Value": "TEK", "DefaultGroupCode": "ALLEEMNER"}
    assert me["AccessCodes"] == ["ALLEEMNER", "FORTROLIG", "TEK"]


def test_acting_for_nobody_is_refused(municipality):
    reply = Office("NIX").get("Files")
    assert (reply.status, reply.code) == (403, "ImpersonationRefused")
    assert Office().send("GET", "Files", headers={"OnBehalfOf": "SBH"}).status == 400


def test_the_accounts_own_code_gives_it_rights(municipality):
    ensure_account("formcase", "a secret of the tests", security_code=6)
    assert Office().post("Files", CASE).status == 201


# Access codes


def test_who_lacks_the_read_code_meets_nothing_of_a_case(soeren, mette):
    file = soeren.case(
        Text={"Text": "x"},
        Infos=[{"CustomLabel_Value": "INTERACT", "Info_Value": "R"}],
        Dates=[{"DateStamp": "2026-01-01"}],
        **CONFIDENTIAL,
    )
    contact = soeren.contact(NameCode="1")
    soeren.party(file["ID"], contact["ID"])
    document = soeren.upload(b"x")
    record = soeren.document(FileKey_Value=file["ID"], **{"Document@odata.bind": f"Documents('{document}')"})
    soeren.made("RecordInfos", {"RecordKey_Value": record["ID"], "Info_Value": "1"})
    extra = soeren.document(PrimaryRecordKey_Value=record["ID"])
    places = [
        f"Files('{file['ID']}')",
        f"Files('{file['ID']}')/Text",
        f"Files('{file['ID']}')/Title",
        f"Records('{record['ID']}')",
        f"Records('{extra['ID']}')",
        f"Documents('{document}')",
        f"Documents('{document}')/$value",
    ]
    assert [soeren.get(place).status for place in places] == [200] * len(places)
    assert [mette.get(place).status for place in places] == [404] * len(places)
    for path in ["Files", "FileInfos", "FileDates", "FileContacts", "Records", "RecordInfos", "Documents"]:
        assert len(soeren.entities(path)) >= 1
        assert mette.entities(path) == []
        assert mette.get(f"{path}/$count").body == b"0"
    assert mette.get(f"Contacts('{contact['ID']}')", expand="Files,Records").json["Files"] == []
    assert mette.entities("Contacts", filter="Files/any()") == []
    assert mette.get("FileClasses('02.15')/FilesByFileClass").json["value"] == []
    assert mette.patch(f"Files('{file['ID']}')", {"Title": "B"}).status == 404
    assert mette.send("DELETE", f"Files('{file['ID']}')").status == 404
    for path, body in (
        ("FileInfos", {"File@odata.bind": f"Files('{file['ID']}')"}),
        (
            "Records",
            {
                "Title": "x",
                "RecordType_Value": "DOK",
                "State_Value": "ARK",
                "File@odata.bind": f"Files('{file['ID']}')",
            },
        ),
    ):
        reply = mette.post(path, body)
        assert (reply.status, reply.error["target"]) == (400, "File@odata.bind")


def test_a_contacts_read_code_hides_its_addresses_and_that_it_is_a_party(soeren, mette):
    contact = soeren.contact(NameCode="0101901234", **TEK)
    file = soeren.case()
    soeren.party(file["ID"], contact["ID"])
    for path in ("Contacts", "Addresses", "FileContacts"):
        assert mette.entities(path) == []
    assert mette.get(f"Files('{file['ID']}')", expand="Parties").json["Parties"] == []
    assert mette.entities("Files", filter="Parties/any(p: p/NameCode eq '0101901234')") == []
    assert len(soeren.entities("Files", filter="Parties/any(p: p/Name/NameCode eq '0101901234')")) == 1
    reply = mette.post("Addresses", {"Name@odata.bind": f"Contacts('{contact['ID']}')"})
    assert (reply.status, reply.error["target"]) == (400, "Name@odata.bind")
    reply = mette.post("Contacts", {"NameType_Value": "P", "NameCode": "0101901234", "Name1": "B"})
    assert (reply.status, reply.code) == (409, "KeyExists")


def test_a_link_to_what_is_unseen_leads_nowhere(soeren, mette):
    contact = soeren.contact(Name1="Hidden", NameCode="17", **TEK)
    file = soeren.case(StaffKey_Value=contact["ID"])
    place = f"Files('{file['ID']}')"
    for condition in ("StaffKey/Name1 eq 'Hidden'", "startswith(StaffKey/NameCode,'1')", "StaffKey/Addresses/any()"):
        assert mette.entities("Files", filter=condition) == []
    assert len(soeren.entities("Files", filter="StaffKey/Name1 eq 'Hidden'")) == 1
    assert len(mette.entities("Files", filter="StaffKey/Name1 eq null")) == 1
    assert mette.get(place, expand="StaffKey").json["StaffKey"] is None
    assert soeren.get(place, expand="StaffKey").json["StaffKey"]["Name1"] == "Hidden"
    assert mette.get(f"{place}/StaffKey").status == 204
    assert mette.entities("Files", orderby="StaffKey/Name1", select="ID")[0]["ID"] == file["ID"]
    assert mette.patch(place, {"StaffKey_Value": contact["ID"], "Title": "B"}).status == 204
    other = soeren.case()
    assert mette.patch(f"Files('{other['ID']}')", {"StaffKey_Value": contact["ID"]}).code == "UnknownKey"


def test_a_documents_read_code_hides_it_and_what_supplements_it(soeren, mette):
    file = soeren.case()
    hidden = soeren.document(FileKey_Value=file["ID"], **TEK)
    extra = soeren.document(FileKey_Value=file["ID"], PrimaryRecordKey_Value=hidden["ID"])
    seen = soeren.document(FileKey_Value=file["ID"])
    assert [one["ID"] for one in mette.entities("Records")] == [seen["ID"]]
    assert mette.get(f"Records('{extra['ID']}')").status == 404
    assert len(mette.get(f"Files('{file['ID']}')", expand="FileRecords").json["FileRecords"]) == 1


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("TEK and FORTROLIG", (True, False)),
        ("TEK or BOR", (True, True)),
        ("BOR or TEK and PERSONALE", (False, True)),
        ("(BOR or TEK) and PERSONALE", (False, False)),
        ("ALLEEMNER and (BOR or SEK)", (False, True)),
        ("(TEK and ALLEEMNER)", (True, False)),
    ],
)
def test_an_expression_decides_and_binds_before_or(anders, soeren, mette, text, seen):
    anders.case(AccessCode={"Code": "PERSONALE", "Expression": text})
    counted = [office.get("Files/$count").body for office in (soeren, mette)]
    assert counted == [b"1" if one else b"0" for one in seen]
    assert anders.get("Files/$count").body == b"1"


def test_who_lacks_the_write_code_reads_and_changes_nothing(soeren, mette):
    file = soeren.case(UpdateCode={"Code": "TEK"})
    place = f"Files('{file['ID']}')"
    record = soeren.document(FileKey_Value=file["ID"])
    own = soeren.document(UpdateCode={"Expression": "TEK and FORTROLIG"})
    extra = soeren.document(PrimaryRecordKey_Value=own["ID"])
    contact = soeren.contact(UpdateCode={"Code": "TEK"})
    assert mette.get(place).status == 200
    refused = [
        mette.patch(f"Records('{extra['ID']}')", {"Title": "B"}),
        mette.post("RecordDates", {"RecordKey_Value": extra["ID"]}),
        mette.patch(place, {"Title": "B"}),
        mette.patch(f"{place}/Note", {"Text": "B"}),
        mette.post("FileInfos", {"FileKey_Value": file["ID"]}),
        mette.post(f"{place}/Dates", {"DateStamp": "2026-01-01"}),
        mette.post(
            "Records", {"Title": "x", "RecordType_Value": "DOK", "State_Value": "ARK", "FileKey_Value": file["ID"]}
        ),
        mette.patch(f"Records('{record['ID']}')", {"Title": "B"}),
        mette.post("RecordInfos", {"RecordKey_Value": record["ID"]}),
        mette.patch(f"Records('{own['ID']}')", {"Title": "B"}),
        mette.post(
            "Records",
            {"Title": "x", "RecordType_Value": "DOK", "State_Value": "ARK", "PrimaryRecordKey_Value": own["ID"]},
        ),
        mette.patch(f"Contacts('{contact['ID']}')", {"Name1": "B"}),
        mette.post("Addresses", {"NameKey_Value": contact["ID"]}),
    ]
    assert [(reply.status, reply.error["target"]) for reply in refused] == [(403, "UpdateCode")] * len(refused)
    assert soeren.patch(place, {"Title": "B"}).status == 204
    assert soeren.patch(f"Records('{own['ID']}')", {"Title": "B"}).status == 204


@pytest.mark.parametrize("name", ["AccessCode", "UpdateCode"])
@pytest.mark.parametrize("value", [{"Code": "BOR"}, {"Expression": "TEK and BOR"}, {"Expression": "TEK or BOR"}])
def test_only_a_code_that_is_held_can_be_set(soeren, name, value):
    reply = soeren.post("Files", CASE | {name: value})
    assert (reply.status, reply.error["target"].partition("/")[0]) == (403, name)
    file = soeren.case()
    assert soeren.patch(f"Files('{file['ID']}')", {name: value}).status == 403
    assert soeren.patch(f"Files('{file['ID']}')", {name: {"Code": "TEK"}}).status == 204
    assert soeren.get(f"Files('{file['ID']}')").json[name] == {"Code": "TEK", "Expression": None}
    assert soeren.patch(f"Files('{file['ID']}')", {name: None}).status == 204
    assert soeren.get(f"Files('{file['ID']}')").json[name] is None


def test_a_changed_code_counts_at_once(soeren, mette):
    file = soeren.case()
    assert mette.get("Files/$count").body == b"1"
    soeren.patch(f"Files('{file['ID']}')", TEK)
    assert mette.get("Files/$count").body == b"0"


# Corporate access


def test_corporate_access_gives_the_users_unit_and_group_code(soeren, mette, anders, account):
    set_corporate_access(True)
    for office, unit in ((soeren, "TEK"), (mette, "BOR")):
        made = office.case()
        assert made["AccessCode"] == {"Code": None, "Expression": f"{unit} and ALLEEMNER"}
        assert made["ResponsibleOu_Value"] == unit
        assert office.document()["AccessCode"] == {"Code": None, "Expression": f"{unit} and ALLEEMNER"}
        assert office.contact()["AccessCode"] is None
    assert [soeren.get("Files/$count").body, mette.get("Files/$count").body] == [b"1", b"1"]
    assert [anders.get("Files/$count").body, account.get("Files/$count").body] == [b"2", b"2"]
    assert soeren.case(ResponsibleOu_Value="SEK")["ResponsibleOu_Value"] == "SEK"


def test_corporate_access_keeps_what_the_request_gives_and_is_never_blank(soeren):
    set_corporate_access(True)
    made = soeren.case(**expression("TEK and FORTROLIG"))
    assert made["AccessCode"] == {"Code": None, "Expression": "TEK and FORTROLIG"}
    assert soeren.case(**CONFIDENTIAL)["AccessCode"] == {"Code": None, "Expression": "TEK and FORTROLIG"}
    assert soeren.case(AccessCode=None)["AccessCode"]["Expression"] == "TEK and ALLEEMNER"
    assert soeren.case(AccessCode={"Code": None})["AccessCode"]["Expression"] == "TEK and ALLEEMNER"
    assert soeren.post("Files", CASE | expression("TEK and PERSONALE")).status == 403
    assert soeren.post("Files", CASE | expression("BOR and ALLEEMNER")).status == 403
    soeren.patch(f"Files('{made['ID']}')", {"AccessCode": None})
    assert soeren.get(f"Files('{made['ID']}')").json["AccessCode"]["Expression"] == "TEK and ALLEEMNER"


def test_without_corporate_access_a_case_is_free_for_all(soeren):
    set_corporate_access(True)
    set_corporate_access(False)
    assert soeren.case()["AccessCode"] is None
    assert soeren.case()["ResponsibleOu_Value"] == "TEK"


# Closed cases


def test_a_closed_case_takes_no_documents_or_parties_but_information_and_dates(soeren):
    file = soeren.case()
    place = f"Files('{file['ID']}')"
    contact = soeren.contact()
    assert soeren.patch(place, {"Closed": "2026-11-01"}).status == 204
    record = {"Title": "x", "RecordType_Value": "DOK", "State_Value": "ARK", "File@odata.bind": place}
    for reply in (soeren.post("Records", record), soeren.party(file["ID"], contact["ID"])):
        assert (reply.status, reply.code) == (409, "CaseClosed")
    loose = soeren.document()
    assert soeren.patch(f"Records('{loose['ID']}')", {"File@odata.bind": place}).code == "CaseClosed"
    assert soeren.post("FileInfos", {"File@odata.bind": place, "Info_Value": "x"}).status == 201
    assert soeren.post("FileDates", {"File@odata.bind": place, "DateStamp": "2026-01-01"}).status == 201
    (refused,) = soeren.change_set(
        Write("PATCH", place, {"Title": "B"}, "1"),
        Write("POST", "FileInfos", {"File@odata.bind": "$1", "Info_Value": "y"}, "2"),
        Write("POST", "Records", record, "3"),
    )
    assert (refused.status, refused.code, refused.content_id) == (409, "CaseClosed", "3")
    assert soeren.get(place).json["Title"] == "A flag"
    assert soeren.get(f"{place}/Infos/$count").body == b"1"


def test_closing_needs_lock_and_opening_again_unlock(soeren, anders):
    file = soeren.case()
    place = f"Files('{file['ID']}')"
    assert soeren.patch(place, {"Closed": "2026-11-01"}).status == 204
    assert "Unlock on Case" in soeren.patch(place, {"Closed": None}).error["message"]
    assert anders.patch(place, {"Closed": None}).status == 204
    SecurityRight.objects.filter(security_code=6, table="Case").update(may_lock=False)
    assert "Lock on Case" in soeren.patch(place, {"Closed": "2026-11-01"}).error["message"]
    assert soeren.post("Files", CASE | {"Closed": "2026-11-01"}).status == 403
