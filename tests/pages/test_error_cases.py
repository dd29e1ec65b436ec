"""The cause is mended once, and what failed because of it is filed again together."""

from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import async_to_sync
from django.db import connections
from playwright.sync_api import expect

from formcase.accounts.roles import Role
from formcase.audit.models import AuditEntry
from formcase.messages import message
from formcase.workflows import group_filing
from formcase.workflows.models import GroupFiling, SubmissionRecord
from pages import filed


def test_error_cases_stand_together_by_cause(sign_in, check_page):
    workflow = filed.workflow()
    many = [filed.error_case(workflow) for _ in range(4)]
    filed.error_case(workflow, form_id="800711", form_title="Building permit")
    filed.error_case(workflow, filed.NO_CASE_GROUP, message("there is no case state {code}.", code="XY"))
    page = sign_in(Role.VIEWER)
    page.goto("/error-cases/")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("There is no case group 99.99.")
    expect(rows.first.locator("td").first).to_have_text("6")
    expect(rows.first).to_contain_text("800636")
    expect(page.get_by_role("main")).to_contain_text("6 submissions, 2 causes")
    check_page(page, "error-cases")
    page.get_by_role("link", name="800636").first.click()
    expect(page.locator("tbody tr")).to_have_count(5)
    expect(page.locator("tbody")).to_contain_text(many[0].filed["cases"][0]["number"])
    expect(page.get_by_role("link", name="File all of this form again")).to_have_count(0)
    check_page(page, "error-cases-group-viewer")


def test_a_group_is_filed_again_after_a_page_that_asks(sign_in, check_page):
    workflow = filed.workflow()
    records = [filed.error_case(workflow) for _ in range(3)]
    other = filed.error_case(workflow, message("there is no case state {code}.", code="XY"))
    page = sign_in(Role.OPERATOR)
    page.goto("/error-cases/")
    page.get_by_role("link", name="There is no case group 99.99.", exact=True).click()
    check_page(page, "error-cases-group")
    page.get_by_role("link", name="File the whole group again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("File 3 error cases again?")
    check_page(page, "error-cases-again")
    page.get_by_role("button", name="File again").click()
    expect(page.locator("#messages")).to_contain_text("Done with 3 submissions")
    states = dict(SubmissionRecord.objects.values_list("pk", "state"))
    assert [states[record.pk] for record in records] == ["waiting"] * 3
    assert states[other.pk] == "imported"
    assert AuditEntry.objects.filter(action="error case filed again", actor="operator").count() == 3


def test_some_of_a_group_are_filed_again(sign_in):
    workflow = filed.workflow()
    first, second = filed.error_case(workflow), filed.error_case(workflow)
    page = sign_in(Role.OPERATOR)
    page.goto("/error-cases/")
    page.get_by_role("link", name="There is no case group 99.99.", exact=True).click()
    page.get_by_label(f"Choose {first.reference_id}").check()
    page.get_by_role("button", name="File again").click()
    page.get_by_role("button", name="File again").click()
    states = dict(SubmissionRecord.objects.values_list("pk", "state"))
    assert (states[first.pk], states[second.pk]) == ("waiting", "imported")


def test_an_error_case_and_what_became_of_it_refer_to_each_other(sign_in, check_page):
    before = filed.error_case(filed.workflow())
    number = before.filed["cases"][0]["number"]
    became = filed.case(url="https://workzone.invalid/case/1")
    mapped = filed.imported(before.workflow, became, error_case=before.filed)
    page = sign_in(Role.VIEWER)
    page.goto(f"/submissions/{mapped.pk}/")
    expect(page.locator("dt:has-text('Error case') + dd")).to_have_text(number)
    link = page.get_by_role("link", name=became.number)
    expect(link).to_have_attribute("href", "https://workzone.invalid/case/1")
    check_page(page, "submission-filed-again")
    page.goto(f"/submissions/{before.pk}/")
    expect(page.get_by_role("main")).to_contain_text(number)
    expect(page.get_by_role("main")).to_contain_text("Not yet")


def test_a_viewer_files_nothing_again(sign_in):
    record = filed.error_case(filed.workflow())
    cause = record.causes.get().cause_id
    page = sign_in(Role.VIEWER)
    assert page.request.post(f"/error-cases/{cause}/file-again/").status == 403
    record.refresh_from_db()
    assert record.state == "imported"


def test_a_large_group_goes_on_behind_the_page_which_shows_how_far_it_has_come(sign_in, check_page, monkeypatch):
    monkeypatch.setattr(group_filing, "AT_ONCE", 2)
    workflow = filed.workflow()
    for _ in range(3):
        filed.error_case(workflow)
    page = sign_in(Role.OPERATOR)
    page.goto("/error-cases/")
    page.get_by_role("link", name="File again").click()
    page.get_by_role("button", name="File again").click()
    expect(page.locator("#messages")).to_contain_text("3 error cases are being filed again")
    underway = page.get_by_role("region", name="Being filed again")
    expect(underway).to_contain_text("0 of 3")
    check_page(page, "error-cases-underway")
    with ThreadPoolExecutor(1) as worker:
        worker.submit(carry_on, GroupFiling.objects.get().pk).result()
    expect(underway).to_contain_text("3 of 3")
    expect(underway).to_contain_text("all taken up")
    assert set(SubmissionRecord.objects.values_list("state", flat=True)) == {"waiting"}


def carry_on(group: int) -> None:
    """As a worker does; here a loop of the browser's runs already."""
    async_to_sync(group_filing.carry_on)(group)
    connections.close_all()
