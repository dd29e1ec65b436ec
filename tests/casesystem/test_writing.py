"""Creating, changing and deleting: defaults, mandatory values, types, codes, bindings, nesting, ETags, numbers."""

from datetime import date, timedelta

import pytest

from casesystem.office import CASE, Write
from formcase.casesystem.models import Code, Contact


def of(reply, *names):
    return [reply.json[name] for name in names]


def test_what_a_case_is_given_by_the_service(soeren):
    reply = soeren.post("Files", CASE)
    assert reply.status == 201
    made = reply.json
    assert reply.headers["location"] == f"http://testserver/OData4/Files('{made['ID']}')"
    assert reply.headers["etag"] == made["@odata.etag"] == 'W/"1"'
    assert made["FileNo"] == made["UserKey"] == f"{date.today().year}-02.15-00001"
    assert of(reply, "Officer_Value", "ResponsibleOu_Value", "CreateUser_Value") == ["SBH", "TEK", "SBH"]
    assert of(reply, "FileClass_Summary", "Officer_Summary") == ["02.15 Flags", "Søren Bæk Holm"]
    assert of(reply, "State_Value", "Closed", "Medium_Value") == [None, None, "EL"]
    assert soeren.case()["FileNo"] == f"{date.today().year}-02.15-00002"
    assert soeren.case(FileClass_Value="05.02")["FileNo"] == f"{date.today().year}-05.02-00001"


def test_the_mask_of_a_case_group_makes_its_numbers(soeren):
    group = Code.objects.get(entity_set="FileClasses", key="05.09")
    group.properties["#NumberMask"] = "V/{file class}/{number}"
    group.save()
    assert soeren.case(FileClass_Value="05.09")["FileNo"] == "V/05.09/00001"


@pytest.mark.parametrize(
    ("path", "body", "missing"),
    [
        ("Files", {"FileClass_Value": "02.15"}, ["Title"]),
        ("Files", {"Title": " "}, ["Title", "FileClass_Value"]),
        ("Records", {}, ["Title", "RecordType_Value", "State_Value"]),
        ("Contacts", {"NameCode": "1"}, ["NameType_Value", "Name1"]),
        ("FileContacts", {"CustomLabel_Value": "Sagspart"}, ["Name", "NameAddress", "File"]),
        ("FileInfos", {"CustomLabel_Value": "INTERACT"}, ["File"]),
        ("Addresses", {"Address1": "Havnegade 2"}, ["Name"]),
    ],
)
def test_a_missing_mandatory_value_is_named(soeren, path, body, missing):
    reply = soeren.post(path, body)
    assert (reply.status, reply.code) == (400, "MissingValue")
    named = [one["target"] for one in reply.error["details"]] or [reply.error["target"]]
    assert sorted(named) == sorted(missing)
    assert reply.error["target"] == named[0]


