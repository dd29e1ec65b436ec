"""An administrator makes a user, hands over the password, changes the role, and can't lock everybody out."""

from playwright.sync_api import expect

from formcase.accounts.models import User
from formcase.accounts.roles import Role
from formcase.audit.models import AuditEntry


def test_a_user_is_made_with_a_password_that_is_shown_once_and_works(sign_in, check_page):
    page = sign_in(Role.ADMINISTRATOR)
    page.goto("/users/")
    page.get_by_role("link", name="Create user").click()
    page.get_by_label("User name").fill("lone bruun")
    page.get_by_role("button", name="Create user").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Letters, digits and . @ + - _ alone are possible.")
    check_page(page, "user-create-refused")
    alert.get_by_role("link").click()
    assert page.evaluate("document.activeElement.name") == "username"
    page.get_by_label("User name").fill("lone.bruun")
    page.get_by_label("Operator").check()
    page.get_by_role("button", name="Create user").click()
    check_page(page, "user-created")
    password = page.locator("code.secret").nth(1).inner_text()
    user = User.objects.get(username="lone.bruun")
    assert user.check_password(password)
    assert (user.role, user.must_change_password) == (Role.OPERATOR, True)
    assert password not in str(list(AuditEntry.objects.values()))


def test_a_changed_role_is_in_the_audit_log_as_it_was_and_as_it_is(sign_in, make_user, check_page):
    user = make_user(Role.VIEWER, "lone.bruun")
    page = sign_in(Role.ADMINISTRATOR)
    page.goto(f"/users/{user.pk}/")
    page.get_by_label("Administrator").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#messages")).to_contain_text("Saved.")
    entry = AuditEntry.objects.latest("id")
    assert (entry.actor, entry.action, entry.name) == ("administrator", "user changed", "lone.bruun")
    assert (entry.before, entry.after) == ({"role": "viewer"}, {"role": "administrator"})
    page.goto("/audit-log/")
    row = page.get_by_role("row").nth(1)
    expect(row).to_contain_text("Viewer → Administrator")
    check_page(page, "audit-log")


def test_the_last_administrator_can_t_be_lost(sign_in):
    page = sign_in(Role.ADMINISTRATOR)
    own = User.objects.get()
    page.goto(f"/users/{own.pk}/")
    page.get_by_label("Viewer").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("last administrator")
    page.goto(f"/users/{own.pk}/switch/")
    page.get_by_role("button", name="Disable").click()
    expect(page.get_by_role("alert")).to_contain_text("last administrator")
    own.refresh_from_db()
    assert own.may(Role.ADMINISTRATOR)
