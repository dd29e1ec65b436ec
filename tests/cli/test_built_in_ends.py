"""Commands on the built-in ends: forms, handing one in, the case system's users and corporate access."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from formcase.formservice import setup
from formcase.site.configuration import configuration

FORM = {
    "id": "900100",
    "title": "Ønske om bænk",
    "version": 1,
    "language": "da",
    "pages": [
        {
            "name": "Wish",
            "title": "Ønske",
            "items": [
                {"field": "Place", "title": "Sted", "type": "text", "required": True},
                {"field": "Sketch", "title": "Skitse", "type": "file", "multiple": True},
            ],
        }
    ],
}


pytestmark = pytest.mark.usefixtures("prepared_by_the_tests")


@pytest.fixture
def files(tmp_path):
    """A form's definition, its answers and something to attach."""
    (tmp_path / "form.json").write_text(json.dumps(FORM), encoding="utf-8")
    (tmp_path / "answers.json").write_text(json.dumps({"Wish": {"Place": "Ved søen"}}), encoding="utf-8")
    (tmp_path / "a=b.txt").write_text("a sketch")
    (tmp_path / "two.txt").write_text("another")
    return tmp_path


def test_a_published_form_is_listed_and_can_be_handed_in(formcase, files):
    assert formcase("form", "publish", str(files / "form.json")).code == 0
    listed = formcase("form", "list", "--json").json["forms"]
    assert [(form["id"], form["title"], form["version"]) for form in listed] == [("900100", "Ønske om bænk", 1)]
    submitted = formcase("submit", "900100", str(files / "answers.json"), "--json")
    assert submitted.code == 0
    assert set(submitted.json) == {"id", "referenceId"}


def test_attachments_are_taken_by_name_and_by_field(formcase, files):
    from formcase.formservice.models import StoredFile

    formcase("form", "publish", str(files / "form.json"))
    ran = formcase(
        "submit", "900100", str(files / "answers.json"),
        "--attach", str(files / "a=b.txt"), f"Sketch={files / 'two.txt'}", "--json",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    stored = StoredFile.objects.filter(submission__submission_id=ran.json["id"], kind="attachment").order_by("name")
    assert [(file.name, file.field) for file in stored] == [("a=b.txt", ""), ("two.txt", "Sketch")]


def test_answers_that_are_refused_are_1_with_all_that_is_wrong(formcase, files):
    formcase("form", "publish", str(files / "form.json"))
    (files / "answers.json").write_text('{"Wish": {"Nowhere": "x"}}')
    ran = formcase("submit", "900100", str(files / "answers.json"))
    assert ran.code == 1
    assert "Nowhere" in ran.err
    assert "Place" in ran.err


@pytest.mark.parametrize(("content", "said"), [("{", "is not JSON"), ("[]", "must hold a JSON object")])
def test_answers_that_are_no_answers_are_2(formcase, files, content, said):
    (files / "answers.json").write_text(content)
    ran = formcase("submit", "900100", str(files / "answers.json"))
    assert (ran.code, said in ran.err) == (2, True)


def test_a_file_that_is_not_there_is_2_before_anything_is_handed_in(formcase, files):
    ran = formcase("submit", "900100", str(files / "answers.json"), "--attach", "nowhere.txt")
    assert ran.code == 2
    assert "nowhere.txt" in ran.err


def test_corporate_access_is_switched(formcase):
    from formcase.casesystem.models import InstallationSetting

    assert formcase("case-system", "corporate-access", "on").code == 0
    assert InstallationSetting.objects.get().value is True
    assert formcase("case-system", "corporate-access", "off", "--json").json == {"corporateAccess": False}
    assert InstallationSetting.objects.get().value is False
    assert formcase("case-system", "corporate-access", "perhaps").code == 2


def test_the_users_who_may_file_are_listed(formcase):
    from formcase.casesystem.setup import ensure_account, ensure_sample_data

    ensure_sample_data()
    ensure_account("formcase", "s3cret")
    users = {user["id"]: user["name"] for user in formcase("case-system", "users", "--json").json["users"]}
    assert users["LBR"] == "Lone Bruun"
    assert "formcase" not in users


def test_another_case_system_is_not_touched(formcase, monkeypatch):
    for name, value in {"URL": "https://town.example/OData4/", "AUTH": "basic", "USER": "u", "PASSWORD": "p"}.items():
        monkeypatch.setenv(f"FORMCASE_CASE_SYSTEM_{name}", value)
    configuration.cache_clear()
    ran = formcase("case-system", "corporate-access", "on")
    assert (ran.code, "Another case system is set" in ran.err) == (2, True)


def test_certificates_that_expire_are_listed_and_end_with_1(formcase):
    until = datetime.now(UTC) + timedelta(days=20)
    issued = setup.issue_client_certificate("norby", valid_until=until)
    setup.ensure_client("norby", issued.certificate, None)
    listed = formcase("form-service", "certificates", "--json")
    assert listed.code == 1
    assert [(one["client"], one["daysLeft"]) for one in listed.json["certificates"]] == [("norby", 19)]
    assert formcase("form-service", "certificates", "--within", "7").code == 0
    assert formcase("form-service", "certificates", "--within", "61").code == 2