@pytest.mark.parametrize(
    ("values", "code", "target"),
    [
        ({"Titel": "x"}, "UnknownProperty", "Titel"),
        ({"title": "x"}, "UnknownProperty", "title"),
        ({"Titel@odata.bind": "Files('1')"}, "UnknownProperty", "Titel"),
        ({"Title": 5}, "WrongType", "Title"),
        ({"Title": "a\x00b"}, "WrongType", "Title"),
        ({"Closed": "01-02-2026"}, "WrongType", "Closed"),
        ({"Closed": "2026-02-31"}, "WrongType", "Closed"),
        ({"BUILDAREA": "62.5"}, "WrongType", "BUILDAREA"),
        ({"BUILDAREA": True}, "WrongType", "BUILDAREA"),
        ({"ROOMS": 2.5}, "WrongType", "ROOMS"),
        ({"ROOMS": 2**63}, "WrongType", "ROOMS"),
        ({"AutoVersionControl": "J"}, "WrongType", "AutoVersionControl"),
        ({"AccessCode": "TEK"}, "WrongType", "AccessCode"),
        ({"AccessCode": {"Kode": "TEK"}}, "UnknownProperty", "AccessCode/Kode"),
        ({"AccessCode": {"Code": "NIX"}}, "UnknownCode", "AccessCode/Code"),
        ({"AccessCode": {"Expression": "TEK and NIX"}}, "UnknownCode", "AccessCode/Expression"),
        ({"AccessCode": {"Expression": "TEK and (FORTROLIG"}}, "InvalidExpression", "AccessCode/Expression"),
        ({"State_Value": "XX"}, "UnknownCode", "State_Value"),
        ({"State_Value": "ARK"}, "UnknownCode", "State_Value"),
        ({"State_Value": "ub"}, "UnknownCode", "State_Value"),
        ({"FileClass_Value": "99.99"}, "UnknownCode", "FileClass_Value"),
        ({"FileClass_Value": "02.99"}, "UnknownCode", "FileClass_Value"),
        ({"FileClass_Value": "02.98"}, "UnknownCode", "FileClass_Value"),
        ({"PHASE_Value": "9"}, "UnknownCode", "PHASE_Value"),
        ({"State@odata.bind": "CustomDomains('AKTTILST:ARK')"}, "InvalidBinding", "State@odata.bind"),
        ({"State@odata.bind": "CustomDomains('SAGTILST:XX')"}, "InvalidBinding", "State@odata.bind"),
        ({"State@odata.bind": "Files('1')"}, "InvalidBinding", "State@odata.bind"),
        ({"State@odata.bind": 5}, "InvalidBinding", "State@odata.bind"),
        ({"StaffKey@odata.bind": "Contacts('1')"}, "InvalidBinding", "StaffKey@odata.bind"),
        ({"StaffKey_Value": "1"}, "UnknownKey", "StaffKey_Value"),
        ({"State@odata.bind": "$9"}, "InvalidBinding", "State@odata.bind"),
        ({"State": {"Value": "UB"}}, "NotSupported", "State"),
        ({"Dates": {"DateStamp": "2026-01-01"}}, "WrongType", "Dates"),
        ({"Dates": [{"DateStamp": "x"}]}, "WrongType", "Dates/0/DateStamp"),
        ({"Infos": [{}, {"CustomLabel_Value": "BYGSTART"}]}, "UnknownCode", "Infos/1/CustomLabel_Value"),
        ({"Text": {"Tekst": "x"}}, "UnknownProperty", "Text/Tekst"),
        ({"Text": "x"}, "WrongType", "Text"),
        ({"FileNo": "2026-1"}, "ReadOnly", "FileNo"),
        ({"UserKey": "2026-1"}, "ReadOnly", "UserKey"),
        ({"ID": "5"}, "ReadOnly", "ID"),
        ({"State_Summary": "x"}, "ReadOnly", "State_Summary"),
        ({"Created": "2026-01-01"}, "ReadOnly", "Created"),
        ({"CreateUser_Value": "ADM"}, "ReadOnly", "CreateUser_Value"),
        ({"CreateUser@odata.bind": "Users('ADM')"}, "ReadOnly", "CreateUser@odata.bind"),
        ({"@odata.type": "#WorkZone.Record"}, "WrongType", "@odata.type"),
    ],
)
def test_a_wrong_value_is_refused_with_its_name(soeren, values, code, target):
    reply = soeren.post("Files", CASE | values)
    assert (reply.status, reply.code, reply.error["target"]) == (400, code, target), reply.body
    assert soeren.get("Files/$count").body == b"0"


def test_all_that_is_wrong_is_said_at_once(soeren):
    reply = soeren.post("Files", {"Titel": "x", "State_Value": "XX", "Closed": 1})
    assert reply.error["code"] == "UnknownProperty"
    assert {one["target"] for one in reply.error["details"]} >= {"Titel", "State_Value", "Closed", "FileClass_Value"}


def test_null_for_a_computed_property_is_ignored(soeren):
    made = soeren.case(ID=None, FileNo=None, State_Summary=None, Created=None, CreateUser_Value=None)
    assert made["FileNo"]
    reply = soeren.patch(f"Files('{made['ID']}')", {"ID": None, "Summary": None, "Title": "B"})
    assert reply.status == 204


