"""A citizen fills in a form: with and without JavaScript, by keyboard, with mistakes, and twice."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from formcase.formservice.models import Filling, StoredFile, Submission, Upload
from formcase.formservice.stored_files import open_stored
from pages.browsing import LANGUAGES
from pages.forms_to_fill_in import published

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def drawings(tmp_path) -> dict[str, Path]:
    files = {"north.png": PNG, "plan (æøå).pdf": PDF, "wrong.pdf": b"MZ\x90\0 a program", "run.exe": b"MZ\x90\0"}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    return {name: tmp_path / name for name in files}


@pytest.fixture
def bare(browser, live_server) -> Page:
    """A page of a browser without JavaScript."""
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, locale="en-GB")
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def begin(page: Page, language: str = "en") -> None:
    published(language)
    page.goto("/forms/")
    page.get_by_role("link", name="Building permit" if language == "en" else "Byggetilladelse").click()
    page.get_by_role("button", name="Begin" if language == "en" else "Begynd").click()


def next_page(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^(Next|Næste)$")).last.click()


def fill_person(page: Page) -> None:
    page.get_by_label("Full name").fill("Bo Ærø Nielsen")
    page.get_by_label("CPR number").fill("251277-0071")
    page.get_by_label("No", exact=True).check()
    next_page(page)


def fill_work(page: Page) -> None:
    page.get_by_label("Extension").check()
    page.get_by_label("Area in m²").fill("62,5")
    page.get_by_label("Use").fill("Kitchen")
    next_page(page)


def attach_drawing(page: Page, path: Path) -> None:
    page.get_by_label("Drawings of the building").set_input_files(path)
    expect(page.get_by_role("button", name=f"Remove {path.name}")).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_on_the_way_is_accessible_and_fits_a_phone(page, check_page, drawings, live_server, language):
    page.context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    published(language)
    page.goto("/forms/")
    check_page(page, f"forms-{language}")
    page.goto(f"/forms/every-{language}/")
    assert page.locator("html").get_attribute("lang") == language
    check_page(page, f"form-start-{language}")
    page.get_by_role("button", name=re.compile("Begin|Begynd")).click()
    check_page(page, f"form-person-{language}")
    next_page(page)
    expect(page.get_by_role("alert")).to_be_visible()
    check_page(page, f"form-person-errors-{language}")
    page.locator("#q-0-0").fill("Bo Ærø Nielsen")
    page.locator("#q-0-1").fill("251277-0071")
    page.locator("#q-0-4-1").check()
    page.locator("#q-0-5").fill("12345674")
    next_page(page)
    page.locator("#q-1-0-2").check()
    page.locator("#q-1-1-1").check()
    page.locator("#q-1-4").fill("62,5")
    page.locator("#q-1-8-1-0").fill("Køkken")
    page.get_by_role("button", name=re.compile("^(Add|Tilføj)")).click()
    expect(page.locator("#q-1-8-2-0")).to_be_visible()
    check_page(page, f"form-work-{language}")
    next_page(page)
    check_page(page, f"form-road-{language}")
    next_page(page)
    page.locator("#q-file-0").set_input_files([drawings["north.png"], drawings["wrong.pdf"]])
    expect(page.locator(".attached li")).to_have_count(1)
    check_page(page, f"form-papers-{language}")
    next_page(page)
    check_page(page, f"form-summary-{language}")
    page.get_by_role("button", name=re.compile("^Send$")).click()
    expect(page.locator(".secret")).to_be_visible()
    check_page(page, f"form-receipt-{language}")


def test_a_form_is_filled_in_and_sent_with_its_files(page, drawings):
    begin(page)
    fill_person(page)
    fill_work(page)
    attach_drawing(page, drawings["north.png"])
    attach_drawing(page, drawings["plan (æøå).pdf"])
    next_page(page)
    expect(page.get_by_text("Bo Ærø Nielsen")).to_be_visible()
    page.get_by_role("button", name="Send").click()
    submission = Submission.objects.get()
    expect(page.locator(".secret")).to_have_text(submission.reference_id)
    names = StoredFile.objects.filter(kind="attachment").order_by("number").values_list("name", flat=True)
    assert list(names) == ["north.png", "plan (æøå).pdf"]
    with open_stored(StoredFile.objects.get(name="north.png").location) as content:
        assert content.read() == PNG
    xml = open_stored(StoredFile.objects.get(kind="xml").location).read().decode()
    assert ">62.5<" in xml
    assert ">Kitchen<" in xml
    assert ">2512770071<" in xml
    assert (
        page.request.get(page.get_by_role("link", name="The receipt (PDF)").get_attribute("href")).body()[:5]
        == b"%PDF-"
    )
    assert not Upload.objects.exists()
    assert Filling.objects.get().answers == {}


def test_what_is_wrong_is_told_with_links_to_the_fields_and_what_was_typed_stays(page):
    begin(page)
    page.get_by_label("Full name").fill("Bo")
    page.get_by_label("CPR number").fill("311312-1234")
    page.get_by_label("E-mail").fill("bo@")
    next_page(page)
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_count(3)
    expect(page.get_by_text("Filled in")).to_have_count(0)
    expect(page.get_by_label("E-mail")).to_have_value("bo@")
    expect(page.get_by_label("E-mail")).to_have_attribute("aria-invalid", "true")
    summary.get_by_role("link", name=re.compile("CPR number")).click()
    expect(page.get_by_label("CPR number")).to_be_focused()
    page.reload()
    expect(page.get_by_label("CPR number")).to_have_value("311312-1234")


def test_a_question_that_follows_from_an_answer_is_asked_at_once(page):
    begin(page)
    expect(page.get_by_label("CVR number")).to_be_hidden()
    page.get_by_label("Full name").fill("Bo")
    page.get_by_label("Yes").check()
    expect(page.get_by_label("CVR number")).to_be_visible()
    expect(page.get_by_label("Full name")).to_have_value("Bo")
    expect(page.get_by_label("Yes")).to_be_focused()
    page.get_by_label("No", exact=True).check()
    expect(page.get_by_label("CVR number")).to_be_hidden()


def test_what_is_typed_is_kept_without_any_button(page):
    begin(page)
    page.get_by_label("Full name").fill("Bo Ærø Nielsen")
    expect(page.get_by_text("What you have filled in is kept.")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Full name")).to_have_value("Bo Ærø Nielsen")


def test_without_javascript_everything_works(bare, drawings):
    begin(bare)
    bare.get_by_label("Full name").fill("Bo Ærø Nielsen")
    bare.get_by_label("CPR number").fill("251277-0071")
    bare.get_by_label("Yes").check()
    next_page(bare)
    expect(bare.get_by_text("There are more questions here because of what you answered.")).to_be_visible()
    bare.get_by_label("CVR number").fill("12345674")
    next_page(bare)
    bare.get_by_label("Area in m²").fill("lots")
    bare.get_by_label("Use").fill("Kitchen")
    bare.get_by_role("button", name="Add: Room").click()
    expect(bare.get_by_label("Area in m²")).to_have_value("lots")
    bare.get_by_label("Use").nth(1).fill("Bedroom")
    bare.get_by_role("button", name="Remove Room 1").click()
    expect(bare.get_by_label("Use")).to_have_count(1)
    expect(bare.get_by_label("Use")).to_have_value("Bedroom")
    bare.get_by_label("Extension").check()
    bare.get_by_label("Area in m²").fill("62.5")
    next_page(bare)
    bare.get_by_label("Drawings of the building").set_input_files([drawings["north.png"], drawings["run.exe"]])
    bare.get_by_role("button", name="Attach the chosen files").first.click()
    expect(bare.get_by_text("“run.exe” was not attached.")).to_be_visible()
    expect(bare.locator(".attached li")).to_have_count(1)
    bare.get_by_role("button", name="Remove north.png").click()
    expect(bare.locator(".attached li")).to_have_count(0)
    bare.get_by_label("Drawings of the building").set_input_files(drawings["north.png"])
    next_page(bare)
    bare.get_by_role("button", name="Send").click()
    expect(bare.locator(".secret")).to_have_text(Submission.objects.get().reference_id)


def test_sending_twice_makes_one_submission(page, context, drawings):
    begin(page)
    fill_person(page)
    fill_work(page)
    attach_drawing(page, drawings["north.png"])
    next_page(page)
    summary = page.url
    other = context.new_page()
    other.goto(summary)
    page.get_by_role("button", name="Send").dblclick()
    expect(page.locator(".secret")).to_be_visible()
    reference = page.locator(".secret").inner_text()
    page.reload()
    page.go_back()
    other.get_by_role("button", name="Send").click()
    expect(other.locator(".secret")).to_have_text(reference)
    page.goto(summary)
    expect(page.locator(".secret")).to_have_text(reference)
    assert Submission.objects.count() == 1


def test_a_form_is_filled_in_by_keyboard_alone(page):
    begin(page)
    page.get_by_label("Full name").focus()
    page.keyboard.type("Bo")
    page.keyboard.press("Tab")
    page.keyboard.type("2512770071")
    for _field in ("E-mail", "Phone", "Company"):
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")  # from yes to no
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Next").last).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What is built")).to_be_visible()
    page.get_by_label("Use").fill("Kitchen")
    page.keyboard.press("Enter")  # goes on and removes no room
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Use")).to_have_value("Kitchen")


def test_another_browser_does_not_see_what_was_typed(page, browser, live_server):
    begin(page)
    page.get_by_label("Full name").fill("Bo Ærø Nielsen")
    expect(page.get_by_text("What you have filled in is kept.")).to_be_visible()
    other = browser.new_context(base_url=live_server.url).new_page()
    answer = other.goto(page.url)
    assert answer.status == 404
    expect(other.get_by_text("Bo Ærø Nielsen")).to_have_count(0)
    other.context.close()


def test_a_file_that_is_too_large_is_told_before_it_is_sent(page, tmp_path):
    begin(page)
    fill_person(page)
    fill_work(page)
    for name, size in (("plan.csv", 10), ("film.csv", 2_000_001)):
        (tmp_path / name).write_bytes(b"x" * size)
    sent: list[int] = []
    page.on("request", lambda request: sent.append(len(request.post_data_buffer or b"")))
    page.get_by_label("Drawings of the building").set_input_files([tmp_path / "plan.csv", tmp_path / "film.csv"])
    expect(page.get_by_role("button", name="Remove plan.csv")).to_be_visible()
    expect(page.get_by_text("“film.csv” was not attached. The file is too large: at most 2 MB")).to_be_visible()
    assert max(sent) < 100_000
    page.get_by_label("Drawings of the building").set_input_files(tmp_path / "film.csv")
    expect(page.get_by_role("alert")).to_contain_text("film.csv")


def test_files_dropped_on_the_page_are_attached_and_a_wrong_one_is_refused(page):
    begin(page)
    fill_person(page)
    fill_work(page)
    dropped = """(zone, files) => {
        const transfer = new DataTransfer();
        for (const [name, text] of files) transfer.items.add(new File([text], name));
        for (const kind of ["dragover", "drop"])
            zone.dispatchEvent(new DragEvent(kind, {dataTransfer: transfer, bubbles: true, cancelable: true}));
    }"""
    zone = page.locator("[data-drop]").first
    zone.evaluate(f"(zone) => ({dropped})(zone, [['rooms.csv', 'a;b'], ['wrong.pdf', 'no pdf']])")
    expect(page.get_by_role("button", name="Remove rooms.csv")).to_be_visible()
    expect(page.get_by_text("“wrong.pdf” was not attached.")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Remove rooms.csv")).to_be_visible()
