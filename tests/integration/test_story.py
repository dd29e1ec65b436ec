"""The whole story, lived in browsers: a citizen's form becomes two cases that a caseworker reads.

Then the administrator's: set it up and see it work; break it, see why, mend it, see it heal; mend a mapping and file
again what it spoilt.

STORY_PICTURES names a folder for the pictures of the first that README shows.
"""

import io
import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect
from pypdf import PdfReader

from integration.administrator import Administrator, administrator_of
from integration.conftest import PATIENCE, Installation, wait_until
from integration.form_service_desk import Desk, FileAtHand
from integration.people_of_the_story import (
    Caseworker,
    Citizen,
    FormServiceAdministrator,
    People,
    case_system_password,
    form_service_login,
    people_of,
)

SAMPLES = Path(__file__).parents[2] / "src/formcase/formservice/samples"
BUILDING_FILES = [
    f"Drawings={SAMPLES}/building-permit/files/{name}" for name in ("elevation-north.png", "site-plan-v2.csv")
]
FLAG_FILES = [f"Flag={SAMPLES}/flag-permit/files/flag.png", f"Programme={SAMPLES}/flag-permit/files/programme.txt"]

OWN_FORM = "900037"
TO_A_GROUP_THAT_IS_NOT_THERE = {
    "formcase": "mapping",
    "version": 1,
    "groups": [
        {
            "group": "Files",
            "items": [
                {"property": "Title", "template": "Flag of {Event.Nation}"},
                {"property": "FileClass_Value", "constant": "99.99"},
            ],
        }
    ],
}


@pytest.fixture(scope="module")
def desk(installation: Installation) -> Iterator[Desk]:
    made = Desk(installation.environment())
    yield made
    made.close()


@pytest.fixture
def people(installation: Installation) -> Iterator[People]:
    """A citizen, the form service's administrator and a caseworker; gone before the Configurator's administrator comes,
    because two Playwrights can't run side by side."""
    wanted = os.environ.get("STORY_PICTURES")
    pictures = Path(wanted) if wanted else None
    if pictures is not None:
        pictures.mkdir(parents=True, exist_ok=True)
    with people_of(installation, pictures) as (made, complaints):
        yield made
        assert complaints.unexpected() == []


@pytest.fixture(scope="module")
def story(installation: Installation) -> Iterator[Administrator]:
    """The administrator, who has taken the sample workflow out of service; a worker runs."""
    if not installation.workers:
        installation.start_worker()
    with administrator_of(installation) as (administrator, complaints):
        administrator.disable_workflow("Sample forms")
        yield administrator
        assert complaints.unexpected() == []


def answers(sample: str) -> dict[str, object]:
    found: dict[str, object] = json.loads((SAMPLES / sample / "answers.json").read_text(encoding="utf-8"))
    return found


def parameters(story: Administrator, installation: Installation, forms: str) -> dict[str, str]:
    """What the administrator types; the certificate's thumbprint is read off the page of certificates."""
    story.go_to("Certificates")
    thumbprint = story.main.get_by_role("code").first.inner_text()
    return {
        "WatchInterval": "60",
        "Url": f"https://localhost:{installation.port + 1}/interact",
        "ClientId": "formcase-demo",
        "CertificateThumbprint": thumbprint,
        "FormIds": forms,
        "ExecutingUser": "SBH",
        "error_case_group": "00.01",
    }


def test_a_citizens_form_becomes_two_cases_that_a_caseworker_reads(installation, people, desk, tmp_path):
    reference = hand_in_building_permit(people.citizen, drawings(tmp_path))
    administrator = people.administrator
    administrator.sign_in(*form_service_login(installation))
    assert administrator.sees_status(reference, "Submitted").count() == 1
    desk.hold_uploads()
    try:
        installation.start_worker()
        administrator.sees_status(reference, "Delivered")
    finally:
        desk.let_uploads_go()
    cases = see_imported(administrator, reference)
    read_cases(people.caseworker, case_system_password(installation), reference, cases)


def drawings(folder: Path) -> list[Path]:
    """Two files that somebody attaches: a picture, and a table with a name that is no plain one."""
    files = folder / "elevation north.png", folder / "site plan (æøå).csv"
    picture = Image.new("RGB", (240, 120), "white")
    ImageDraw.Draw(picture).polygon([(20, 100), (20, 60), (120, 15), (220, 60), (220, 100)], outline="black", width=3)
    picture.save(files[0])
    files[1].write_text("corner;x;y\n1;0;0\n2;12,5;0\n", encoding="utf-8")
    return list(files)


