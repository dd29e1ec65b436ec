"""The administrators' pages for forms in the browser: usable at both widths and in both languages, with a preview and
a test of a form that is not published yet."""

import json
import re

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from formcase.formservice import form_drafts, forms
from formcase.formservice.administration.sessions import COOKIE, begin_session
from formcase.formservice.models import Administrator, Client, Submission
from formcase.formservice.submitting import AttachmentToSubmit, submit
from pages.forms_to_fill_in import everything

FORMS = "/form-service/forms/"
ANSWERS = {
    "Person": {"Name": "Bo Ærø Nielsen", "Cpr": "2512770071", "Company": False},
    "Work": {"Kind": "add", "Area": "62,5", "Rooms": [{"Use": "Kitchen"}]},
}


@pytest.fixture
def ida(page, context, live_server, transactional_db, language) -> Page:
    """A page of an administrator, in the language."""
    page.set_default_timeout(60_000)  # whatever else the machine has to do
    administrator = Administrator.objects.create(name="ida", must_change=False)
    cookies = {COOKIE: begin_session(administrator), settings.LANGUAGE_COOKIE_NAME: language}
    context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
    Client.objects.create(client_id="municipal-workflow", form_ids=None)
    Client.objects.create(client_id="archive", form_ids=[f"every-{language}"])
    forms.publish(everything(language), by="bo", comment="The first one")
    submit(f"every-{language}", ANSWERS, [AttachmentToSubmit("plan.csv", b"a;b\n", field="Drawings")])
    return page


def second_version(language: str) -> str:
    """With a question more, one less, and one that is put otherwise."""
    document = everything(language) | {"version": 2}
    person = document["pages"][0]["items"]
    person[0] = {**person[0], "title": "Navn" if language == "da" else "Name", "help": "Som i passet"}
    del person[3]
    person.append({"field": "Title", "title": "Titel", "shownWhen": {"answer": "{Person.Company}", "is": True}})
    return json.dumps(document, ensure_ascii=False, indent=2)


def press(page: Page, names: str) -> None:
    page.get_by_role("main").get_by_role("button", name=re.compile(f"^({names})$")).click()


def follow(page: Page, names: str) -> None:
    page.get_by_role("main").get_by_role("link", name=re.compile(f"^({names})$")).first.click()


@pytest.mark.long
@pytest.mark.parametrize("language", ["da"])
def test_a_form_is_changed_tried_and_published_at_both_widths(ida, check_page, language):
    page = ida
    page.goto(FORMS)
    check_page(page, f"form-list-{language}")
    follow(page, "Upload a form|Upload en formular")
    page.get_by_label(re.compile("Or the definition itself|Eller selve definitionen")).fill('{"id": "1",\n}')
    press(page, "Keep as draft|Gem som kladde")
    text = page.get_by_label(re.compile("Or the definition itself|Eller selve definitionen"))
    text.fill(second_version(language).replace('"required"', '"requierd"', 1).replace('"cvr"', '"cpv"'))
    press(page, "Keep as draft|Gem som kladde")
    expect(page.get_by_role("row")).to_have_count(3)
    check_page(page, f"form-wrong-{language}")
    page.get_by_label(re.compile("Or the definition itself|Eller selve definitionen")).fill(second_version(language))
    press(page, "Keep as draft|Gem som kladde")
    check_page(page, f"form-{language}")
    follow(page, "What is different.|Hvad er anderledes.")
    check_page(page, f"form-compare-{language}")
    page.go_back()
    see_preview(page, check_page, language)
    send_test(page, check_page, language)
    page.goto(f"/form-service/retention/every-{language}/")
    page.get_by_label(re.compile("Days after Imported|Dage efter Importeret")).fill("20")
    press(page, "Save|Gem")
    check_page(page, f"retention-form-{language}")
    page.goto(f"{FORMS}every-{language}/draft/throw-away/")
    check_page(page, f"form-throw-away-{language}")
    page.goto(f"{FORMS}every-{language}/")
    follow(page, "Publish|Udgiv")
    page.get_by_label(re.compile("What is new|Hvad er nyt")).fill("Title and help")
    check_page(page, f"form-publish-{language}")
    press(page, "Publish|Udgiv")
    expect(page.get_by_text("Title and help")).to_be_visible()
    assert forms.newest()[0].version == 2
    assert Submission.objects.count() == 1


def see_preview(page: Page, check_page, language: str) -> None:
    """The first page of the draft, with a question that an answer brings."""
    follow(page, "Preview|Forhåndsvisning")
    expect(page.get_by_label("Titel")).to_have_count(0)
    page.get_by_label(re.compile("^(Yes|Ja)$")).check()
    expect(page.get_by_label("Titel")).to_be_visible()
    check_page(page, f"form-preview-{language}")
    follow(page, "Back to the administration|Tilbage til administrationen")


def send_test(page: Page, check_page, language: str) -> None:
    """Fill the draft in and send it as a test."""
    page.locator(".draft").get_by_role("button", name=re.compile("Test it|Prøv den")).click()
    page.get_by_label(re.compile("^(Name|Navn)$")).fill("Bo Ærø Nielsen")
    page.get_by_label(re.compile("^CPR")).fill("251277-0071")
    page.get_by_label(re.compile("^(No|Nej)$")).check()
    check_page(page, f"form-test-page-{language}")
    press(page, "Next|Næste")
    page.get_by_label(re.compile("Extension|Tilbygning")).check()
    page.get_by_label(re.compile("^(Area in|Areal i)")).fill("62,5")
    page.get_by_label(re.compile("^(Use|Anvendelse)")).fill("Kitchen")
    press(page, "Next|Næste")
    drawing = {"name": "plan.csv", "mimeType": "text/csv", "buffer": b"a;b\n"}
    page.get_by_label(re.compile("^(Drawings of|Tegninger af)")).set_input_files(drawing)
    expect(page.get_by_role("button", name=re.compile("plan.csv"))).to_be_visible()
    press(page, "Next|Næste")
    check_page(page, f"form-test-summary-{language}")
    press(page, "Send as a test|Send som prøve")
    expect(page.get_by_text("251277-0071")).to_be_visible()
    check_page(page, f"form-test-{language}")


@pytest.mark.parametrize("language", ["en"])
def test_the_pages_are_accessible_and_fit_a_phone(ida, check_page, language):
    page = ida
    form_drafts.keep(second_version(language), "bo", seen=None)
    for name, address in {
        "form-list": "forms/",
        "form": "forms/every-en/",
        "form-draft": "forms/every-en/draft/",
        "form-compare": "forms/every-en/compare/",
        "retention": "retention/",
        "over-time": "dialogues-over-time/?days=90",
    }.items():
        page.goto(f"/form-service/{address}")
        check_page(page, f"{name}-{language}")
