"""What the pages show and do, without a browser."""

import html
import re
from datetime import timedelta
from urllib.parse import quote

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from casesystem.office import SECRET, Office, basic
from formcase.casesystem.administration.tables import TABLES
from formcase.casesystem.finding import cases as finding_cases
from formcase.casesystem.finding import listing, searching
from formcase.casesystem.login.passwords import set_password
from formcase.casesystem.models import Account, LoginAttempt, User
from formcase.casesystem.pages import typed_choice

PASSWORD = "a-long-way-over-the-hills"


class Desk:
    """The pages as one user meets them."""

    def __init__(self, user: str, *, log_in: bool = True) -> None:
        self.client = Client()
        self.user = user
        if log_in:
            account, _made = Account.objects.get_or_create(name=user, defaults={"user": User.objects.get(pk=user)})
            set_password(account, PASSWORD, must_change=False)
            assert self.log_in().status_code == 302

    def log_in(self, password: str = PASSWORD, **more: str):
        return self.client.post("/case-system/login/", {"name": self.user, "password": password, **more})

    def get(self, path: str, **query: str):
        return self.client.get(f"/case-system/{path}", query)

    def post(self, path: str, **values: str):
        return self.client.post(f"/case-system/{path}", values)

    def text(self, path: str, **query: str) -> str:
        response = self.get(path, **query)
        assert response.status_code == 200, response.status_code
        return response.content.decode()


def test_whoever_is_not_logged_in_is_led_there_and_then_on(municipality, soeren):
    case = soeren.case(Title="A flag pole")
    desk = Desk("SBH")
    desk.client.cookies.clear()
    asked = f"/case-system/cases/{case['ID']}/"
    away = desk.client.get(asked)
    assert away.status_code == 302
    assert away["Location"].startswith("/case-system/login/?next=")
    on = desk.log_in(next=asked)
    assert on["Location"] == asked
    assert "A flag pole" in desk.client.get(asked).content.decode()


def test_every_part_of_a_case_can_be_read(municipality, soeren):
    case = soeren.case(
        Title="A flag pole",
        Text={"Text": "Six metres"},
        ROOMS=3,
        Infos=[{"CustomLabel_Value": "INTERACT", "Info_Value": "E4711"}, {"Info_Value": "kept"}],
        Dates=[{"CustomLabel_Value": "FRIST", "DateStamp": "2027-01-31"}],
    )
    contact = soeren.contact(Name1="Åse Ærø")
    soeren.party(case["ID"], contact["ID"], "Ejer")
    letter = soeren.upload(b"Dear all", "letter.txt")
    main = soeren.document(
        Title="The letter", FileKey_Value=case["ID"], **{"Document@odata.bind": f"Documents('{letter}')"}
    )
    soeren.document(Title="A sketch", FileKey_Value=case["ID"], PrimaryRecordKey_Value=main["ID"])
    desk = Desk("SBH")
    information = desk.text(f"cases/{case['ID']}/")
    for wanted in ("A flag pole", "Six metres", "E4711", "kept", "Antal rum", "02.15 Flags"):
        assert wanted in information, wanted
    documents = desk.text(f"cases/{case['ID']}/documents/")
    assert documents.index("The letter") < documents.index("A sketch")
    assert f"supplements {main['UserKey']}" in documents
    assert "Åse Ærø" in desk.text(f"cases/{case['ID']}/parties/")
    assert "31 Jan 2027" in desk.text(f"cases/{case['ID']}/dates/")
    history = desk.text(f"cases/{case['ID']}/history/")
    assert "Document created" in history
    assert "A sketch" in history
    shown = desk.text(f"documents/{main['ID']}/")
    assert "Dear all" in shown
    assert "A sketch" in shown
    assert b"".join(desk.get(f"documents/{main['ID']}/download").streaming_content) == b"Dear all"
    assert "A flag pole" in desk.text(f"contacts/{contact['ID']}/")
    for part in ("details", "history"):
        desk.text(f"documents/{main['ID']}/{part}/")
    desk.text(f"contacts/{contact['ID']}/history/")


