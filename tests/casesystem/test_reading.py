"""Queries: filter, select, expand, order, pages, counts, single values, and what is refused."""

import pytest

ALL = "Title,ID"


@pytest.fixture
def three(soeren):
    return [
        soeren.case(Title="Alpha", BUILDAREA=10.5, ROOMS=3, State_Value="UB"),
        soeren.case(Title="Beta", FileClass_Value="05.02", PHASE_Value="2"),
        soeren.case(Title="Gamma's 100%", BUILDAREA=2, State_Value="AF"),
    ]


def titles(office, **options):
    return [one["Title"] for one in office.entities("Files", **options)]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("Title eq 'Alpha'", "A"),
        ("Title ne 'Alpha'", "BG"),
        ("Title eq 'Gamma''s 100%'", "G"),
        ("State_Value ne 'UB'", "BG"),
        ("State_Value eq null", "B"),
        ("not (State_Value eq 'UB')", "BG"),
        ("not(contains(Title,'a%'))", "ABG"),
        ("FileClass/ID eq '02.15'", "AG"),
        ("FileClass/Title eq 'Crossovers'", "B"),
        ("FileClass_Summary eq '05.02 Crossovers'", "B"),
        ("State_Summary eq 'Afsluttet'", "G"),
        ("State/Text eq 'Under behandling' or PHASE_Value eq '2'", "AB"),
        ("PHASE/Text eq 'Project'", "B"),
        ("BUILDAREA gt 2", "A"),
        ("BUILDAREA ge 2 and BUILDAREA lt 10.51", "AG"),
        ("ROOMS eq 3", "A"),
        ("Title in ('Alpha','Beta')", "AB"),
        ("Title in ('Beta')", "B"),
        ("startswith(Title,'Al') or endswith(Title,'100%')", "AG"),
        ("contains(tolower(Title),'ALPHA')", ""),
        ("length(Title) eq 4", "B"),
        ("indexof(Title,'e') eq 1", "B"),
        ("substring(Title,1,2) eq 'lp'", "A"),
        ("year(Created) ge 2020 and Created le 2999-12-31", "ABG"),
        ("UpdateTime gt 2020-01-01T00:00:00Z", "ABG"),
        ("Officer/LocationCode/ID eq 'TEK'", "ABG"),
        ("CreateUser/ID eq 'SBH' and Title gt 'B'", "BG"),
        ("AccessCode/Code eq null", "ABG"),
        ("Parties/any()", ""),
        ("not Parties/any()", "ABG"),
        ("Closed lt 2026-01-01", ""),
        ("(Title eq 'Alpha') eq true", "A"),
    ],
)
def test_a_filter_means_what_odata_says(soeren, three, condition, expected):
    found = titles(soeren, filter=condition)
    assert "".join(title[0] for title in found) == expected


def test_any_and_all_look_into_rows(soeren):
    soeren.case(Title="both", Infos=[info("A1"), info("A2")])
    soeren.case(Title="one", Infos=[info("A1")])
    soeren.case(Title="none")
    assert titles(soeren, filter="Infos/any(i: i/Info_Value eq 'A2')") == ["both"]
    assert titles(soeren, filter="Infos/all(i: i/Info_Value eq 'A1')") == ["one", "none"]
    assert titles(soeren, filter="Infos/any(i: i/Info_Value eq 'A1' and i/File/Title eq 'one')") == ["one"]
    assert titles(soeren, filter="Infos/any(i: i/CustomLabel/Text eq 'Henvisning' and Title eq 'both')") == ["both"]
    rows = soeren.entities(
        "FileInfos", filter="File/FileClass/ID eq '02.15' and File/Infos/any(i: i/Info_Value eq 'A2')"
    )
    assert len(rows) == 2


def info(value):
    return {"CustomLabel_Value": "HENVISNING", "Info_Value": value}


