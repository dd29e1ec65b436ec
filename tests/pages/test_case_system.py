"""The pages of the case system in a real browser."""

import base64

import pytest

from casesystem.office import ACCOUNT, SECRET, Office
from formcase.casesystem.login.logins import begin_login
from formcase.casesystem.models import Account, User
from formcase.casesystem.pages import pages
from formcase.casesystem.pages.visitor import COOKIE
from formcase.casesystem.setup import ensure_account, ensure_sample_data, ensure_user_secret
from pages.browsing import LANGUAGES

PASSWORD = "rain-on-the-roof-tonight"
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFElEQVR42mNgYPhPIhrVMKphyGoAAMsg/wGlL1xKAAAAAElFTkSuQmCC"
)


def small_pdf() -> bytes:
    """A page with one line of text."""
    stream = b"BT /F1 24 Tf 72 700 Td (Site plan) Tj ET"
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(body))
        body += b"%d 0 obj%s endobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(body)
    return body + b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        table,
        start,
    )


@pytest.fixture
def office(transactional_db):
    """The sample municipality, as Anders, who may do everything."""
    ensure_sample_data()
    ensure_account(ACCOUNT, SECRET)
    for user in ("ADM", "SBH", "LBR", "MKT"):
        ensure_user_secret(user, PASSWORD)
    return Office("ADM")


@pytest.fixture
def log_in(context, page, live_server, office):
    """Log a user of the case system in without the page for it."""

    def log(user: str):
        token = begin_login(Account.objects.get(name=user))
        context.add_cookies([{"name": COOKIE, "value": token, "url": f"{live_server.url}/case-system/"}])
        return page

    return log


@pytest.fixture
def filed(office):
    """A case with everything in it: the keys of what was made."""
    contact = office.contact(Name1="Åse Ærøskøbing", NameCode="0101801234", NameNote={"Text": "Wants letters"})
    address = office.made(
        "Addresses",
        {"Name@odata.bind": f"Contacts('{contact['ID']}')", "Address1": "Havnegade 7", "Postcode_Value": "4700"},
    )
    case = office.case(
        Title="Outhouse with two rooms behind the old harbour warehouse",
        FileClass_Value="02.34",
        State_Value="UB",
        ROOMS=2,
        BUILDAREA=31.5,
        PHASE_Value="2",
        Text={"Text": "The applicant wants to build\nan outhouse."},
        Note={"Text": "Called on Monday."},
        Infos=[
            {"CustomLabel_Value": "INTERACT", "Info_Value": "FC-2026-000711"},
            {"CustomLabel_Value": "JOURNALNR", "Info_Value": "J-17"},
        ],
        Dates=[{"CustomLabel_Value": "BYGSTART", "DateStamp": "2027-04-01"}],
        AccessCode={"Code": "TEK"},
    )
    office.made(
        "FileContacts",
        {
            "File@odata.bind": f"Files('{case['ID']}')",
            "Name@odata.bind": f"Contacts('{contact['ID']}')",
            "NameAddress@odata.bind": f"Addresses('{address['ID']}')",
            "CustomLabel_Value": "Ejer",
        },
    )
    office.patch(f"Files('{case['ID']}')", {"State_Value": "MO", "Officer_Value": "SBH"})
    made = {"case": case["ID"], "contact": contact["ID"]}
    main = None
    for name, content, kind in (
        ("plan.pdf", small_pdf(), "application/pdf"),
        ("site.png", PICTURE, "image/png"),
        ("answers.xml", "<answers><room>Køkken</room></answers>".encode(), "text/xml"),
        ("archive.zip", b"PK\x03\x04\x00\x00", "application/zip"),
    ):
        key = office.upload(content, name, kind)
        links = {"PrimaryRecordKey_Value": main} if main else {}
        record = office.document(
            Title=name.partition(".")[0].title(),
            FileKey_Value=case["ID"],
            **{"Document@odata.bind": f"Documents('{key}')"},
            **links,
        )
        main = main or record["ID"]
        made[name.rpartition(".")[2]] = record["ID"]
    made["document"] = main
    office.made("RecordInfos", {"Record@odata.bind": f"Records('{main}')", "Info_Value": "By post"})
    row = {"CustomLabel_Value": "DOKDATO", "DateStamp": "2027-03-01"}
    office.made("RecordDates", {"Record@odata.bind": f"Records('{main}')", **row})
    (info,) = office.entities("FileInfos", filter="CustomLabel_Value eq 'JOURNALNR'")
    made["row"] = info["ID"]
    wrong = office.case(Title="Fejl ved arkivering af indsendelse", FileClass_Value="00.01")
    office.made(
        "FileFiles", {"FileKey_Value": case["ID"], "FileRefKey_Value": wrong["ID"], "CustomLabel_Value": "Se også"}
    )
    return made