def hand_in_building_permit(citizen: Citizen, files: list[Path]) -> str:
    """Fill the form in by keyboard alone, with a mistake on the way, and send it; its reference ID."""
    citizen.page.goto("/forms/")
    citizen.enter(citizen.main.get_by_role("link", name="Building permit and crossover"))
    citizen.enter(citizen.button("Begin"))
    citizen.sees("Who is building?")
    citizen.type({"Your CPR number": "3113120071", "Your full name": "Bo Ærø Nielsen"})
    citizen.type({"Your road and number": "Skovvej 4", "Your postcode": "8240"})
    citizen.type({"The company's CVR number": "12345674", "The company's name": "Tømrer & Søn ApS"})
    citizen.type({"The company's road and number": "Havnegade 2", "The company's postcode": "8000"})
    citizen.enter(citizen.button("Next"))
    wrong = citizen.main.get_by_role("alert")
    expect(wrong).to_be_focused()
    citizen.enter(wrong.get_by_role("link"))
    expect(citizen.main.get_by_label("Your CPR number")).to_be_focused()
    citizen.type({"Your CPR number": "251277-0071"})
    citizen.enter(citizen.button("Next"))
    citizen.sees("What is built?")
    citizen.type({"Where?": "Skovvej 4", "Area in m²": "62,5", "Start": "01-03-2027"})
    citizen.choose("New crossover to the road?", "Yes")
    for number, (use, area) in enumerate((("Kitchen", "18"), ("Bedroom", "12,5"), ("Bathroom", "6")), start=1):
        if number > 1:
            citizen.enter(citizen.button("Add: Room"))
        citizen.type({"What is it for?": use, "Its area in m²": area})
    citizen.album.take(citizen.page, "form", height=1300)
    citizen.type({"Area as it stands on the drawing": "62,5", "Start as it stands in the contract": "01-03-2027"})
    citizen.attach("Drawings", files)
    citizen.enter(citizen.button("Next"))
    citizen.sees("Look through your answers")
    for answer in ("Bo Ærø Nielsen", "251277-0071", "Kitchen", "Bedroom", "Bathroom", *(file.name for file in files)):
        expect(citizen.main).to_contain_text(answer)
    reference = citizen.send()
    citizen.album.take(citizen.page, "receipt", height=480)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(citizen.receipt())).pages)
    assert reference in text
    assert "Bathroom" in text
    return reference


def see_imported(administrator: FormServiceAdministrator, reference: str) -> list[str]:
    """The numbers of the two cases that Submitted dialogues shows."""
    line = administrator.sees_status(reference, "Imported")
    cases = line.get_by_role("cell").last.inner_text().split(", ")
    assert len(cases) == 2
    administrator.album.take(administrator.page, "submitted-dialogues", height=1080)
    administrator.follow(reference)
    told = administrator.main.get_by_role("table", name="Status history").get_by_role("rowheader").all_inner_texts()
    assert told == ["Submitted", "Delivered", "Imported"]
    return cases


def read_cases(caseworker: Caseworker, password: str, reference: str, cases: list[str]) -> None:
    """Find both cases by the reference ID, open them, and read what came."""
    permit, crossover = cases
    caseworker.page.goto("/case-system/")
    caseworker.log_in("SBH", password)
    caseworker.find(reference)
    expect(caseworker.main.get_by_role("row").filter(has_text="Skovvej 4")).to_have_count(2)
    caseworker.follow(permit)
    caseworker.sees(f"{permit} Building permit, Skovvej 4")
    expect(caseworker.main.get_by_text(reference, exact=True)).to_be_visible()
    caseworker.open_part("Parties")
    expect(caseworker.row("Entreprenør")).to_contain_text("Tømrer & Søn ApS")
    expect(caseworker.row("Bo Ærø Nielsen")).to_contain_text("Skovvej 4")
    caseworker.open_part("Dates")
    expect(caseworker.row("Byggeriet begynder")).to_contain_text("2027")
    caseworker.find(reference)
    caseworker.follow(crossover)
    caseworker.sees(f"{crossover} Crossover, Skovvej 4")
    caseworker.open_part("Documents")
    expect(caseworker.row("elevation north.png")).to_have_count(1)
    expect(caseworker.row("site plan (æøå).csv")).to_have_count(1)
    expect(caseworker.row(f"{reference}.xml")).to_contain_text("supplements ")
    caseworker.album.take(caseworker.page, "case-documents")
    caseworker.follow("elevation north.png")
    picture = caseworker.main.get_by_role("img", name="The file elevation north.png")
    assert picture.evaluate("image => image.naturalWidth") == 240
    caseworker.page.go_back()
    caseworker.follow("Building permit and crossover")
    caseworker.wait_for_drawn_pdf()
    caseworker.album.take(caseworker.page, "document")