def test_a_case_is_made_changed_closed_and_reopened(municipality):
    desk = Desk("ADM")
    refused = desk.post("new-case/", Title="", FileClass_Value="02.15")
    assert "This must be filled in" in refused.content.decode() or "required" in refused.content.decode()
    made = desk.post(
        "new-case/", Title="New", FileClass_Value="02.15", ROOMS="2", Text__Text="Long", AccessCode="TEK or BOR"
    )
    assert made.status_code == 302, made.content.decode()
    address = made["Location"].removeprefix("/case-system/")
    assert "TEK or BOR" in desk.text(address)
    edited = desk.post(f"{address}edit/", Title="Newer", FileClass_Value="02.15", ROOMS="2", Text__Text="Longer")
    assert edited.status_code == 302
    page = desk.text(address)
    assert "Newer" in page
    assert "Longer" in page
    assert "TEK or BOR" not in page
    assert desk.post(f"{address}close/").status_code == 302
    assert "Reopen case" in desk.text(address)
    assert desk.post(f"{address}reopen/").status_code == 302
    history = desk.text(f"{address}history/")
    assert "<del>New</del>" in history
    assert "Close case" in desk.text(address)


def test_rows_are_added_changed_and_deleted_where_the_rights_allow(municipality, anders):
    case = anders.case(Infos=[{"CustomLabel_Value": "INTERACT", "Info_Value": "E4712"}])
    contact = anders.contact(Name1="Åse Ærø")
    anders.made("Addresses", {"Name@odata.bind": f"Contacts('{contact['ID']}')", "Address1": "Havnegade 7"})
    record = anders.document(FileKey_Value=case["ID"])
    document, desk = f"documents/{record['ID']}/", Desk("ADM")
    for path, values, shown in (
        ("new-party/?q=%C3%86r%C3%B8", {"contact": contact["ID"], "role": "Modtager"}, "Havnegade 7"),
        ("new-information/", {"CustomLabel_Value": "DOKINFO", "Info_Value": "by post"}, "by post"),
        ("new-date/", {"CustomLabel_Value": "DOKDATO", "DateStamp": "2027-01-31"}, "31 Jan 2027"),
    ):
        assert desk.post(document + path, **values).status_code == 302, path
        assert shown in desk.text(f"{document}details/")
    (party,), (info,), (day,) = (
        anders.entities(name, filter=f"RecordKey_Value eq '{record['ID']}'")
        for name in ("RecordContacts", "RecordInfos", "RecordDates")
    )
    change = {"CustomLabel_Value": "DOKINFO", "Info_Value": "by hand"}
    assert desk.post(f"rows/document-information/{info['ID']}/edit/", **change).status_code == 302
    assert "by hand" in desk.text(f"{document}details/")
    for kind, row in (("parties", party), ("information", info), ("dates", day)):
        reader = Desk("LBR")
        assert reader.post(f"rows/document-{kind}/{row['ID']}/delete/").status_code == 403
        assert desk.post(f"rows/document-{kind}/{row['ID']}/delete/").status_code == 302
        assert desk.get(f"rows/document-{kind}/{row['ID']}/edit/").status_code == 404
    (reference,) = anders.entities("FileInfos", filter="Info_Value eq 'E4712'")
    # which submission made a case is no person's to change
    assert desk.post(f"rows/case-information/{reference['ID']}/delete/").status_code == 404
    assert "/rows/" not in Desk("LBR").text(f"cases/{case['ID']}/")


def test_a_thing_is_deleted_when_nothing_needs_it_any_more(municipality, anders):
    case, contact = anders.case(), anders.contact()
    anders.party(case["ID"], contact["ID"])
    record = anders.document(FileKey_Value=case["ID"])
    desk = Desk("ADM")
    assert "The case has documents" in desk.post(f"cases/{case['ID']}/delete/").content.decode()
    assert "in use" in desk.post(f"contacts/{contact['ID']}/delete/").content.decode()
    assert Desk("SBH").get(f"cases/{case['ID']}/delete/").status_code == 403
    for path in (f"documents/{record['ID']}/", f"cases/{case['ID']}/", f"contacts/{contact['ID']}/"):
        assert desk.post(f"{path}delete/").status_code == 302
        assert desk.get(path).status_code == 404