def address_of(route: str, filed: dict[str, str]) -> str:
    """Where a page of a case, document or contact is."""
    kind = next((kind for kind in ("document", "contact") if route.startswith(f"case-system/{kind}s/")), "case")
    if "/administration/" in route:
        key = "formcase" if "/secret/" in route else "SBH"
        address = route.replace("<str:table>", "users").replace("<str:key>", key)
        return f"/{address}?key=SBH" if route.endswith(("/row/", "/delete/")) else f"/{address}"
    if "/rows/" in route:
        return "/" + route.replace("<str:kind>", "case-information").replace("<str:key>", filed["row"])
    return "/" + route.replace("<str:key>", filed[kind])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_accessible_and_quiet_and_fits_a_phone(log_in, check_page, filed, live_server, language):
    page = log_in("ADM")
    page.context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    for one in pages():
        if not one.whole or one.name == "case_reopen":
            continue
        page.goto(address_of(one.route, filed))
        assert page.locator("h1").count() == 1, one.name
        assert page.locator("html").get_attribute("lang") == language
        check_page(page, f"case-system-{one.name}-{language}")
    page.goto("/case-system/administration/tables/case-groups/")
    page.locator(".branches summary").first.click()
    check_page(page, f"case-system-tree-{language}")


def test_files_are_shown_in_the_page(log_in, check_page, screenshots, filed):
    page = log_in("ADM")
    for kind, what in (("pdf", "iframe.pdf"), ("png", "img.picture"), ("xml", "pre.xml")):
        page.goto(f"/case-system/documents/{filed[kind]}/")
        page.locator(what).wait_for()
        if kind == "png":
            assert page.locator("img.picture").evaluate("image => image.naturalWidth") == 16
        if kind == "xml":
            assert "Køkken" in page.locator("pre.xml").inner_text()
        if kind == "pdf":
            page.wait_for_timeout(1500)  # the browser's viewer tells nobody when it has drawn the page
            screenshots.take(page, "case-system-pdf-in-its-frame", full_page=False)
        check_page(page, f"case-system-shown-{kind}")
    page.goto(f"/case-system/documents/{filed['zip']}/")
    assert page.locator("main iframe, main img").count() == 0
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download").click()
    assert waiting.value.suggested_filename == "archive.zip"


def test_a_caseworker_logs_in_finds_a_case_and_reads_it_by_keyboard(page, check_page, filed):
    page.goto(f"/case-system/cases/{filed['case']}/")
    assert page.get_by_role("heading", name="Log in to the case system").is_visible()
    check_page(page, "case-system-login")
    page.get_by_label("User name").focus()
    page.keyboard.type("sbh")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Outhouse with two rooms").wait_for()
    page.goto("/case-system/")
    page.get_by_label("Search", exact=True).fill("fc-2026-000711")
    page.keyboard.press("Enter")
    page.wait_for_url("**/case-system/?q=fc-2026-000711")
    rows = page.locator("tbody tr")
    assert rows.count() == 1
    rows.get_by_role("link").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="History").click()
    page.wait_for_url("**/history/")
    assert page.locator("tbody tr").count() > 5


def test_a_number_of_a_person_stands_in_no_address(log_in, filed):
    page = log_in("ADM")
    page.goto("/case-system/contacts/")
    page.get_by_label("Search", exact=True).fill("010180-1234")
    page.keyboard.press("Enter")
    page.wait_for_url("**/case-system/contacts/?s=*")
    assert "1234" not in page.url.partition("?")[2][:8]
    assert page.get_by_role("link", name="Åse Ærøskøbing").is_visible()
    assert page.get_by_label("Search", exact=True).input_value() == "010180-1234"


def test_who_may_not_see_a_case_is_told_that_nothing_is_there(log_in, complaints, filed):
    complaints.expected.append("404")
    page = log_in("MKT")
    page.goto(f"/case-system/cases/{filed['case']}/")
    assert page.get_by_role("heading", name="There is nothing here").is_visible()
    page.goto("/case-system/?q=outhouse")
    assert page.get_by_text("No case was found").is_visible()
    assert User.objects.filter(pk="MKT").exists()


def test_a_document_is_added_with_its_file(log_in, filed, tmp_path):
    page = log_in("ADM")
    page.goto(f"/case-system/cases/{filed['case']}/documents/")
    page.get_by_role("link", name="Add document").click()
    page.get_by_label("Title").fill("A letter from the neighbour")
    page.get_by_label("Document type").select_option("I")
    page.get_by_label("State").select_option("ARK")
    letter = tmp_path / "brev æøå.txt"
    letter.write_text("Hilsen fra naboen", "utf-8")
    page.get_by_label("File", exact=False).last.set_input_files(letter)
    page.get_by_role("button", name="Add").click()
    page.get_by_role("heading", name="A letter from the neighbour").wait_for()
    assert page.locator("pre.xml").inner_text() == "Hilsen fra naboen"
    assert page.get_by_text("brev æøå.txt").first.is_visible()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Ansøgning ÆØÅ æøå.txt", "Ansøgning ÆØÅ æøå.txt"),
        ('attachment "stue".txt', "attachment _stue_.txt"),
        ("../../etc/passwd.txt", "passwd.txt"),
        (f"{'å' * 92}.txt", f"{'å' * 92}.txt"),
    ],
)
def test_a_file_is_kept_under_a_name_that_is_no_more_than_a_name(log_in, office, name, kept):
    key = office.upload(b"Hilsen", name, "text/plain")
    record = office.document(Title="A letter", **{"Document@odata.bind": f"Documents('{key}')"})
    page = log_in("ADM")
    page.goto(f"/case-system/documents/{record['ID']}/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == kept
    assert download.value.path().read_bytes() == b"Hilsen"