def test_a_workflow_is_set_up_and_a_form_becomes_a_case(story, installation):
    story.create_workflow("Building", "Permits", parameters(story, installation, "800711"))
    story.enable("Building")
    reference = installation.submit("800711", answers("building-permit"), *BUILDING_FILES)
    story.submission(reference, "Imported")
    cases = story.listed_under("Cases")
    assert [installation.case(case)["FileNo"] for case in cases] == cases
    assert len(cases) == 2
    story.go_to("Workflow log")
    story.fill({"Reference ID": reference})
    story.press("Show")
    expect(story.row("Imported").first).to_contain_text(cases[0])
    story.go_to("Service workflows")
    expect(story.row("Building").first).to_contain_text("1 imported")


@pytest.mark.long
def test_a_broken_set_up_is_seen_mended_and_heals(story, installation):
    story.create_workflow("Flags", "", parameters(story, installation, "800636"))
    # the newest version of the sample form names a case group that does not exist
    story.enable("Flags", warned_of="99.99")
    story.set_parameters("Flags", {"error_case_group": "77.77"})
    needs_error_case = installation.submit("800636", answers("unknown-case-group"), version=4)
    story.submission(needs_error_case, "Temporary blocked")
    story.told("77.77")
    story.set_parameters("Flags", {"error_case_group": "00.01"})
    story.submission(needs_error_case, "Error case")

    story.set_parameters("Flags", {"ExecutingUser": "LBR"})
    without_rights = installation.submit("800636", answers("flag-permit"), *FLAG_FILES)
    story.submission(without_rights, "Temporary blocked")
    story.told("LBR")
    story.set_parameters("Flags", {"ExecutingUser": "SBH"})
    story.submission(without_rights, "Imported")


@pytest.mark.long
def test_37_error_cases_are_filed_again_once_the_mapping_is_mended(story, installation, desk):
    form = json.loads((SAMPLES / "flag-permit/form-3.json").read_text(encoding="utf-8"))
    pages = [page for page in form["pages"] if page["name"] != "WZ_ODATA"]
    desk.publish({**form, "id": OWN_FORM, "pages": pages})
    story.create_workflow("Harbour", "", parameters(story, installation, OWN_FORM))
    story.import_mapping("Harbour", json.dumps(TO_A_GROUP_THAT_IS_NOT_THERE))
    story.publish_mapping("Flags at the harbour")
    story.enable("Harbour", warned_of="99.99")
    files = [FileAtHand("flag.png", Path(FLAG_FILES[0].partition("=")[2]).read_bytes(), "image/png", "Flag")]
    references = set(desk.submit_many(OWN_FORM, [answers("flag-permit")] * 37, files))
    story.wait_for_error_cases("99.99", OWN_FORM, 37)
    assert groups_of(installation, references) == {"00.01": 37}

    story.open_workflow("Harbour", "Mapping")
    story.press("Of version 1")
    story.follow("Change FileClass_Value")
    story.fill({"Code": "02.15"})
    story.press("Save")
    story.publish_mapping("There is no case group 99.99")
    story.file_error_cases_again("99.99", OWN_FORM)
    wait_until(
        lambda: groups_of(installation, references) == {"00.01": 37, "02.15": 37},
        PATIENCE,
        lambda: str(groups_of(installation, references)),
    )
    story.wait_for_error_cases("99.99", OWN_FORM, 0)
    assert groups_of(installation, references) == {"00.01": 37, "02.15": 37}


def groups_of(installation: Installation, references: set[str]) -> Counter[str]:
    """How many cases of each case group stand there for these submissions."""
    rows = installation.every(
        "FileInfos?$filter=CustomLabel_Value eq 'INTERACT'&$expand=File($select=ID,FileClass_Value)"
    )
    return Counter(row["File"]["FileClass_Value"] for row in rows if row["Info_Value"] in references)
