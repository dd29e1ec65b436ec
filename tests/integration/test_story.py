"""The administrator's story, lived in a browser: set it up and see it work; break it, see why, mend it, see it heal;
mend a mapping and file again what it spoilt."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from integration.administrator import Administrator, administrator_of
from integration.conftest import PATIENCE, Installation, wait_until
from integration.form_service_desk import Desk, FileAtHand

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


@pytest.fixture(scope="module")
def story(installation: Installation) -> Iterator[Administrator]:
    """The administrator, who has taken the sample workflow out of service; a worker runs."""
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
