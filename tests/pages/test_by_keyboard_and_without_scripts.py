"""The pages are used by keyboard alone, on a phone, and without JavaScript."""

from playwright.sync_api import expect

from formcase.accounts.roles import Role
from pages.browsing import PHONE
from pages.conftest import PASSWORD


def test_the_first_key_leads_past_the_menu_to_the_content(sign_in):
    page = sign_in(Role.ADMINISTRATOR)
    page.goto("/users/")
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to the content")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_the_menu_of_a_phone_is_opened_and_closed_by_keyboard(sign_in, check_page):
    page = sign_in(Role.ADMINISTRATOR)
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.goto("/")
    button = page.get_by_role("button", name="Menu")
    users = page.get_by_role("link", name="Users")
    expect(users).to_be_hidden()
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(users).to_be_visible()
    check_page.accessible(page, "the menu of a phone")
    page.keyboard.press("Escape")
    expect(users).to_be_hidden()
    expect(button).to_be_focused()


def test_without_javascript_everything_can_be_reached(browser, live_server, make_user):
    make_user(Role.ADMINISTRATOR)
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": PHONE[0], "height": PHONE[1]}
    )
    page = context.new_page()
    page.goto("/")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    page.get_by_label("Username").fill("administrator")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("button", name="Menu")).to_be_hidden()
    page.get_by_role("link", name="Users").click()
    page.get_by_role("link", name="Create user").click()
    page.get_by_label("User name").fill("lone.bruun")
    page.get_by_role("button", name="Create user").click()
    expect(page.locator("code.secret").nth(1)).to_be_visible()
    context.close()


def test_a_script_or_style_that_somebody_smuggles_in_does_not_run(sign_in, complaints):
    page = sign_in(Role.VIEWER)
    page.goto("/")
    complaints.expected.append("Content Security Policy")
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.smuggled = true";
            document.body.append(script);
            const style = document.createElement("style");
            style.textContent = "body { display: none }";
            document.body.append(style);
        }"""
    )
    assert page.evaluate("window.smuggled") is None
    expect(page.locator("main")).to_be_visible()
    assert len(complaints.found) == 2
