"""The workflow log in the browser: live, to be paused, narrowed, and as a file."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

from django.utils import timezone
from playwright.sync_api import expect

from formcase.accounts.roles import Role
from formcase.configurator.pages import workflow_log
from formcase.messages import message
from formcase.workflows.models import PersonIndex
from formcase.workflows.person_index import person_token
from pages import filed

NUMBER = "1111111118"  # invented


def lines(page) -> list[str]:
    return page.locator("#log-lines tbody tr").all_inner_texts()


def test_new_lines_appear_by_themselves_until_they_are_paused(sign_in, check_page, monkeypatch):
    monkeypatch.setattr(workflow_log, "EVERY", 1)
    record = filed.submission(filed.workflow())
    filed.log(record, "recorded", message("Found at the form service: form {form}", form="800636"))
    page = sign_in(Role.VIEWER)
    page.goto("/log/")
    check_page(page, "workflow-log")
    page.reload()  # the accessibility check leaves styles behind
    rows = page.locator("#log-lines tbody tr")
    before = rows.count()
    filed.log(record, "fetched", message("Fetched just now"), duration=1.5)
    expect(rows).to_have_count(before + 1, timeout=15_000)
    expect(rows.first).to_contain_text("Fetched just now")
    expect(rows.first).to_contain_text("1.50 s")
    page.get_by_role("button", name="Pause").click()
    button = page.get_by_role("button", name="Go on")
    expect(button).to_be_focused()
    check_page(page, "workflow-log-paused")
    filed.log(record, "planned", message("Planned meanwhile"))
    page.wait_for_timeout(1500)
    assert rows.count() == before + 1
    button.click()
    expect(rows.first).to_contain_text("Planned meanwhile", timeout=15_000)


def test_an_unchanged_log_is_not_put_into_the_page_again(sign_in):
    filed.log(filed.submission(filed.workflow()), "recorded", message("Found"))
    page = sign_in(Role.VIEWER)
    page.goto("/log/")
    seen = page.locator("#log-seen").input_value()
    assert page.request.get(f"/log/lines/?seen={seen}").status == 204
    assert page.request.get("/log/lines/?seen=other").status == 200


def test_filters_narrow_the_log(sign_in):
    flags, permits = filed.workflow(), filed.workflow("Building permits")
    one = filed.submission(flags)
    other = filed.imported(permits, form_id="800711")
    old = timezone.now() - timedelta(days=9)
    filed.log(one, "recorded", message("Found long ago"), at=old)
    filed.log(one, "temporary blocked", message("Nobody answers"), level="error")
    filed.log(one, "delivered", message("A detail"), level="debug")
    filed.log(other, "imported", message("Imported"))
    page = sign_in(Role.VIEWER)

    def shown(**narrowing: str) -> list[str]:
        page.goto("/log/")
        for label, value in narrowing.items():
            field = page.get_by_label(label.replace("_", " "), exact=True)
            if field.evaluate("element => element.tagName") == "SELECT":
                field.select_option(label=value)
            else:
                field.fill(value)
        page.get_by_role("button", name="Show").click()
        return [line for line in lines(page) if "FC" in line]

    assert len(shown()) == 3
    assert len(shown(**{"Level,_at_least": "Detail"})) == 4
    (line,) = shown(**{"Level,_at_least": "Error"})
    assert "Nobody answers" in line
    for narrowing in (
        {"Service_workflow": "Building permits"},
        {"Form_ID": "800711"},
        {"Status_now": "Imported"},
        {"Reference_ID": other.reference_id},
        {"Case_number": other.filed["cases"][0]["number"]},
        {"Words": "imported"},
    ):
        (line,) = shown(**narrowing)
        assert other.reference_id in line, narrowing
    (line,) = shown(To=(timezone.localtime() - timedelta(days=8)).strftime("%Y-%m-%dT%H:%M"))
    assert "Found long ago" in line
    assert len(shown(From=(timezone.localtime() - timedelta(days=8)).strftime("%Y-%m-%dT%H:%M"))) == 2


def test_a_person_is_looked_for_without_the_number_in_any_address(sign_in, check_page):
    workflow = filed.workflow()
    mine, other = filed.submission(workflow), filed.submission(workflow)
    for record in (mine, other):
        filed.log(record, "recorded", message("Found"))
    PersonIndex.objects.create(digest=bytes.fromhex(person_token(NUMBER)), submission=mine)
    page = sign_in(Role.VIEWER)
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.goto("/log/?level=debug")
    page.get_by_label("Person's or company's number").fill(NUMBER)
    page.get_by_role("button", name="Look for it").click()
    expect(page.get_by_role("main")).to_contain_text("Only what belongs to one person or company.")
    (line,) = lines(page)
    assert mine.reference_id in line
    assert "level=debug" in page.url
    check_page(page, "workflow-log-person")
    page.get_by_role("link", name="Show all again").click()
    assert len(lines(page)) > 1
    assert addresses
    assert not [address for address in addresses if NUMBER in address]


def test_what_is_no_number_is_told_and_not_kept(sign_in):
    page = sign_in(Role.VIEWER)
    page.goto("/log/")
    page.get_by_label("Person's or company's number").fill("12345")
    page.get_by_role("button", name="Look for it").click()
    expect(page.locator("#messages")).to_contain_text("That is no person's or company's number")
    assert "12345" not in page.content()


def test_older_lines_are_a_page_away_and_stand_still(sign_in):
    record = filed.submission(filed.workflow())
    start = datetime(2026, 11, 1, tzinfo=UTC)
    for number in range(70):
        filed.log(record, "waits", message("Line {number}", number=number), at=start + timedelta(minutes=number))
    page = sign_in(Role.VIEWER)
    page.goto(f"/log/?reference={record.reference_id}")
    first = lines(page)
    page.get_by_role("link", name="Older").click()
    found = first + lines(page)
    assert [f"Line {number}" in line for number, line in zip(reversed(range(70)), found, strict=True)] == [True] * 70
    expect(page.get_by_role("button", name="Pause")).to_have_count(0)


def test_the_export_holds_all_that_was_found_and_no_formula(sign_in):
    workflow = filed.workflow("=HYPERLINK(1)")
    record = filed.submission(workflow)
    for text in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", 'plain; and, “quoted"'):
        filed.log(record, "waits", message("{text}", text=text))
    hidden = message("{value} is no date.", value="my secret illness", hidden=("value",))
    filed.log(record, "can't be filed as it is", hidden)
    page = sign_in(Role.VIEWER)
    answer = page.request.get(f"/log/export/csv/?reference={record.reference_id}")
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    text = answer.body().decode("utf-8-sig")
    assert "illness" not in text
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][0] == "at"
    assert len(rows) == 8
    assert not [cell for row in rows for cell in row if cell[:1] in "=+-@\t\r" and cell]
    assert {row[3] for row in rows[1:]} >= {"'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\t=1", 'plain; and, “quoted"'}
    answer = page.request.get(f"/log/export/jsonl/?reference={record.reference_id}")
    found = [json.loads(line) for line in answer.text().splitlines()]
    assert [line["text"] for line in found][-1] == "=1+1"
    assert {line["referenceId"] for line in found} == {record.reference_id}
    assert {line["workflow"] for line in found} == {"=HYPERLINK(1)"}


def test_a_danish_export_is_cut_as_danish_spreadsheets_cut_it(sign_in, live_server):
    filed.log(filed.submission(filed.workflow()), "waits", message("Found"))
    page = sign_in(Role.VIEWER)
    page.context.add_cookies([{"name": "django_language", "value": "da", "url": live_server.url}])
    text = page.request.get("/log/export/csv/").body().decode("utf-8-sig")
    assert text.splitlines()[0].startswith("at;level;event;")


def test_without_scripts_the_log_stands_still_and_offers_no_switch(browser, sign_in, live_server):
    filed.log(filed.submission(filed.workflow()), "waits", message("Found"))
    cookies = sign_in(Role.VIEWER).context.cookies()
    plain = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    plain.add_cookies(cookies)
    page = plain.new_page()
    page.goto("/log/")
    assert lines(page)
    expect(page.get_by_role("button", name="Pause")).to_be_hidden()
    plain.close()