@pytest.mark.parametrize(
    ("options", "status", "code"),
    [
        ({"filter": "Titel eq 'x'"}, 400, "UnknownProperty"),
        ({"filter": "Title eq 5"}, 400, "WrongType"),
        ({"filter": "Created eq '2026-01-01'"}, 400, "WrongType"),
        ({"filter": "BUILDAREA eq 'x'"}, 400, "WrongType"),
        ({"filter": "Title eq"}, 400, "InvalidQuery"),
        ({"filter": "Title"}, 400, "InvalidQuery"),
        ({"filter": ""}, 400, "InvalidQuery"),
        ({"filter": "Created eq 2026-02-31"}, 400, "InvalidQuery"),
        ({"filter": "Parties/Name eq 'x'"}, 400, "InvalidQuery"),
        ({"filter": "State eq 'UB'"}, 400, "InvalidQuery"),
        ({"filter": "Title eq 'a\x00'"}, 400, "InvalidQuery"),
        ({"filter": "nosuch(Title) eq 1"}, 400, "InvalidQuery"),
        ({"filter": "(" * 300 + "Title eq 'x'" + ")" * 300}, 200, None),
        ({"filter": "geo.length(Title) eq 1"}, 501, "NotImplemented"),
        ({"filter": " or ".join(["Title eq 'x'"] * 900)}, 200, None),
        ({"filter": "not " * 200 + "(Title eq 'x')"}, 400, "InvalidQuery"),
        ({"select": "Titel"}, 400, "UnknownProperty"),
        ({"expand": "Nothing"}, 400, "UnknownProperty"),
        ({"expand": "Parties($filter=Nix eq 1)"}, 400, "UnknownProperty"),
        ({"expand": "Parties($filter=NameCode eq '1'"}, 400, "InvalidQuery"),
        ({"orderby": "Titel"}, 400, "UnknownProperty"),
        ({"top": "-1"}, 400, "InvalidQuery"),
        ({"top": "x"}, 400, "InvalidQuery"),
        ({"skip": "99999999999999"}, 400, "InvalidQuery"),
        ({"count": "yes"}, 400, "InvalidQuery"),
        ({"skiptoken": "nonsense"}, 400, "InvalidQuery"),
        ({"nosuch": "1"}, 400, "InvalidQuery"),
        ({"search": "x"}, 501, "NotImplemented"),
    ],
)
def test_a_query_that_cannot_be_answered_says_why(soeren, options, status, code):
    reply = soeren.get("Files", **options)
    assert reply.status == status, reply.body[:300]
    if code:
        assert reply.code == code
        assert reply.error["message"]
        assert set(reply.error) == {"code", "message", "target", "details"}


def test_names_are_compared_with_their_case(soeren):
    assert soeren.get("Files", filter="title eq 'x'").status == 400
    assert soeren.get("files").status == 404


def test_property_names_that_begin_like_words_of_the_language_are_names(soeren):
    assert soeren.entities("Users", filter="AllowImpersonation eq 'J'", select="ID") == [{"ID": "formcase"}]


def test_an_order_puts_null_first_and_ties_in_the_order_of_creation(soeren, three):
    assert [t[0] for t in titles(soeren, orderby="State_Value")] == ["B", "G", "A"]
    assert [t[0] for t in titles(soeren, orderby="State_Value desc,Title")] == ["A", "G", "B"]
    assert [t[0] for t in titles(soeren, orderby="FileClass/Title desc, Title desc")] == ["G", "A", "B"]
    for constant in ("1", "'Title'", "null", "2026-01-01"):  # sorts nothing, and is not the number of a column
        assert [t[0] for t in titles(soeren, orderby=f"{constant} desc,Title desc")] == ["G", "B", "A"], constant
    assert [t[0] for t in titles(soeren)] == ["A", "B", "G"]
    assert [t[0] for t in titles(soeren, top="1", skip="1")] == ["B"]
    assert titles(soeren, top="0") == []


def test_select_leaves_out_the_rest(soeren, three):
    (one,) = soeren.entities("Files", filter="Title eq 'Alpha'", select="Title,State_Summary,AccessCode")
    assert {k: v for k, v in one.items() if "@" not in k} == {
        "Title": "Alpha",
        "State_Summary": "Under behandling",
        "AccessCode": None,
    }


