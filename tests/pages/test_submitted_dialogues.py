"""Submitted dialogues: who may see them, the list with its filters, one submission, and how long it is kept."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from formcase.formservice import retention
from formcase.formservice.administration.passwords import give_password
from formcase.formservice.models import Administrator, Status, StatusEntry, Submission
from formcase.formservice.submitting import AttachmentToSubmit, submit
from pages.browsing import LANGUAGES
from pages.forms_to_fill_in import published

LIST = "/form-service/dialogues/"


@pytest.fixture
def password(transactional_db) -> str:
    return give_password("ida", must_change=False)


@pytest.fixture
def submissions(transactional_db) -> list[Submission]:
    """Two of one form: one Imported with a case, one Submitted."""
    published()
    answers = {
        "Person": {"Name": "Bo Ærø Nielsen", "Cpr": "2512770071", "Company": False},
        "Work": {"Kind": "add", "Area": "62,5", "Rooms": [{"Use": "Kitchen"}]},
    }
    file = AttachmentToSubmit("plan <b>.csv", b"a;b\n", field="Drawings")
    made = [Submission.objects.get(submission_id=submit("every-en", answers, [file]).id) for _number in range(2)]
    cases = [{"caseNumber": "2026-02.34-00001", "url": "https://cases.example/1"}]
    StatusEntry.objects.create(
        submission=made[0], status=Status.IMPORTED, message="Filed", cases=cases, at=timezone.now()
    )
    Submission.objects.filter(pk=made[0].pk).update(status=Status.IMPORTED, imported_at=timezone.now())
    return made


def sign_in(page, password: str) -> None:
    page.goto(LIST)
    page.get_by_label(re.compile("User name|Brugernavn")).fill("ida")
    page.get_by_label(re.compile("Password|Kodeord")).fill(password)
    page.get_by_role("button", name=re.compile("Sign in|Log på")).click()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_are_accessible_and_fit_a_phone(page, check_page, password, submissions, language):
    page.goto(LIST)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": page.url}])
    page.goto(LIST)
    assert page.locator("html").get_attribute("lang") == language
    check_page(page, f"form-service-sign-in-{language}")
    sign_in(page, password)
    check_page(page, f"dialogues-{language}")
    page.goto(f"{LIST}{submissions[0].reference_id}/")
    check_page(page, f"dialogue-{language}")
    page.goto("/form-service/password/")
    check_page(page, f"form-service-password-{language}")


def test_an_administrator_finds_a_submission_and_sees_its_answers_and_files(page, password, submissions):
    sign_in(page, password)
    expect(page.locator("tbody th a")).to_have_count(2)
    page.get_by_label("Search").fill("2026-02.34-00001")
    page.get_by_role("button", name="Show", exact=True).click()
    page.get_by_role("link", name=submissions[0].reference_id).click()
    expect(page.locator(".answers").get_by_text("Bo Ærø Nielsen")).to_be_visible()
    expect(page.get_by_text("251277-0071")).to_be_visible()
    # an English form is read in English, whatever the reader's own language is
    page.context.add_cookies([{"name": "django_language", "value": "da", "url": page.url}])
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "da")
    expect(page.locator(".answers").get_by_text("No", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="2026-02.34-00001")).to_have_attribute("href", "https://cases.example/1")
    address = page.get_by_role("link", name="plan <b>.csv").get_attribute("href")
    answer = page.request.get(address)
    assert answer.body() == b"a;b\n"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 2),
        ("status=Imported", 1),
        ("status=Delivered", 0),
        ("form=every-en", 2),
        ("since=2020-01-01&until=2020-12-31", 0),
        ("q=no-such-thing", 0),
        ("after=made-up&status=made-up", 2),
    ],
)
def test_the_list_is_narrowed_by_its_address(password, submissions, query, found):
    browser = Client()
    browser.post("/form-service/sign-in/", {"name": "ida", "password": password})
    assert len(browser.get(f"{LIST}?{query}").context["rows"]) == found


def test_nobody_sees_anything_without_signing_in(submissions):
    for address in ("", "dialogues/", f"dialogues/{submissions[0].reference_id}/"):
        for further in ("", "pdf", "xml"):
            answer = Client().get(f"/form-service/{address}{further}", follow=True)
            assert b"2512770071" not in answer.content
            assert answer.status_code == 404 or answer.redirect_chain[-1][0].startswith("/form-service/sign-in/")


def test_five_wrong_passwords_lock_a_name_also_for_the_right_one(real_password_hashes, password):
    browser = Client()
    for _attempt in range(5):
        browser.post("/form-service/sign-in/", {"name": "ida", "password": "wrong"})
    answer = browser.post("/form-service/sign-in/", {"name": "ida", "password": password})
    assert answer.status_code == 200
    assert Administrator.objects.get().password.startswith("argon2")


def test_a_first_password_is_changed_before_anything_else(transactional_db):
    browser = Client()
    first = give_password("ida")
    browser.post("/form-service/sign-in/", {"name": "ida", "password": first})
    assert browser.get(LIST).url == "/form-service/password/"
    new = "wide-river-under-old-stones"
    browser.post("/form-service/password/", {"old": first, "new": new, "again": new})
    assert browser.get(LIST).status_code == 200


def test_a_form_keeps_what_is_imported_as_long_as_is_set_for_it(submissions):
    Submission.objects.filter(pk=submissions[0].pk).update(imported_at=timezone.now() - timedelta(days=40))
    assert retention.remove_finished() == 0
    retention.keep_form("every-en", 1)
    Submission.objects.filter(pk=submissions[1].pk).update(submitted_at=timezone.now() - timedelta(days=900))
    assert retention.remove_finished() == 1
    assert Submission.objects.get().pk == submissions[1].pk


def test_files_are_kept_under_names_that_are_no_more_than_names(page, password):
    published()
    names = {
        "Ansøgning ÆØÅ æøå.csv": "Ansøgning ÆØÅ æøå.csv",
        'attachment "stue".csv': "attachment _stue_.csv",
        "../../etc/passwd.csv": "passwd.csv",
        "..\\windows\\win.csv": "win.csv",
        f"{'å' * 251}.csv": f"{'å' * 147}.csv",
    }
    answers = {
        "Person": {"Name": "Bo Ærø Nielsen", "Cpr": "2512770071", "Company": False},
        "Work": {"Kind": "add", "Area": "62,5", "Rooms": [{"Use": "Kitchen"}]},
    }
    files = [AttachmentToSubmit(name, b"a;b\n", field="Drawings") for name in names]
    reference = submit("every-en", answers, files).reference_id
    sign_in(page, password)
    expect(page.locator("tbody th a")).to_have_count(1)
    page.goto(f"/form-service/dialogues/{reference}/")
    for name, kept in names.items():
        with page.expect_download() as download:
            page.get_by_role("link", name=name, exact=True).click()
        assert download.value.suggested_filename == kept
        assert download.value.path().read_bytes() == b"a;b\n"