def test_a_code_and_its_binding_are_both_accepted_and_must_agree(soeren):
    bound = soeren.made(
        "Files",
        {
            "Title": "x",
            "FileClass@odata.bind": "FileClasses('02.15')",
            "State@odata.bind": "http://testserver/OData4/CustomDomains('SAGTILST:UB')",
            "Officer@odata.bind": "/OData4/EmployeeDomains('MKT')",
            "AccessCode": {"AccessCodeDomain@odata.bind": "AccessCodeDomains('TEK')"},
        },
    )
    assert (bound["FileClass_Value"], bound["State_Value"], bound["Officer_Value"]) == ("02.15", "UB", "MKT")
    assert bound["AccessCode"] == {"Code": "TEK", "Expression": None}
    both = {"FileClass_Value": "02.15", "FileClass@odata.bind": "FileClasses('02.15')"}
    assert soeren.post("Files", {"Title": "x", **both}).status == 201
    reply = soeren.post("Files", {"Title": "x", **both, "FileClass_Value": "05.02"})
    assert (reply.status, reply.code, reply.error["target"]) == (400, "Disagreement", "FileClass@odata.bind")
    row = {"CustomLabel_Value": "HENVISNING", "Info_Value": "x"}
    key = {"FileKey_Value": bound["ID"]}
    assert soeren.post("FileInfos", row | key).status == 201
    assert soeren.post("FileInfos", row | key | {"File@odata.bind": f"Files('{bound['ID']}')"}).status == 201
    reply = soeren.post("FileInfos", row | key | {"File@odata.bind": f"Files('{soeren.case()['ID']}')"})
    assert (reply.status, reply.code) == (400, "Disagreement")
    assert soeren.post("FileInfos", row | {"FileKey_Value": "1"}).error["target"] == "FileKey_Value"


def test_nested_rows_and_groups_are_made_with_the_case(soeren):
    made = soeren.case(
        Text={"Text": "a\nb"},
        Note={"Text": "n", "LineNo": None},
        Dates=[{"CustomLabel_Value": "BYGSTART", "DateStamp": "2027-03-01"}],
        Infos=[{"CustomLabel_Value": "JOURNALNR", "Info_Value": "17"}],
    )
    shown = soeren.get(f"Files('{made['ID']}')", expand="Text,Note,Dates,Infos").json
    assert shown["Text"] == {"Text": "a\nb"}
    assert shown["Note"] == {"LineNo": "1", "Text": "n"}
    assert (shown["Dates"][0]["DateStamp"], shown["Dates"][0]["CustomLabel_Summary"]) == (
        "2027-03-01",
        "Byggeriet begynder",
    )
    assert shown["Infos"][0]["Info_Value"] == "17"
    record = soeren.document(
        Text={"Text": "t"},
        Dates=[{"CustomLabel_Value": "DOKDATO", "DateStamp": "2027-03-02"}],
        Infos=[{"CustomLabel_Value": "DOKINFO", "Info_Value": "18"}],
    )
    shown = soeren.get(f"Records('{record['ID']}')", expand="Text,Dates,Infos").json
    assert (shown["Text"]["Text"], shown["Dates"][0]["DateStamp"], shown["Infos"][0]["Info_Value"]) == (
        "t",
        "2027-03-02",
        "18",
    )


def test_nothing_nested_in_an_update(soeren):
    place = f"Files('{soeren.case()['ID']}')"
    for nested in ({"Text": {"Text": "x"}}, {"Dates": [{"DateStamp": "2026-01-01"}]}):
        reply = soeren.patch(place, nested)
        assert (reply.status, reply.code) == (400, "NestedUpdate")


def test_an_update_changes_what_it_names_and_no_more(soeren, mette):
    made = soeren.case(State_Value="UB", BUILDAREA=62.5)
    place = f"Files('{made['ID']}')"
    assert mette.patch(place, {"Title": "B", "ROOMS": 3, "State_Value": None}).status == 204
    now = soeren.get(place).json
    assert (now["Title"], now["State_Value"], now["ROOMS"], now["BUILDAREA"]) == ("B", None, 3, 62.5)
    assert (now["CreateUser_Value"], now["UpdateUser_Value"], now["Officer_Value"]) == ("SBH", "MKT", "SBH")
    shown = soeren.send("PATCH", place, {"BUILDAREA": None}, {"Prefer": "return=representation"})
    assert (shown.status, shown.json["BUILDAREA"]) == (200, None)
    reply = soeren.patch(place, {"Title": None})
    assert (reply.status, reply.code) == (400, "MissingValue")