def test_pages_hold_fifty_and_lead_on_without_loss_or_doubling(soeren):
    for number in range(120):
        soeren.made("FileFiles" if number < 0 else "Files", {"Title": f"{number % 7}", "FileClass_Value": "02.15"})
    for options in ({}, {"$orderby": "Title desc"}, {"$filter": "Title ne 'x y&z'", "$select": "ID", "$count": "true"}):
        pages, found = [], []
        reply = soeren.get("Files", **{name[1:]: value for name, value in options.items()})
        while True:
            pages.append(len(reply.json["value"]))
            found += [one["ID"] for one in reply.json["value"]]
            link = reply.json.get("@odata.nextLink")
            if link is None:
                break
            assert link.startswith("http://testserver/OData4/Files?")
            reply = soeren.send("GET", link.removeprefix("http://testserver"))
            assert reply.status == 200, reply.body
        assert pages == [50, 50, 20]
        assert len(set(found)) == 120
    reply = soeren.get("Files", top="70")
    link = reply.json["@odata.nextLink"].removeprefix("http://testserver")
    assert len(soeren.send("GET", link).json["value"]) == 20
    assert "@odata.nextLink" not in soeren.send("GET", link).json
    link, pages = "/OData4/Files?$top=110&$select=ID", []
    while link is not None:
        reply = soeren.send("GET", link).json
        pages.append(len(reply["value"]))
        link = reply.get("@odata.nextLink", "").removeprefix("http://testserver") or None
    assert pages == [50, 50, 10]
    larger = soeren.send("GET", "Files", headers={"Prefer": "odata.maxpagesize=100"})
    assert len(larger.json["value"]) == 100
    assert larger.headers["preference-applied"] == "odata.maxpagesize=100"


def test_counts(soeren, three):
    reply = soeren.get("Files/$count")
    assert (reply.status, reply.body, reply.headers["content-type"]) == (200, b"3", "text/plain")
    assert soeren.get("Files/$count", filter="FileClass_Value eq '02.15'").body == b"2"
    reply = soeren.get("Files", count="true", top="1", filter="FileClass_Value eq '02.15'")
    assert reply.json["@odata.count"] == 2
    assert len(reply.json["value"]) == 1
    assert soeren.get("Files/$count").body == b"3"


def test_expansion_takes_options_and_goes_deep(soeren):
    file = soeren.case(Infos=[info("1"), info("2"), info("3")], Text={"Text": "long"})
    contact = soeren.contact(NameCode="0101901234")
    soeren.party(file["ID"], contact["ID"])
    reply = soeren.get(
        f"Files('{file['ID']}')",
        select="Title",
        expand="Infos($filter=Info_Value ne '2';$orderby=Info_Value desc;$select=Info_Value;$count=true),"
        "Parties($expand=Name($select=Name1),NameAddress($select=ID,NameKey_Value)),Text,Officer($select=Name1)",
    ).json
    assert [one["Info_Value"] for one in reply["Infos"]] == ["3", "1"]
    assert reply["Infos@odata.count"] == 2
    assert reply["Parties"][0]["Name"]["Name1"] == "Anna Sørensen"
    assert reply["Parties"][0]["NameAddress"]["NameKey_Value"] == contact["ID"]
    assert reply["Text"] == {"Text": "long"}
    assert reply["Officer"] == {"Name1": "Søren Bæk Holm"}
    (listed,) = soeren.entities("Files", expand="Infos($top=1;$skip=1),State")
    assert [one["Info_Value"] for one in listed["Infos"]] == ["2"]
    assert listed["State"] is None


def test_paths_lead_along_navigation_to_single_values(soeren):
    file = soeren.case(Text={"Text": "æ\nø"}, Infos=[info("1")])
    place = f"Files('{file['ID']}')"
    assert soeren.get(f"{place}/Title").json["value"] == "A flag"
    assert soeren.get(f"{place}/Title/$value").body == b"A flag"
    assert soeren.get(f"{place}/Closed").status == 204
    assert soeren.get(f"{place}/Text").json["Text"] == "æ\nø"
    assert soeren.get(f"{place}/Text/Text/$value").body.decode() == "æ\nø"
    assert soeren.get(f"{place}/Note").json["Text"] is None
    assert soeren.get(f"{place}/FileClass").json["Title"] == "Flags"
    assert soeren.get(f"{place}/FileClass/Title/$value").body == b"Flags"
    assert soeren.get(f"{place}/State").status == 204
    (row,) = soeren.entities(f"{place}/Infos")
    assert soeren.get(f"{place}/Infos('{row['ID']}')").json["Info_Value"] == "1"
    assert soeren.get(f"{place}/Infos/$count").body == b"1"
    assert soeren.get(f"FileInfos('{row['ID']}')/File").json["ID"] == file["ID"]
    assert soeren.get(f"Files(ID='{file['ID']}')").status == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("Files('1')", 404),
        ("Files('1')/Parties", 404),
        ("Files('1')/Text", 404),
        ("Files('''')", 404),
        ("Files('%00')", 404),
        ("Files(1)", 400),
        ("Files()", 400),
        ("Nothing", 404),
        ("Files/Parties", 404),
        ("Files/$ref", 501),
        ("Me/Nothing", 404),
        ("Files('x'", 404),
    ],
)
def test_what_is_not_there_is_404_and_keys_are_texts(soeren, path, status):
    reply = soeren.get(path)
    assert reply.status == status, reply.body
    assert reply.error["code"]


