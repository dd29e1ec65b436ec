"""What the pages show and do, without a browser."""

import pytest
from django.core.cache import cache
from django.test import Client

from formcase.casesystem.login.passwords import set_password
from formcase.casesystem.models import Account, User

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


@pytest.fixture(autouse=True)
def _no_attempts_yet(db):
    cache.clear()


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
    assert "Supplementary document:" in documents
    assert "Åse Ærø" in desk.text(f"cases/{case['ID']}/parties/")
    assert "31 Jan 2027" in desk.text(f"cases/{case['ID']}/dates/")
    assert "Document" in desk.text(f"cases/{case['ID']}/history/")
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


def test_a_change_by_somebody_else_in_the_meantime_is_not_overwritten(municipality, soeren):
    case = soeren.case(Title="Before")
    desk = Desk("SBH")
    soeren.patch(f"Files('{case['ID']}')", {"Title": "Theirs"})
    answer = desk.post(f"cases/{case['ID']}/edit/", Title="Mine", FileClass_Value="02.15", version=case["@odata.etag"])
    assert answer.status_code == 200
    assert "Somebody else has changed it" in answer.content.decode()
    assert soeren.get(f"Files('{case['ID']}')").json["Title"] == "Theirs"