def test_a_code_that_has_ended_since_may_stay(soeren):
    made = soeren.case(State_Value="VE")
    Code.objects.filter(entity_set="CustomDomains", key="SAGTILST:VE").update(end_date=date.today() - timedelta(days=1))
    assert soeren.patch(f"Files('{made['ID']}')", {"State_Value": "VE", "Title": "B"}).status == 204
    assert soeren.patch(f"Files('{soeren.case()['ID']}')", {"State_Value": "VE"}).code == "UnknownCode"


def test_decimals_keep_all_their_digits(soeren):
    exact = "12345678901234567890.123456789012345678901"
    reply = soeren.send("POST", "Files", ('{"Title":"x","FileClass_Value":"02.15","BUILDAREA":' + exact + "}").encode())
    assert f'"BUILDAREA":{exact}'.encode() in reply.body
    assert soeren.get("Files/$count", filter=f"BUILDAREA eq {exact}").body == b"1"


def test_groups_are_changed_on_their_own(soeren):
    made = soeren.case()
    place = f"Files('{made['ID']}')"
    assert soeren.patch(f"{place}/Text", {"Text": "x" * 100_000}).status == 204
    assert len(soeren.get(f"{place}/Text").json["Text"]) == 100_000
    assert soeren.patch(f"{place}/Note", {"Text": "n"}).status == 204
    assert soeren.patch(f"{place}/Note", {"Tekst": "n"}).error["target"] == "Tekst"
    assert soeren.patch(f"{place}/Title", {"value": "n"}).status == 405


def test_an_etag_guards_against_a_change_in_between(soeren, mette):
    made = soeren.case()
    place, tag = f"Files('{made['ID']}')", made["@odata.etag"]
    assert mette.patch(place, {"Title": "other"}).headers["etag"] == 'W/"2"'
    for path, body in ((place, {"Title": "mine"}), (f"{place}/Text", {"Text": "mine"})):
        reply = soeren.patch(path, body, {"If-Match": tag})
        assert (reply.status, reply.code) == (412, "PreconditionFailed")
    assert soeren.get(place).json["Title"] == "other"
    current = soeren.get(place).headers["etag"]
    assert soeren.patch(f"{place}/Text", {"Text": "mine"}, {"If-Match": current}).status == 204
    assert soeren.get(f"{place}/Text").headers["etag"] == 'W/"3"'
    assert soeren.patch(place, {"Title": "mine"}, {"If-Match": "*"}).status == 204


def test_two_contacts_of_one_type_and_code_are_one_too_many(soeren):
    soeren.contact(NameCode="0101901234")
    reply = soeren.post("Contacts", {"NameType_Value": "P", "Name1": "B", "NameCode": "0101901234"})
    assert (reply.status, reply.code, reply.error["target"]) == (409, "KeyExists", "NameCode")
    soeren.contact(NameType_Value="F", NameCode="0101901234")
    soeren.contact()
    soeren.contact(NameCode="")
    assert soeren.get("Contacts/$count").body == b"4"
    other = soeren.contact(NameCode="0101901235")
    reply = soeren.patch(f"Contacts('{other['ID']}')", {"NameCode": "0101901234"})
    assert (reply.status, reply.code) == (409, "KeyExists")


def test_a_contact_type_that_numbers_itself_does_so(soeren):
    codes = [soeren.contact(NameType_Value="X", Name1="Choir")["NameCode"] for _number in range(2)]
    assert codes == ["1", "2"]


def test_one_reference_stands_once_on_a_case(soeren):
    file, other = soeren.case()["ID"], soeren.case()["ID"]
    row = {"CustomLabel_Value": "INTERACT", "Info_Value": "8KS-SQ5"}
    assert soeren.post("FileInfos", row | {"FileKey_Value": file}).status == 201
    reply = soeren.post("FileInfos", row | {"FileKey_Value": file})
    assert (reply.status, reply.code) == (409, "KeyExists")
    assert soeren.post("FileInfos", row | {"FileKey_Value": other}).status == 201
    assert soeren.post("FileInfos", row | {"FileKey_Value": file, "Info_Value": "8KS-SQ6"}).status == 201
    twice = {"CustomLabel_Value": "HENVISNING", "Info_Value": "same", "FileKey_Value": file}
    assert [soeren.post("FileInfos", twice).status for _number in range(2)] == [201, 201]
    found = soeren.entities(
        "FileInfos", filter="CustomLabel_Value eq 'INTERACT' and Info_Value eq '8KS-SQ5'", expand="File"
    )
    assert [one["File"]["ID"] for one in found] == [file, other]