def test_code_tables_are_read_by_all_with_their_derived_types(lone):
    (state,) = lone.entities("CustomDomains", filter="Type_Value eq 'SAGTILST' and Value eq 'UB'")
    assert state["@odata.type"] == "#WorkZone.CustomDomainSAGTILST"
    assert (state["ID"], state["Text"], state["Hidden"]) == ("SAGTILST:UB", "Under behandling", False)
    assert [one["Value"] for one in lone.entities("CustomDomains/WorkZone.CustomDomainAKTTILST")] == [
        "AFS",
        "ARK",
        "UP",
    ]
    (label,) = lone.entities("CustomLabels", filter="Type eq 'SO' and Value eq 'INTERACT'")
    assert label["@odata.type"] == "#WorkZone.CustomLabelSO"
    assert lone.get("FileClasses('02.15')").json["Summary"] == "02.15 Flags"
    assert lone.get("FileClasses('02.15')/Parent").json["ID"] == "02"
    assert [one["ID"] for one in lone.entities("FileClasses('05')/Children")] == ["05.02", "05.09"]
    assert lone.get("FileClasses('02.99')").json["EndDate"] == "2019-12-31"
    assert lone.get("FileClasses('02.98')").json["SystemShow"] is False
    assert lone.get("ContactTypes('P')").json["NameCodeCheck"] == "CPR"
    assert lone.get("ContactTypes('X')").json["NameAutoId"] == "J"
    assert (
        lone.get("Postcodes", filter="Value eq '8240' and CountryCode_Value eq 'DK'").json["value"][0]["PostDst"]
        == "Risskov"
    )
    assert lone.get("Countries('DK')").json["Name"] == "Danmark"
    assert lone.get("EmployeeDomains('SBH')", expand="LocationCode").json["LocationCode"]["Name1"] == "Teknik og Miljø"
    assert lone.get("OuDomains('TEK')/ParentOu").json["ID"] == "SEK"
    assert {one["ID"] for one in lone.entities("Users")} == {"ADM", "LBR", "MKT", "SBH", "formcase"}
    held = {one["AccessCode"] for one in lone.entities("AccessCodes", filter="UserName eq 'SBH'")}
    assert held == {"TEK", "FORTROLIG", "ALLEEMNER"}
    available = {one["ID"] for one in lone.entities("AccessCodeDomains", expand="Available") if one["Available"]}
    assert available == {"ALLEEMNER", "BOR"}
    rights = lone.get("SecurityGroupRights", filter="SecCode eq '6' and Table eq 'Case party'").json["value"]
    assert [(one["Search"], one["Create"], one["Update"], one["Delete"], one["Lock"]) for one in rights] == [
        (True, True, True, False, None)
    ]


def test_which_codes_are_available_is_each_users_own(soeren, mette, account):
    def available(office):
        return {one["ID"] for one in office.entities("AccessCodeDomains", expand="Available") if one["Available"]}

    assert available(soeren) == {"ALLEEMNER", "TEK", "FORTROLIG"}
    assert available(mette) == {"ALLEEMNER", "BOR"}
    assert available(account) == {"ALLEEMNER", "TEK", "BOR", "SEK", "FORTROLIG", "PERSONALE"}


def test_code_tables_are_not_written(anders):
    for method, path in (("POST", "FileClasses"), ("PATCH", "FileClasses('02.15')"), ("DELETE", "Users('SBH')")):
        assert anders.send(method, path, {"Title": "x"}).status == 405