def test_a_change_by_somebody_else_in_the_meantime_is_not_overwritten(municipality, soeren):
    case = soeren.case(Title="Before")
    desk = Desk("SBH")
    soeren.patch(f"Files('{case['ID']}')", {"Title": "Theirs"})
    answer = desk.post(f"cases/{case['ID']}/edit/", Title="Mine", FileClass_Value="02.15", version=case["@odata.etag"])
    assert answer.status_code == 200
    assert "Somebody else has changed it" in answer.content.decode()
    assert soeren.get(f"Files('{case['ID']}')").json["Title"] == "Theirs"


def test_only_an_administrator_sees_and_changes_the_set_up(municipality):
    assert Desk("SBH").get("administration/").status_code == 403
    assert Desk("SBH").post("administration/password/ADM/").status_code == 403
    desk = Desk("ADM")
    for table in TABLES:
        assert str(table.title) in html.unescape(desk.text(f"administration/tables/{table.slug}/")), table.name
        desk.text(f"administration/tables/{table.slug}/new/")
    group = desk.text("administration/tables/case-groups/row/", key="02.15")
    assert "Flags" in group
    changed = desk.post(
        "administration/tables/case-groups/row/?group=&key=02.15",
        text="Flag poles",
        above="02",
        number_mask="F-{number}",
    )
    assert changed.status_code == 302, changed.content.decode()
    assert Office("ADM").case()["FileNo"] == "F-00001"
    wrong = desk.post("administration/tables/case-groups/row/?group=&key=02.15", text="Flag poles", number_mask="{x}")
    assert "is none of: {year}" in html.unescape(wrong.content.decode())
    assert "case groups" in desk.text("administration/")


def test_an_administrator_adds_a_user_who_logs_in_and_chooses_a_password(municipality):
    desk = Desk("ADM")
    made = desk.post(
        "administration/tables/users/new/",
        id="NYE",
        name="Nye Nielsen",
        security_code="6",
        unit="TEK",
        group_code="ALLEEMNER",
        access_codes="TEK",
        enabled="on",
    )
    assert made.status_code == 302, made.content.decode()
    password = re.search(r'class="secret">([^<]+)<', desk.post("administration/password/NYE/").content.decode())[1]
    new = Desk("NYE", log_in=False)
    assert new.log_in(password).status_code == 302
    assert new.get("")["Location"] == "/case-system/own/"
    weak = new.post("own/", what="password", old=password, new="short", again="short")
    assert weak.status_code == 200
    assert new.post("own/", what="password", old=password, new=PASSWORD, again=PASSWORD).status_code == 302
    assert "Create case" in new.text("")
    assert Office("NYE").case()["Officer_Value"] == "NYE"


def test_an_administrator_does_not_shut_himself_out(municipality):
    answer = Desk("ADM").post(
        "administration/tables/users/row/?group=&key=ADM", name="Anders", security_code="9", enabled="on"
    )
    assert "take your own administration away" in answer.content.decode()
    assert User.objects.get(pk="ADM").administrator


def test_a_row_of_the_set_up_is_deleted_when_nothing_uses_it(municipality, anders):
    anders.case(FileClass_Value="02.15", State_Value="UB", AccessCode={"Code": "TEK"}, Officer_Value="SBH")
    desk = Desk("ADM")
    for table, group, key, user in (
        ("case-groups", "", "02.15", "Case: 1"),
        ("case-groups", "", "02", "Case groups: 4"),
        ("domains", "SAGTILST", "UB", "Case: 1"),
        ("access-codes", "", "TEK", "Case: 1"),
        ("users", "", "SBH", "Case: 1"),
        ("users", "", "ADM", "delete yourself"),
        ("units", "", "BOR", "Users: 2"),
    ):
        path = f"administration/tables/{table}/delete/?group={group}&key={key}"
        assert user in desk.text(path), (table, key)
        desk.post(path)
        assert user in desk.text(path), (table, key)
    for table, group, key in (("case-groups", "", "01.16"), ("domains", "SAGTILST", "VE"), ("labels", "SD", "FRIST")):
        path = f"administration/tables/{table}/delete/?group={group}&key={key}"
        assert "Nothing uses it" in desk.text(path)
        assert desk.post(path).status_code == 302
        assert desk.get(path).status_code == 404
    assert "deleted" in desk.text("administration/")
    assert desk.get("administration/tables/security-groups/delete/?group=1&key=Case").status_code == 404


