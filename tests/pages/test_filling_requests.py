"""Filling in beneath the pages: what was typed is kept, sent once, counted against the limits, and removed."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from formcase.formservice import forms
from formcase.formservice.filling import drafts
from formcase.formservice.filling.sending import SentChanged, seen, send
from formcase.formservice.models import Filling, StoredFile, Submission, Upload
from formcase.formservice.stored_files import open_stored
from formservice.rooms import ROOMS

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


@pytest.fixture
def draft(transactional_db) -> Filling:
    filling = drafts.begin(forms.publish(ROOMS), "secret of the browser")
    drafts.keep_page(filling, drafts.form_of(filling).pages[0], 0, {"q-0-0": ["Bo"]})
    return filling


@pytest.fixture
def browser(draft) -> Client:
    client = Client()
    client.cookies["formservice_filling"] = "secret of the browser"
    return client


def address(draft: Filling, name: str = "page", **further: object) -> str:
    keys = {"form_id": draft.form_id, "key": draft.key, **further}
    return reverse(f"forms:{name}", kwargs=keys | ({"number": 1} if name == "page" else {}))


def attach(browser: Client, draft: Filling, name: str, content: bytes, control: str = "q-file-0"):
    file = io.BytesIO(content)
    file.name = name
    return browser.post(address(draft), {control: file, "go": "attach:Photos"}, follow=True)


def test_sending_at_the_same_time_makes_one_submission(draft):
    before = seen(draft)

    def once(_number: int) -> str:
        try:
            return send(draft, before).reference_id
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        references = set(threads.map(once, range(4)))
    assert references == {Submission.objects.get().reference_id}
    assert Submission.objects.count() == 1


def test_what_the_person_did_not_see_is_not_sent(draft):
    before = seen(draft)
    drafts.keep_page(draft, drafts.form_of(draft).pages[0], 0, {"q-0-0": ["Eve"]})
    with pytest.raises(SentChanged):
        send(draft, before)
    assert not Submission.objects.exists()


def test_a_step_that_is_gone_back_to_from_the_summary_sends_nothing(draft, browser):
    answer = browser.post(address(draft, "summary"), {"seen": seen(draft), "go": "page:0"})
    assert answer.url == address(draft)
    assert not Submission.objects.exists()


def test_an_attached_file_becomes_the_submissions_own(draft, browser):
    attach(browser, draft, "plan.png", PNG)
    upload = Upload.objects.get()
    draft.refresh_from_db()
    send(draft, seen(draft))
    stored = StoredFile.objects.get(kind="attachment")
    assert (stored.location, stored.name, stored.field) == (upload.location, "plan.png", "Photos")
    assert open_stored(stored.location).read() == PNG
    assert not Upload.objects.exists()


def test_limits_hold_for_a_file_a_field_and_the_form(draft, browser):
    assert "too large: at most 100 B" in attach(browser, draft, "big.png", PNG + b"\0" * 100).content.decode()
    attach(browser, draft, "1.png", PNG)
    attach(browser, draft, "2.png", PNG)
    assert "Together the files" in attach(browser, draft, "3.png", PNG).content.decode()
    assert [upload.name for upload in Upload.objects.order_by("pk")] == ["1.png", "2.png"]


def test_a_field_for_one_file_has_the_newest(draft, browser):
    for name in ("first.png", "second.png"):
        attach(browser, draft, name, PNG, "q-file-1")
    assert Upload.objects.get().name == "second.png"


def test_a_file_name_is_data_and_never_a_path(draft, browser, settings):
    attach(browser, draft, "..\\..\\etc\\cron.png", PNG)
    upload = Upload.objects.get()
    assert "/" not in upload.name
    assert "cron" not in upload.location


def test_a_file_with_too_long_a_name_is_refused(draft, browser):
    answer = attach(browser, draft, f"{'å' * 300}.png", PNG)
    assert "at most 255 characters" in answer.content.decode()
    assert attach(browser, draft, f"{'å' * 10_000}.png", PNG).status_code == 400  # no browser sends such a name
    assert not Upload.objects.exists()


def test_nothing_is_left_of_a_request_without_its_token(draft, run_folder):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies["formservice_filling"] = "secret of the browser"
    assert attach(strict, draft, "plan.png", PNG).status_code == 403
    assert not Upload.objects.exists()
    assert list((run_folder / "data" / "uploads").iterdir()) == []


def test_after_it_was_sent_every_page_leads_to_the_receipt(draft, browser):
    send(draft, seen(draft))
    receipt = address(draft, "receipt")
    for name in ("page", "summary"):
        assert browser.get(address(draft, name)).url == receipt
        assert browser.post(address(draft, name), {"q-0-0": "Eve", "go": "next"}).url == receipt
    draft.refresh_from_db()
    assert draft.answers == {}


def test_a_draft_is_another_browsers_business_no_more_than_one_that_is_not_there(draft):
    stranger = Client()
    stranger.cookies["formservice_filling"] = "another secret"
    for name in ("page", "summary", "receipt", "receipt_pdf"):
        assert stranger.get(address(draft, name)).status_code == 404
    assert stranger.post(address(draft), {"q-0-0": "Eve"}).status_code == 404


def test_an_incomplete_form_is_not_sent(browser, draft):
    drafts.keep_page(draft, drafts.form_of(draft).pages[0], 0, {"q-0-0": [""]})
    answer = browser.post(address(draft, "summary"), {"seen": seen(draft)}, follow=True)
    assert "The form can't be sent yet" in answer.content.decode()
    assert not Submission.objects.exists()


def test_a_page_with_a_made_up_button_changes_nothing_else(browser, draft):
    for go in (
        "add:",
        "add:9-9",
        "remove:0-3:x",
        "remove:0-3:99",
        "detach:Photos:none",
        "detach:Nope:x",
        "page:99",
        "x",
    ):
        assert browser.post(address(draft), {"q-0-0": "Bo", "go": go}).status_code == 302
    assert browser.get(address(draft).replace("/1/", "/7/")).status_code == 404


@override_settings(FORMSERVICE_DRAFT_HOURS=24)
def test_a_draft_that_nobody_touches_is_removed_with_its_files(draft, browser):
    attach(browser, draft, "plan.png", PNG)
    location = Upload.objects.get().location
    assert drafts.remove_abandoned() == 0
    Filling.objects.update(changed_at=timezone.now() - timedelta(hours=25))
    assert drafts.remove_abandoned() == 1
    assert not Filling.objects.exists()
    with pytest.raises(FileNotFoundError):
        open_stored(location)
