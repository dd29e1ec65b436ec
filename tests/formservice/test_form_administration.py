"""The administrators' pages for forms: a definition becomes a draft, is compared, tried, and published."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from formcase.formservice import forms, retention
from formcase.formservice.administration.sessions import COOKIE, begin_session
from formcase.formservice.models import (
    Administrator,
    Filling,
    FormDraft,
    FormVersion,
    IssuedIdentifiers,
    Status,
    StatusEntry,
    StoredFile,
    Submission,
)
from formcase.formservice.models import Client as FetchingClient
from pages.forms_to_fill_in import everything

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
FORMS = "/form-service/forms/"
ONE = f"{FORMS}every-en/"


def browser_of(name: str) -> Client:
    client = Client()
    client.cookies[COOKIE] = begin_session(Administrator.objects.create(name=name, must_change=False))
    return client


@pytest.fixture
def ida(db) -> Client:
    return browser_of("ida")


@pytest.fixture
def bo(db) -> Client:
    return browser_of("bo")


def changed(**changes: object) -> str:
    return json.dumps({**everything(), **changes})


def upload(browser: Client, text: str, address: str = "/form-service/new-form/", seen: object = ""):
    return browser.post(address, {"text": text, "seen": seen}, follow=True)


def told(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_nobody_sees_or_does_anything_without_signing_in(db):
    forms.publish(everything())
    for address in ("", "every-en/", "every-en/1/json", "every-en/1/preview/", "every-en/compare/", "every-en/draft/"):
        assert Client().get(f"{FORMS}{address}").url.startswith("/form-service/sign-in/")
    assert Client().post(f"{ONE}1/test/").url.startswith("/form-service/sign-in/")
    upload(Client(), changed(version=2))
    assert not FormDraft.objects.exists()
    assert not Filling.objects.exists()


def test_a_definition_becomes_a_draft_and_then_a_version_that_can_be_filled_in(ida):
    upload(ida, changed())
    assert Client().get("/forms/every-en/").status_code == 404
    page = ida.get(f"{ONE}draft/publish/")
    ida.post(f"{ONE}draft/publish/", {"seen": page.context["draft"].revision, "comment": ""})
    assert not FormVersion.objects.exists()  # it must be said what is new
    ida.post(f"{ONE}draft/publish/", {"seen": page.context["draft"].revision, "comment": "The first one"})
    version = FormVersion.objects.get()
    assert (version.published_by, version.comment) == ("ida", "The first one")
    assert Client().get("/forms/every-en/").status_code == 200
    text = ida.get(ONE).content.decode()
    assert "The first one" in text
    assert "Version 1 published" in text


def test_everything_that_is_wrong_is_told_with_its_place_and_nothing_that_was_written_is_lost(ida):
    wrong = '{\n"id": "1",\n"title": "",\n"version": 1,\n"pages": [{"name": "P", "items": [{"feild": "A"}]}]\n}'
    answer = upload(ida, wrong)
    assert [(one.line, one.pointer) for one in answer.context["placed"]] == [(3, "/title"), (5, "/pages/0/items/0")]
    assert answer.context["given"]["text"].value() == wrong
    answer = upload(ida, '{"id": "1",\n}')
    assert "line" in answer.content.decode().lower()
    assert answer.context["placed"][0].line == 2
    assert not FormDraft.objects.exists()


def test_a_file_counts_before_what_is_written(ida, tmp_path):
    file = tmp_path / "form.json"
    file.write_text(changed(title="From the file"), encoding="utf-8")
    with file.open("rb") as content:
        ida.post("/form-service/new-form/", {"text": changed(), "file": content})
    assert FormDraft.objects.get().title == "From the file"


def test_what_is_downloaded_is_taken_again(ida):
    forms.publish(everything())
    text = ida.get(f"{ONE}1/json").content.decode()
    answer = upload(ida, text)
    assert "just as it is published" in answer.context["placed"][0].problem.text
    upload(ida, text.replace('"version": 1', '"version": 2'))
    assert FormDraft.objects.get().version == 2


def test_the_second_of_two_administrators_is_told_and_nothing_is_overwritten(ida, bo):
    upload(ida, changed(title="By Ida"))
    seen = FormDraft.objects.get().revision
    upload(bo, changed(title="By Bo"), f"{ONE}draft/", seen)
    answer = upload(ida, changed(title="By Ida again"), f"{ONE}draft/", seen)
    assert "bo has changed the draft" in told(answer)[0]
    assert "By Ida again" in answer.context["given"]["text"].value()
    answer = ida.post(f"{ONE}draft/publish/", {"seen": seen, "comment": "Mine"}, follow=True)
    assert "Nothing was published" in told(answer)[0]
    assert not FormVersion.objects.exists()
    answer = upload(ida, changed(title="By Ida, new"))
    assert answer.context["has_draft"].changed_by == "bo"
    assert FormDraft.objects.get().title == "By Bo"


def test_two_versions_are_compared_in_words(ida):
    forms.publish(everything())
    pages = everything()["pages"]
    pages[0]["items"][0]["title"] = "Your name"
    upload(ida, changed(version=2, pages=pages))
    text = ida.get(f"{ONE}compare/").content.decode()
    assert "Changed" in text
    assert "<del>Full name</del>" in text
    assert "<ins>Your name</ins>" in text
    assert ida.get(f"{ONE}compare/?from=1&to=1").context["sections"] == ()
    assert ida.get(f"{ONE}compare/?from=1&to=7").status_code == 404


def test_a_preview_is_filled_in_and_nothing_is_kept(ida):
    upload(ida, changed())
    address = f"{ONE}draft/preview/"
    page = ida.get(address)

    def step(page, **posted: str):
        return ida.post(address, {"state": page.context["state"], "at": page.context["at"], **posted})

    assert "Preview" in page.content.decode()
    person = {f"q-0-{number}": "" for number in range(5)}
    page = step(page, **person, go="next")
    assert "must be answered" in page.content.decode()
    person |= {"q-0-0": "Bo", "q-0-1": "251277-0071", "q-0-4": "true"}
    page = step(page, **person, go="next")
    assert "There are more questions here" in page.content.decode()
    page = step(page, **{**person, "q-0-4": "false"}, go="next")
    assert page.context["page_title"] == "What is built"
    page = step(page, **{"q-1-8-entries": "1", "go": "add:1-8"})
    assert len(next(item for item in page.context["items"] if item.is_group).entries) == 2
    work = {f"q-1-{number}": "" for number in range(8)}
    page = step(page, **work | {"q-1-0": "add", "q-1-4": "62,5", "q-1-8-entries": "0"}, go="next")
    page = step(page, go="next")
    assert page.context["is_complete"]
    assert "Bo" in page.content.decode()
    page = step(page, go="page:0")
    assert page.context["page_title"] == "About you"
    assert not Filling.objects.exists()
    assert not IssuedIdentifiers.objects.exists()


@pytest.mark.parametrize("state", ["", "[1, 2]", '[{"Person": 7}, ["x"]]', "[" * 5000, '{"a": 1}'])
def test_a_preview_that_comes_back_spoilt_begins_again(ida, state):
    forms.publish(everything())
    answer = ida.post(f"{ONE}1/preview/", {"state": state, "at": "page/1", "go": "next"})
    assert answer.status_code == 200


@pytest.fixture
def sent_test(ida) -> Filling:
    upload(ida, changed())
    begun = ida.post(f"{ONE}draft/test/")
    base = begun.url.removesuffix("1/")
    ida.post(f"{base}1/", {"q-0-0": "Bo", "q-0-1": "251277-0071", "q-0-4": "false", "go": "next"})
    ida.post(f"{base}2/", {"q-1-0": "add", "q-1-4": "62,5", "q-1-8-entries": "0", "go": "next"})
    ida.post(f"{base}4/", {"q-file-0": SimpleUploadedFile("north.png", PNG), "go": "next"})
    summary = ida.get(f"{base}summary/")
    assert summary.context["is_complete"], summary.content.decode()
    ida.post(f"{base}summary/", {"seen": summary.context["seen"]})
    return Filling.objects.get()


def test_a_test_becomes_documents_and_no_submission(ida, sent_test):
    base = f"/form-service/form-tests/{sent_test.key}/"
    page = ida.get(f"{base}result/").content.decode()
    assert "251277-0071" in page
    assert "FileClass_Value" in page
    xml = ida.get(f"{base}xml").content.decode()
    assert f'referenceId="TEST-{sent_test.pk}"' in xml
    assert 'name="north.png"' in xml
    assert ida.get(f"{base}pdf").content.startswith(b"%PDF")
    upload = sent_test.uploads.get()
    assert b"".join(ida.get(f"{base}files/{upload.key}")).startswith(b"\x89PNG")
    assert not Submission.objects.exists()
    assert not StoredFile.objects.exists()
    assert not IssuedIdentifiers.objects.exists()


def test_a_test_is_open_to_administrators_alone_and_is_sent_once(bo, sent_test):
    base = f"/form-service/form-tests/{sent_test.key}/"
    assert Client().get(f"{base}result/").url.startswith("/form-service/sign-in/")
    assert Client().get(f"/forms/every-en/{sent_test.key}/summary/").status_code == 404
    assert bo.get(f"{base}summary/").url == f"{base}result/"
    assert bo.get(f"{base}1/").url == f"{base}result/"
    assert bo.get("/form-service/form-tests/made-up/result/").url == "/form-service/forms/"


def test_a_page_of_a_test_is_guarded_against_forged_requests(ida):
    forms.publish(everything())
    begun = ida.post(f"{ONE}1/test/")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = ida.cookies
    assert strict.post(begun.url, {"q-0-0": "Eve", "go": "next"}).status_code == 403
    assert Filling.objects.get().answers == {}


def test_the_list_tells_versions_drafts_and_who_gets_what(ida):
    forms.publish(everything())
    upload(ida, changed(id="new-one"))
    everywhere = FetchingClient.objects.create(client_id="everywhere", form_ids=None)
    own = FetchingClient.objects.create(client_id="own", form_ids=["every-en"])
    page = ida.get(FORMS)
    rows = {row.form_id: row for row in page.context["rows"]}
    assert (rows["every-en"].clients, rows["new-one"].clients) == ((everywhere, own), (everywhere,))
    assert f"/form-service/clients/{own.pk}/" in page.content.decode()
    assert (rows["every-en"].newest.version, rows["every-en"].draft) == (1, None)
    assert rows["new-one"].newest is None
    assert rows["new-one"].draft.version == 1


def submission(number: int, status: str = Status.IMPORTED, days_ago: int = 0) -> Submission:
    """One of the form, Imported so many days ago."""
    at = timezone.now() - timedelta(days=days_ago)
    return Submission.objects.create(
        submission_id=f"s-{number}",
        reference_id=f"R-{number}",
        form_id="every-en",
        form_title="Building permit",
        form_version=1,
        submitted_at=at,
        status=status,
        imported_at=at if status == Status.IMPORTED else None,
    )


def test_a_shorter_retention_is_asked_once_more_and_written_down(ida):
    forms.publish(everything())
    submission(1, days_ago=60)
    submission(2, days_ago=20)
    submission(3, Status.DELIVERED, days_ago=900)
    address = "/form-service/retention/every-en/"
    assert "30" in str(ida.post(address, {"days": "29"}).context["given"].errors["days"])
    assert ida.get("/form-service/retention/").context["due"] == 0
    assert ida.post(address, {"days": "30"}).context["would_go"] == 1
    assert retention.keep_days_of("every-en") == 90
    ida.post(address, {"days": "30", "sure_of": "1"})
    page = ida.get("/form-service/retention/")
    assert page.context["due"] == 1
    assert "ida · every-en: Kept after Imported: 30 days (before: as everywhere)" in page.content.decode()
    assert retention.remove_finished() == 1
    assert set(Submission.objects.values_list("submission_id", flat=True)) == {"s-2", "s-3"}
    ida.post(address, {"days": ""})
    assert retention.keep_days_of("every-en") == 90


def test_the_chart_tells_what_became_what_on_each_day(ida):
    forms.publish(everything())
    blocked, other = submission(1), submission(2)
    today = timezone.now()
    told = [(blocked, "Submitted", 3), (blocked, "TemporaryBlocked", 2), (blocked, "TemporaryBlocked", 2)]
    told += [(blocked, "Imported", 0), (other, "Submitted", 0), (other, "Submitted", 40)]
    for one, status, days in told:
        entry = StatusEntry.objects.create(submission=one, status=status, at=today)
        StatusEntry.objects.filter(pk=entry.pk).update(recorded_at=today - timedelta(days=days))
    figure = ida.get("/form-service/dialogues-over-time/").context["chart"]
    assert [row.counts for row in figure.table[:4]] == [(1, 0, 0, 1), (0, 0, 0, 0), (0, 0, 1, 0), (1, 0, 0, 0)]
    assert figure.legend[0].count == 2
    longer = ida.get("/form-service/dialogues-over-time/?days=90&form=every-en").context["chart"]
    assert longer.legend[0].count == 3
    assert ida.get("/form-service/dialogues-over-time/?days=7&form=made-up").status_code == 200