def test_a_long_table_has_pages_and_a_tree_opens_and_closes(municipality):
    User.objects.bulk_create(User(key=f"X{n:03}", name=f"Helper {n}", security_code=6) for n in range(120))
    desk = Desk("ADM")
    first, last = desk.text("administration/tables/users/"), desk.text("administration/tables/users/", page="3")
    assert "Page 1 of 3" in first
    assert "X119" not in first
    assert "X119" in last
    found = desk.text("administration/tables/users/", q="helper 77")
    assert "X077" in found
    assert "X078" not in found
    tree = desk.text("administration/tables/case-groups/")
    flags = tree.index("02.15 Flags")
    assert tree.rindex("<details>", 0, flags) < flags < tree.index("</details>", flags)
    assert "Holds error cases" in tree


def test_a_set_up_is_downloaded_and_carried_in_on_the_page(municipality):
    desk = Desk("ADM")
    text = desk.get("administration/case-system-set-up.yaml").content.decode()
    changed = text.replace("Vejle", "Vejle By")
    trial = desk.client.post("/case-system/administration/", {"file": upload_of(changed), "only_try": "on"})
    assert "Nothing has been changed" in trial.content.decode()
    assert desk.get("administration/case-system-set-up.yaml").content.decode() == text
    assert (
        "carried in" in desk.client.post("/case-system/administration/", {"file": upload_of(changed)}).content.decode()
    )
    assert "Vejle By" in desk.get("administration/case-system-set-up.yaml").content.decode()
    wrong = desk.client.post("/case-system/administration/", {"file": upload_of("case system set-up: 1\nunit: []\n")})
    assert "Line 2, unit" in wrong.content.decode()


