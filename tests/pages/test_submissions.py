"""An operator narrows the submissions, chooses some, is told what will happen, and does it."""

from playwright.sync_api import expect

from formcase.accounts.roles import Role
from formcase.audit.models import AuditEntry
from formcase.messages import as_data, message
from formcase.workflows.models import SubmissionRecord
from pages import filed


def references(page) -> list[str]:
    return page.locator("tbody th a").all_inner_texts()


def test_the_newest_stand_first_and_filters_narrow_them(sign_in, check_page):
    flags, permits = filed.workflow(), filed.workflow("Building permits")
    waiting = filed.submission(flags)
    done = filed.imported(permits, form_id="800711", form_title="Building permit")
    broken = filed.error_case(flags)
    page = sign_in(Role.OPERATOR)
    page.goto("/submissions/")
    assert references(page) == [broken.reference_id, done.reference_id, waiting.reference_id]
    check_page(page, "submissions")
    for label, value, found in (
        ("Service workflow", "Building permits", done),
        ("Status", "Error case", broken),
        ("Status", "Imported", done),
        ("Status", "Delivered", waiting),
    ):
        page.goto("/submissions/")
        page.get_by_label(label).select_option(label=value)
        page.get_by_role("button", name="Show").click()
        assert references(page) == [found.reference_id], value
    for label, value in (
        ("Form ID", "800711"),
        ("Reference ID", done.reference_id),
        ("Reference ID", done.submission_id),
    ):
        page.goto("/submissions/")
        page.get_by_label(label).fill(value)
        page.get_by_role("button", name="Show").click()
        assert references(page) == [done.reference_id], value


def test_a_reason_is_listed_without_what_a_person_wrote(sign_in):
    reason = message("{value} is no date.", value="my secret illness", hidden=("value",))
    filed.submission(filed.workflow(), state="blocked", reason=as_data(reason))
    page = sign_in(Role.OPERATOR)
    page.goto("/submissions/")
    expect(page.locator("tbody")).to_contain_text("… is no date.")
    expect(page.locator("tbody")).not_to_contain_text("illness")


def test_page_two_goes_on_where_page_one_ended(sign_in):
    workflow = filed.workflow()
    made = [filed.submission(workflow).reference_id for _ in range(60)]
    page = sign_in(Role.VIEWER)
    page.goto("/submissions/")
    first = references(page)
    page.get_by_role("link", name="Older").click()
    assert first + references(page) == list(reversed(made))


def test_chosen_ones_are_tried_again_after_a_page_that_says_what_will_happen(sign_in, check_page):
    workflow = filed.workflow()
    reason = as_data(message("No answer."))
    blocked = [filed.submission(workflow, state="blocked", reason=reason, tries=4) for _ in range(3)]
    handled = filed.submission(workflow, state="handled", handled_case="2026-00.01-1")
    page = sign_in(Role.OPERATOR)
    page.goto("/submissions/?workflow=")
    for record in (*blocked[:2], handled):
        page.get_by_label(f"Choose {record.reference_id}").check()
    page.get_by_role("button", name="Try again now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Try 3 submissions again now?")
    expect(page.get_by_role("main")).to_contain_text("Nothing is filed twice.")
    check_page(page, "submissions-try-again")
    assert not SubmissionRecord.objects.filter(state="waiting").exists()
    page.get_by_role("button", name="Try again now").click()
    expect(page).to_have_url("/submissions/?workflow=")
    expect(page.locator("#messages")).to_contain_text("Done with 2 submissions")
    expect(page.locator("#messages")).to_contain_text(f"{handled.reference_id}: It is Handled by hand already")
    check_page(page, "submissions-tried-again")
    states = {record.pk: record.state for record in SubmissionRecord.objects.all()}
    assert [states[record.pk] for record in blocked] == ["waiting", "waiting", "blocked"]
    audited = AuditEntry.objects.filter(action="submission tried again")
    assert {entry.name for entry in audited} == {record.reference_id for record in blocked[:2]}
    assert {entry.actor for entry in audited} == {"operator"}


def test_handled_by_hand_asks_for_the_case(sign_in, check_page):
    record = filed.submission(filed.workflow(), state="blocked", reason=as_data(message("No answer.")))
    page = sign_in(Role.OPERATOR)
    page.goto("/submissions/")
    page.get_by_label(f"Choose {record.reference_id}").check()
    page.get_by_role("button", name="Handled by hand").click()
    page.get_by_role("button", name="Handled by hand").click()
    expect(page.get_by_role("alert")).to_contain_text("Case number")
    check_page(page, "submissions-handled-refused")
    page.get_by_label("Case number").fill("2026-00.01-00007")
    page.get_by_label("Reason").fill("Filed on paper")
    page.get_by_role("button", name="Handled by hand").click()
    record.refresh_from_db()
    assert (record.state, record.handled_case) == ("handled", "2026-00.01-00007")
    entry = AuditEntry.objects.get(action="submission handled by hand")
    assert entry.after == {"case": "2026-00.01-00007"}


def test_one_is_sent_to_an_error_case(sign_in):
    record = filed.submission(filed.workflow())
    page = sign_in(Role.OPERATOR)
    page.goto(f"/submissions/{record.pk}/")
    page.get_by_role("button", name="Send to error case").click()
    page.get_by_label("Reason").fill("The form asks for the wrong case group")
    page.get_by_role("button", name="Send to error case").click()
    expect(page).to_have_url(f"/submissions/{record.pk}/")
    record.refresh_from_db()
    assert record.to_error_case is not None
    assert "wrong case group" not in str(record.to_error_case)  # what a person wrote is sealed
    assert record.sealed_to_error_case


def test_all_on_a_page_are_chosen_with_one_press(sign_in):
    workflow = filed.workflow()
    for _ in range(3):
        filed.submission(workflow)
    page = sign_in(Role.OPERATOR)
    page.goto("/submissions/")
    page.get_by_role("button", name="Choose all on this page").click()
    assert page.locator("input[name=key]:checked").count() == 3
    page.get_by_role("button", name="Choose all on this page").click()
    assert page.locator("input[name=key]:checked").count() == 0


def test_a_viewer_sees_and_does_nothing(sign_in):
    record = filed.submission(filed.workflow())
    page = sign_in(Role.VIEWER)
    page.goto("/submissions/")
    assert references(page) == [record.reference_id]
    expect(page.get_by_role("button", name="Try again now")).to_have_count(0)
    assert page.request.get(f"/submissions/act/?do=try-again&key={record.pk}").status == 403
    assert page.request.post(f"/submissions/act/?do=try-again&key={record.pk}").status == 403


def test_after_the_deed_nobody_is_led_to_another_site(sign_in):
    record = filed.submission(filed.workflow())
    page = sign_in(Role.OPERATOR)
    for address in ("https://elsewhere.invalid/", "//elsewhere.invalid/", "javascript:alert(1)"):
        page.goto(f"/submissions/act/?do=try-again&key={record.pk}&back={address}")
        expect(page.get_by_role("link", name="Cancel")).to_have_attribute("href", "/submissions/")


def test_nothing_chosen_is_told(sign_in):
    filed.submission(filed.workflow())
    page = sign_in(Role.OPERATOR)
    page.goto("/submissions/")
    page.get_by_role("button", name="Try again now").click()
    expect(page.locator("#messages")).to_contain_text("No submission was chosen.")
