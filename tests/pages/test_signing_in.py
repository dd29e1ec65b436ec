"""Coming in: by password, with a second factor, with a passkey; being kept out; and how it stands in the audit log."""

import base64
import hmac
import re
import struct
import time

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from playwright.sync_api import Page, expect

from formcase.accounts import managing
from formcase.accounts.models import User
from formcase.accounts.roles import Role
from formcase.audit.models import AuditEntry
from pages.conftest import PASSWORD


def type_password(page: Page, username: str, password: str = PASSWORD) -> None:
    page.goto("/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def confirm_password(page: Page) -> None:
    """What is asked before a second factor is changed, however short ago the user signed in."""
    expect(page.get_by_role("heading", name="Confirm Access")).to_be_visible()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def is_in(page: Page) -> bool:
    return page.get_by_role("button", name="Sign out").count() == 1


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("id").values_list("action", flat=True))


def one_time_code(key: str, moment: float) -> str:
    """RFC 6238, written anew, so that what the server takes is what an app shows."""
    digest = hmac.digest(base64.b32decode(key), struct.pack(">Q", int(moment) // 30), "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def test_a_user_comes_in_by_name_and_password_and_goes_again(page, make_user, check_page):
    make_user(Role.VIEWER, "lone.bruun")
    page.goto("/audit-log/")
    check_page(page, "sign-in")
    type_password(page, "Lone.Bruun")  # capitals don't matter
    assert is_in(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in to Formcase")).to_be_visible()
    page.goto("/")
    assert "/account/login/" in page.url
    assert actions() == ["user created", "signed in", "signed out"]


def test_who_wanted_another_page_gets_it_after_signing_in(page, make_user):
    make_user(Role.ADMINISTRATOR)
    page.goto("/audit-log/")
    page.get_by_label("Username").fill("administrator")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password", exact=True).press("Enter")
    expect(page.get_by_role("heading", name="Audit log")).to_be_visible()


def test_a_wrong_password_is_said_and_five_lock_the_name_for_everybody(page, make_user, check_page):
    make_user(Role.VIEWER, "lone.bruun")
    make_user(Role.VIEWER, "per.dam")
    type_password(page, "lone.bruun", "wrong")
    expect(page.get_by_role("alert")).to_contain_text("not correct")
    assert page.evaluate("document.activeElement.classList.contains('error-summary')")
    check_page(page, "sign-in-refused")
    for _try in range(4):
        type_password(page, "lone.bruun", "wrong")
    type_password(page, "lone.bruun")
    expect(page.get_by_role("alert")).to_contain_text("Too many failed login attempts")
    assert not is_in(page)
    type_password(page, "per.dam")
    assert is_in(page)
    assert actions().count("sign-in refused") == 5


def test_a_name_that_nobody_has_gets_the_same_answer_as_a_wrong_password(page, make_user):
    make_user(Role.VIEWER, "lone.bruun")
    answers = []
    for name in ("lone.bruun", "nobody"):
        type_password(page, name, "wrong")
        answers.append(page.get_by_role("alert").inner_text())
    assert answers[0] == answers[1]
    assert "nobody" not in AuditEntry.objects.values_list("name", flat=True)


def test_a_password_that_must_be_changed_comes_first(page, check_page, transactional_db):
    managing.create("test", {"username": "lone.bruun", "role": Role.ADMINISTRATOR}, PASSWORD)
    type_password(page, "lone.bruun")
    page.goto("/users/")
    expect(page).to_have_url(re.compile(reverse("account_change_password")))
    check_page(page, "password-change")
    page.get_by_label("Current Password").fill(PASSWORD)
    page.get_by_label("New Password", exact=True).fill("another-river-with-stones")
    page.get_by_label("New Password (again)").fill("another-river-with-stones")
    page.get_by_role("button", name="Change Password").click()
    page.goto("/users/")
    expect(page.get_by_role("heading", name="Users")).to_be_visible()
    assert "password changed" in actions()


def test_a_user_who_is_disabled_is_out_at_once(sign_in, make_user):
    make_user(Role.ADMINISTRATOR)
    user = make_user(Role.VIEWER, "lone.bruun")
    page = sign_in(user)
    page.goto("/")
    assert is_in(page)
    managing.change("test", user, {"is_active": False})
    page.goto("/")
    assert "/account/login/" in page.url
    type_password(page, "lone.bruun")
    assert not is_in(page)


def test_an_authenticator_app_is_set_up_and_then_asked_for(page, make_user, check_page):
    make_user(Role.OPERATOR, "lone.bruun")
    type_password(page, "lone.bruun")
    page.get_by_role("link", name="lone.bruun").click()
    page.get_by_role("link", name="Second factor").click()
    check_page(page, "second-factor")
    page.get_by_role("link", name="Activate").click()
    check_page(page, "confirm-access")
    confirm_password(page)
    check_page(page, "authenticator-app")
    key = page.locator("code.secret").inner_text()
    page.get_by_label("Authenticator code").fill(one_time_code(key, time.time()))
    page.get_by_role("button", name="Activate").click()
    expect(page.get_by_role("heading", name="Recovery Codes")).to_be_visible()
    check_page(page, "recovery-codes")
    recovery_code = page.get_by_label("Unused codes").input_value().split()[0]
    assert key not in str(list(Authenticator.objects.values_list("data", flat=True)))

    page.get_by_role("button", name="Sign out").click()
    type_password(page, "lone.bruun")
    assert not is_in(page)
    check_page(page, "second-factor-asked")
    page.locator("input[name=code]").fill("000000")
    page.get_by_role("button", name="Sign In").click()
    expect(page.get_by_role("alert")).to_contain_text("Incorrect code")
    page.locator("input[name=code]").fill(recovery_code)
    page.get_by_role("button", name="Sign In").click()
    assert is_in(page)
    assert {"second factor added", "second factor refused"} <= set(actions())


def test_an_administrator_resets_a_second_factor_that_was_lost(sign_in, make_user, page):
    user = make_user(Role.VIEWER, "lone.bruun")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    sign_in(Role.ADMINISTRATOR).goto(f"/users/{user.pk}/")
    page.get_by_role("link", name="Reset second factor").click()
    page.get_by_role("button", name="Reset").click()
    assert not Authenticator.objects.exists()
    assert AuditEntry.objects.latest("id").before == {"types": ["totp"]}


def test_a_passkey_alone_lets_its_user_in(page, make_user, check_page):
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    user = make_user(Role.VIEWER, "lone.bruun")
    type_password(page, "lone.bruun")
    page.goto(reverse("mfa_add_webauthn"))
    confirm_password(page)
    check_page(page, "passkey-add")
    page.get_by_label("Name").fill("My laptop")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="Recovery Codes")).to_be_visible()
    assert Authenticator.objects.filter(user=user, type="webauthn").count() == 1
    page.goto(reverse("mfa_list_webauthn"))
    check_page(page, "passkeys")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_the_first_administrator_is_made_once(real_password_hashes, transactional_db):
    user, password = managing.first_administrator(must_change=True)
    assert (user.role, user.check_password(password), user.must_change_password) == ("administrator", True, True)
    assert user.password.startswith("argon2$argon2id$")
    assert password not in str(list(AuditEntry.objects.values()))
    assert managing.first_administrator(must_change=True) is None
    assert User.objects.count() == 1


@pytest.mark.parametrize("password", ["short-1", "password12345", "lone.bruun.lone"])
def test_a_weak_password_is_refused(make_user, password):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        managing.create("test", {"username": "lone.bruun", "role": Role.VIEWER}, password)
    assert not User.objects.exists()