def test_information_is_text_unless_its_label_names_a_domain(soeren):
    Code.objects.filter(entity_set="CustomLabels", key="SO:HENVISNING").update(
        properties={"TypeReference_Value": "PHASE"}
    )
    file = soeren.case()["ID"]
    row = {"FileKey_Value": file, "CustomLabel_Value": "HENVISNING", "Info_Value": "x"}
    reply = soeren.post("FileInfos", row)
    assert (reply.code, reply.error["target"]) == ("UnknownCode", "Info_Value")
    made = soeren.made("FileInfos", row | {"Info_Value": "2"})
    assert made["Info_Summary"] == "Project"
    assert soeren.get(f"FileInfos('{made['ID']}')", expand="Info").json["Info"]["ID"] == "PHASE:2"
    assert (
        soeren.post("FileInfos", {"FileKey_Value": file, "CustomLabel_Value": "JOURNALNR", "Info_Value": "x"}).status
        == 201
    )


def test_a_postcode_without_a_country_is_the_services_own(soeren):
    contact = f"Contacts('{soeren.contact()['ID']}')"
    made = soeren.made("Addresses", {"Name@odata.bind": contact, "Address1": "Skovvej 4", "Postcode_Value": "8240"})
    assert (made["CountryCode_Value"], made["Postcode_Summary"]) == ("DK", "8240 Risskov")
    shown = soeren.get(f"Addresses('{made['ID']}')", expand="Postcode_Postcode,Country,Name").json
    assert (shown["Postcode_Postcode"]["PostDst"], shown["Country"]["Name"]) == ("Risskov", "Danmark")
    empty = soeren.made("Addresses", {"Name@odata.bind": contact})
    assert (empty["Postcode_Value"], empty["CountryCode_Value"]) == (None, None)
    reply = soeren.post("Addresses", {"Name@odata.bind": contact, "Postcode_Value": "0000"})
    assert (reply.code, reply.error["target"]) == ("UnknownCode", "Postcode_Value")
    bound = {"Name@odata.bind": contact, "Postcode_Postcode@odata.bind": "Postcodes('DK:8000')"}
    assert soeren.made("Addresses", bound)["Postcode_Summary"] == "8000 Aarhus C"
    abroad = {"Name@odata.bind": contact, "Postcode_Value": "0150", "CountryCode_Value": "NO"}
    assert soeren.post("Addresses", abroad).status == 201


def test_a_party_takes_an_address_of_its_own_contact_only(soeren):
    file = soeren.case()["ID"]
    contact, other = soeren.contact(), soeren.contact()
    address = soeren.made("Addresses", {"Name@odata.bind": f"Contacts('{other['ID']}')"})["ID"]
    body = {"FileKey_Value": file, "NameKey_Value": contact["ID"], "NameAddress@odata.bind": f"Addresses('{address}')"}
    reply = soeren.post("FileContacts", body)
    assert (reply.code, reply.error["target"]) == ("InvalidBinding", "NameAddress@odata.bind")
    made = soeren.party(file, contact["ID"]).json
    assert (made["NameType_Value"], made["CustomLabel_Summary"]) == ("P", "Sagspart")
    reply = soeren.patch(f"FileContacts('{made['ID']}')", {"NameKey_Value": other["ID"]})
    assert reply.code == "ReadOnly"
    assert soeren.patch(f"FileContacts('{made['ID']}')", {"CustomLabel_Value": "Ejer"}).status == 204


def test_a_row_can_be_made_in_the_collection_it_belongs_to(soeren):
    file = soeren.case()["ID"]
    reply = soeren.post(f"Files('{file}')/Dates", {"CustomLabel_Value": "FRIST", "DateStamp": "2027-01-01"})
    assert (reply.status, reply.json["FileKey_Value"]) == (201, file)
    assert soeren.post("Files('1')/Dates", {"CustomLabel_Value": "FRIST"}).status == 404