def upload_of(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("set-up.yaml", text.encode())


def test_five_wrong_passwords_lock_a_name_also_for_the_right_one_and_over_odata(municipality):
    desk = Desk("SBH")
    desk.client.post("/case-system/logout/")
    for _attempt in range(5):
        assert desk.log_in("a wrong password").status_code == 403
    locked = desk.log_in()
    assert locked.status_code == 403
    assert "Too many attempts" in locked.content.decode()
    answer = Office().send("GET", "Files", headers={"Authorization": basic("SBH", PASSWORD)})
    assert answer.status == 401
    LoginAttempt.objects.update(at=timezone.now() - timedelta(minutes=16))
    assert desk.log_in().status_code == 302


def test_a_login_ends_with_log_out_and_when_the_user_is_disabled(municipality):
    desk = Desk("SBH")
    desk.text("")
    cookie = desk.client.cookies["formcase_case_system"].value
    User.objects.filter(pk="SBH").update(enabled=False)
    assert desk.get("").status_code == 302
    User.objects.filter(pk="SBH").update(enabled=True)
    desk.client.post("/case-system/logout/")
    desk.client.cookies["formcase_case_system"] = cookie
    assert desk.get("").status_code == 302


def test_an_integration_can_not_log_in_to_the_pages(municipality):
    desk = Desk("formcase", log_in=False)
    assert desk.log_in(SECRET).status_code == 403


def test_a_document_is_found_by_its_own_words_and_its_files_name_together(municipality, soeren, anders):
    case, other = soeren.case(), soeren.case()
    file = soeren.upload(b"x", "situationsplan-7.pdf")
    bound = {"Document@odata.bind": f"Documents('{file}')"}
    key = soeren.document(Title="Sendt af nabo", FileKey_Value=case["ID"], **bound)["ID"]
    soeren.document(Title="Sendt af andre", FileKey_Value=other["ID"])
    desk = Desk("SBH")
    for words in ("situationsplan nabo", "naboer", case["FileNo"]):
        assert "1 found" in desk.text("documents/", q=words), words
    soeren.patch(f"Records('{key}')", {"Title": "Sendt af en genbo"})
    assert "0 found" in desk.text("documents/", q="nabo")
    assert "1 found" in desk.text("documents/", q="genbo situationsplan")


def test_danish_words_are_found_by_their_beginnings_and_in_other_forms(municipality, soeren):
    soeren.case(Title="Ansøgning om bygninger på Ærøvej")
    desk = Desk("SBH")
    for words in ("bygning", "ærøv", "ANSØGNINGER", "bygninger ærøvej", "00001"):
        assert "1 found" in desk.text("", q=words), words
    assert "No case was found" in desk.text("", q="garage")


def test_a_long_list_is_paged_through_forth_and_back(municipality, soeren):
    for number in range(55):
        soeren.case(Title=f"Case {number:03}")
    desk = Desk("SBH")
    first = desk.text("", sort="title")
    assert "Case 000" in first
    assert "Case 049" in first
    assert "Case 050" not in first
    second = desk.text(
        "", **dict(part.split("=") for part in re.search(r'href="\?([^"]+)" rel="next"', first)[1].split("&amp;"))
    )
    assert "Case 050" in second
    assert 'rel="next"' not in second
    back = desk.text(
        "", **dict(part.split("=") for part in re.search(r'href="\?([^"]+)" rel="prev"', second)[1].split("&amp;"))
    )
    assert "Case 000" in back
    assert 'rel="prev"' not in back


def test_cases_are_sorted_by_state_the_closed_ones_last_and_an_index_does_it(municipality, soeren):
    for number, (state, closed) in enumerate([("UB", None), ("MO", "2026-11-01"), ("MO", None), ("UB", None)]):
        soeren.case(Title=f"Case {number}", State_Value=state, **({"Closed": closed} if closed else {}))
    desk = Desk("SBH")

    def order(sort: str) -> list[str]:
        return re.findall(r"Case \d", desk.text("", sort=sort))

    assert order("state") == ["Case 2", "Case 0", "Case 3", "Case 1"]
    assert order("-state") == list(reversed(order("state")))
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off; set local enable_sort = off")
        cursor.execute(
            "explain select from casesystem_file as row order by"
            f" {finding_cases.CASES.columns['state'].format(row='row')}, key limit 50"
        )
        assert "casesystem_file_in_order_of_state" in str(cursor.fetchall())


def test_documents_and_contacts_are_sorted_by_type(municipality, soeren):
    soeren.document(Title="Document 1", RecordType_Value="U")
    soeren.document(Title="Document 2", RecordType_Value="I")
    soeren.contact(Name1="Contact 1", NameType_Value="P")
    soeren.contact(Name1="Contact 2", NameType_Value="F")
    desk = Desk("SBH")
    for path, kind in (("documents/", "Document"), ("contacts/", "Contact")):
        assert re.findall(rf"{kind} \d", desk.text(path, sort="type")) == [f"{kind} 2", f"{kind} 1"], kind


def test_nothing_that_a_document_holds_runs_in_the_page(municipality, soeren):
    key = soeren.upload(b"<script>alert(1)</script>", "evil.html", "text/html")
    record = soeren.document(**{"Document@odata.bind": f"Documents('{key}')"})
    desk = Desk("SBH")
    assert "&lt;script&gt;alert(1)" in desk.text(f"documents/{record['ID']}/")
    assert desk.get(f"documents/{record['ID']}/content").status_code == 404
    kept = desk.get(f"documents/{record['ID']}/download")
    assert kept["Content-Type"] == "application/octet-stream"
    assert kept["Content-Disposition"].startswith("attachment")
    assert "sandbox" in kept["Content-Security-Policy"]


def test_cases_refer_to_each_other_on_their_pages(municipality, soeren, anders):
    permit, complaint = soeren.case(Title="A permit"), soeren.case(Title="A complaint about it")
    hidden = anders.case(Title="Not for everybody", AccessCode={"Code": "PERSONALE"})
    anders.made("FileFiles", {"FileKey_Value": permit["ID"], "FileRefKey_Value": hidden["ID"]})
    desk = Desk("SBH")
    new = f"cases/{complaint['ID']}/new-reference/"
    for number, told in ((hidden["FileNo"], "that you may see"), (complaint["FileNo"], "the case itself")):
        assert told in desk.post(new, number=number, label="").content.decode()
    assert desk.post(new, number=permit["FileNo"], label="Klage over").status_code == 302
    assert "refers to this one already" in desk.post(new, number=permit["FileNo"], label="").content.decode()
    there, back = desk.text(f"cases/{complaint['ID']}/"), desk.text(f"cases/{permit['ID']}/")
    assert "A permit" in there
    assert "Klage over" in there
    assert "This case refers to it" in there
    assert "A complaint about it" in back
    assert "It refers to this case" in back
    assert "Not for everybody" not in back
    assert "Not for everybody" in Desk("ADM").text(f"cases/{permit['ID']}/")
    remove = re.search(r'href="/case-system/(rows/case-references/\d+/delete/)"', there)[1]
    assert desk.post(remove).status_code == 302
    assert "A permit" not in desk.text(f"cases/{complaint['ID']}/")


def test_one_of_very_many_is_typed_and_said_where_it_may_be_several(municipality, soeren, monkeypatch):
    monkeypatch.setattr(typed_choice, "LISTED", 1)
    desk = Desk("SBH")
    case = soeren.case(Title="A flag pole")
    form = desk.text(f"cases/{case['ID']}/edit/")
    officer = re.search(r'name="Officer_Value"[^>]*value="([^"]*)"', form)[1]
    assert officer.endswith("(SBH)")
    values = {"Title": "A flag pole", "FileClass_Value": "02.15", "Officer_Value": html.unescape(officer)}
    for typed, told in (("nobody at all", "Nothing that can be chosen is called"), ("e", "This may be")):
        refused = desk.post(f"cases/{case['ID']}/edit/", **{**values, "Officer_Value": typed}).content.decode()
        assert told in refused
        assert f'value="{typed}"' in refused
    assert desk.post(f"cases/{case['ID']}/edit/", **{**values, "Officer_Value": "adm"}).status_code == 302
    assert soeren.entities("Files", filter=f"ID eq '{case['ID']}'")[0]["Officer_Value"] == "ADM"


def test_where_there_are_very_many_case_groups_the_list_is_narrowed_by_a_typed_one(municipality, soeren, monkeypatch):
    monkeypatch.setattr(typed_choice, "LISTED", 1)
    soeren.case(Title="A flag pole", FileClass_Value="02.15")
    soeren.case(Title="A building", FileClass_Value="02.34")
    desk = Desk("SBH")
    for typed in ("02.15", "02.15 Flags", "flags"):
        shown = desk.text("", group=typed)
        assert "A flag pole" in shown
        assert "A building" not in shown
    wrong = desk.text("", group="no such group")
    assert "Nothing that can be chosen is called" in wrong
    assert "A building" in wrong


def test_more_than_can_be_sorted_is_sorted_in_part_and_that_is_said(municipality, soeren, monkeypatch):
    monkeypatch.setattr(searching, "COMMON", -1)
    monkeypatch.setattr(listing, "LOOKED_THROUGH", 1)
    for number in range(4):
        soeren.case(Title=f"Garage {number}")
    desk = Desk("SBH")
    assert "Too much is found" not in desk.text("", q="garage", sort="title")
    monkeypatch.setattr(listing, "SORTED", 3)
    shown = desk.text("", q="garage", sort="title")
    assert "Too much is found" in shown
    assert len(re.findall(r"Garage \d", shown)) == 3


def test_a_name_of_ten_thousand_characters_is_cut_and_keeps_its_ending(municipality, soeren):
    case = soeren.case(Title="A flag pole")
    values = {"Title": "A letter", "RecordType_Value": "I", "State_Value": "ARK"}
    file = SimpleUploadedFile(f"{'å' * 10_000}.txt", b"Hilsen", "text/plain")
    desk = Desk("SBH")
    answer = desk.client.post(f"/case-system/new-document/?case={case['ID']}", {**values, "file": file})
    assert answer.status_code == 302
    (record,) = soeren.entities("Records")
    assert record["FileName"] == f"{'å' * 92}.txt"
    header = desk.get(f"documents/{record['ID']}/download")["Content-Disposition"]
    assert header == "attachment; filename*=utf-8''" + quote(record["FileName"])
