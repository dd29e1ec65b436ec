"""Who looked at what: written down by the pages, shown to administrators alone."""

import re

from playwright.sync_api import expect

from formcase.accounts.roles import Role
from formcase.audit.models import AuditEntry
from formcase.messages import message
from formcase.workflows.models import PersonIndex
from formcase.workflows.person_index import person_token
from pages import filed

NUMBER = "010190-1234"


def a_person_with_a_submission():
    record = filed.imported(filed.workflow())
    filed.log(record, "imported", message("Imported"))
    PersonIndex.objects.create(digest=bytes.fromhex(person_token(NUMBER)), submission=record)
    return record


def test_looks_and_look_ups_are_shown_by_person_by_user_and_by_submission(sign_in, check_page):
    record = a_person_with_a_submission()
    other = filed.imported(record.workflow)
    page = sign_in(Role.ADMINISTRATOR)
    page.goto(f"/submissions/{record.pk}/")
    page.goto(f"/submissions/{other.pk}/plan/")
    page.goto("/log/")
    page.get_by_label("Person's or company's number").fill(NUMBER)
    page.get_by_role("button", name="Look for it").click()
    expect(page.get_by_role("main")).to_contain_text(record.reference_id)
    page.goto("/access-log/")
    table = page.get_by_role("table")
    expect(table.get_by_role("row")).to_have_count(4)
    expect(table).to_contain_text("person looked up by number")
    check_page(page, "access-log")
    page.get_by_label("Person's or company's number").fill(NUMBER)
    page.get_by_role("button", name="Look for it").click()
    expect(page.get_by_role("main")).to_contain_text("Only who has looked this person")
    expect(table).to_contain_text(record.reference_id)
    expect(table).not_to_contain_text(other.reference_id)
    assert not re.search(r"0101901234|010190", page.url)
    check_page(page, "access-log-person")
    page.get_by_role("link", name="Show all again").click()
    page.get_by_label("Reference ID").fill(other.reference_id)
    page.get_by_role("button", name="Show", exact=True).click()
    expect(table.get_by_role("row")).to_have_count(2)
    assert "0101901234" not in str(list(AuditEntry.objects.values()))


def test_what_is_no_number_is_told_and_looks_nobody_up(sign_in):
    page = sign_in(Role.ADMINISTRATOR)
    page.goto("/access-log/")
    page.get_by_label("Person's or company's number").fill("Anna")
    page.get_by_role("button", name="Look for it").click()
    expect(page.locator("#messages")).to_contain_text("no person's or company's number")
    assert not AuditEntry.objects.filter(action="person looked up").exists()


def test_an_operator_does_not_see_it(sign_in):
    page = sign_in(Role.OPERATOR)
    assert page.goto("/access-log/").status == 403