def test_documents_are_numbered_in_their_case(soeren):
    file = soeren.case()
    numbers = []
    for _number in range(2):
        made = soeren.document(FileKey_Value=file["ID"])
        numbers.append((made["RecordNo"], made["UserKey"]))
    assert numbers == [("1", f"{file['FileNo']}-1"), ("2", f"{file['FileNo']}-2")]
    main = soeren.document(FileKey_Value=file["ID"])
    extra = soeren.document(FileKey_Value=file["ID"], **{"MainRecord@odata.bind": f"Records('{main['ID']}')"})
    assert extra["PrimaryRecordKey_Value"] == main["ID"]
    (shown,) = soeren.entities(f"Records('{main['ID']}')/SupplementaryDocuments")
    assert shown["ID"] == extra["ID"]
    reply = soeren.post(
        "Records",
        {"Title": "x", "RecordType_Value": "DOK", "State_Value": "ARK", "PrimaryRecordKey_Value": extra["ID"]},
    )
    assert reply.code == "InvalidBinding"
    loose = soeren.document()
    assert (loose["RecordNo"], loose["FileKey_Value"]) == (None, None)
    assert soeren.patch(f"Records('{loose['ID']}')", {"FileKey_Value": file["ID"]}).status == 204
    assert soeren.get(f"Records('{loose['ID']}')").json["RecordNo"] == "5"


def test_deleting(anders, soeren):
    file = anders.case(Infos=[{"CustomLabel_Value": "JOURNALNR", "Info_Value": "1"}])
    contact = anders.contact()
    party = anders.party(file["ID"], contact["ID"]).json
    assert anders.send("DELETE", f"Contacts('{contact['ID']}')").code == "InUse"
    assert soeren.send("DELETE", f"FileContacts('{party['ID']}')").status == 403
    record = anders.document(FileKey_Value=file["ID"])
    assert anders.send("DELETE", f"Files('{file['ID']}')").code == "InUse"
    assert anders.send("DELETE", f"Records('{record['ID']}')", headers={"If-Match": 'W/"9"'}).status == 412
    assert anders.send("DELETE", f"Records('{record['ID']}')").status == 204
    assert anders.send("DELETE", f"Files('{file['ID']}')").status == 204
    assert anders.get(f"Files('{file['ID']}')").status == 404
    assert anders.get("FileInfos/$count").body == b"0"
    assert anders.send("DELETE", f"Contacts('{contact['ID']}')").status == 204
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b" ", 400, "InvalidJson"),
        (b"{", 400, "InvalidJson"),
        (b"[]", 400, "InvalidJson"),
        (b'{"Title": NaN}', 400, "InvalidJson"),
        (b'{"BUILDAREA": 1e99888888888888888888888889}', 400, "InvalidJson"),
        (b'{"Title": "a", "Title": "b"}', 400, "InvalidJson"),
        (b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}", 400, "InvalidJson"),
        (b'{"Tit\\ud800le": "A"}', 400, "InvalidJson"),
        (b'{"Title": "\\ud800", "FileClass_Value": "02.15"}', 400, "WrongType"),
        (b"\xff\xfe", 400, "InvalidJson"),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(soeren, body, status, code):
    reply = soeren.send("POST", "Files", body)
    assert (reply.status, reply.code) == (status, code)


def test_only_json_is_taken_and_not_too_much_of_it(soeren, settings):
    reply = soeren.send("POST", "Files", b"<a/>", {"Content-Type": "application/xml"})
    assert (reply.status, reply.code) == (415, "UnsupportedMediaType")
    settings.CASESYSTEM_MAX_REQUEST_BYTES = 100
    reply = soeren.post("Files", CASE | {"Text": {"Text": "x" * 200}})
    assert (reply.status, reply.code) == (413, "TooLarge")


def test_methods_that_are_not_offered_are_405(soeren):
    place = f"Files('{soeren.case()['ID']}')"
    assert soeren.send("PUT", place, CASE).status == 405
    assert soeren.post(place, CASE).status == 405
    assert soeren.patch("Files", {}).status == 405


def test_a_minimal_answer_where_the_client_prefers_it(soeren):
    reply = soeren.post("Files", CASE, {"Prefer": "return=minimal"})
    assert (reply.status, reply.body) == (204, b"")
    assert (
        soeren.send("GET", reply.headers["odata-entityid"].removeprefix("http://testserver")).json["Title"] == "A flag"
    )
    (first, second) = soeren.change_set(
        Write("POST", "Files", CASE, "1", {"Prefer": "return=minimal"}), Write("PATCH", "$1", {"Title": "B"}, "2")
    )
    assert (first.status, second.status) == (204, 204)
