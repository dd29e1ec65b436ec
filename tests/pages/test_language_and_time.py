"""Everybody reads in the own language, and every time in the own zone."""

from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.utils import timezone, translation
from django.utils.html import strip_tags
from playwright.sync_api import expect

from formcase.accounts.models import User
from formcase.accounts.roles import Role


def test_the_language_is_switched_in_the_header_and_stays(sign_in):
    page = sign_in(Role.VIEWER)
    page.goto("/account/")
    page.get_by_role("button", name="Dansk").click()
    expect(page).to_have_url("/account/")
    expect(page.locator("html")).to_have_attribute("lang", "da")
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "da")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_user_s_language_and_zone_come_along_to_another_browser(sign_in, make_user, browser, live_server):
    user = make_user(Role.ADMINISTRATOR)
    page = sign_in(user)
    page.goto("/account/")
    page.get_by_label("Language").select_option("da")
    page.locator("#id_time_zone").select_option("America/Godthab")
    page.locator("main form button").click()
    expect(page.locator("#messages")).not_to_be_empty()
    user.refresh_from_db()
    assert (user.language, user.time_zone) == ("da", "America/Godthab")
    page.context.clear_cookies(name="django_language")
    page.goto("/audit-log/")
    expect(page.locator("html")).to_have_attribute("lang", "da")
    expect(page.locator("footer")).to_contain_text("America/Godthab")


@pytest.mark.parametrize(
    ("zone", "shown"), [("Europe/Copenhagen", "24 Nov 2026 06:30"), ("America/Godthab", "24 Nov 2026 03:30")]
)
def test_a_time_is_shown_in_the_reader_s_zone_and_is_exact_for_machines(zone, shown):
    moment = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
    with timezone.override(zone):
        text = Template("{% load components %}{% moment at %}").render(Context({"at": moment}))
    assert text.startswith('<time datetime="2026-11-24T05:30:00+00:00">')
    assert strip_tags(text) == shown


def test_a_day_is_written_as_in_danish():
    moment = datetime(2026, 10, 5, tzinfo=UTC)
    with translation.override("da"):
        text = Template("{% load components %}{% moment at %}").render(Context({"at": moment}))
    assert strip_tags(text) == "5. okt 2026 02:00"


def test_without_a_choice_the_installation_s_zone_is_used(sign_in, settings):
    page = sign_in(Role.VIEWER)
    page.goto("/")
    expect(page.locator("footer")).to_contain_text(settings.TIME_ZONE)
    assert User.objects.get().time_zone == ""
