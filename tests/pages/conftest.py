"""The configurator in real Chromium, on a live server with the test database."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from formcase.accounts import managing
from formcase.accounts.models import User
from formcase.accounts.roles import Role
from pages.browsing import WIDE, Complaints, PageCheck, Screenshots
from pages.chromium import chromium

_PICTURES = "PAGES_SCREENSHOTS"
PASSWORD = "wide-river-under-old-stones"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """For one module alone, because tests of other folders have event loops of their own."""
    unsafe = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright's own loop runs in this thread, no Django code in it
    with chromium(shows_pdf=_PICTURES in os.environ) as browser:
        yield browser
    if unsafe is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def screenshots() -> Screenshots:
    """`_PICTURES` names the folder to put them in; without it none are taken."""
    named = os.environ.get(_PICTURES)
    if not named:
        return Screenshots(None)
    folder = Path(named)
    folder.mkdir(parents=True, exist_ok=True)
    return Screenshots(folder)


@pytest.fixture(autouse=True)
def _no_failed_sign_ins_yet(transactional_db) -> None:
    cache.clear()


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture
def check_page(complaints, screenshots) -> PageCheck:
    """Call it with a page and a name for its pictures."""
    return PageCheck(complaints, screenshots)


@pytest.fixture
def context(browser, live_server) -> Iterator[BrowserContext]:
    """A browser that has never been here before."""
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": WIDE[0], "height": WIDE[1]},
        locale="en-GB",
        timezone_id="Europe/Copenhagen",
        reduced_motion="reduce",
    )
    context.set_default_timeout(30_000)
    expect.set_options(timeout=20_000)
    yield context
    context.close()


@pytest.fixture
def page(context, complaints) -> Page:
    """A page of nobody who has signed in."""
    page = context.new_page()
    complaints.listen(page)
    return page


@pytest.fixture
def make_user(transactional_db) -> Callable[..., User]:
    """Make a user of a role; the name is the role's unless told otherwise, the password is `PASSWORD`."""

    def make(role: Role, username: str | None = None, **values: object) -> User:
        named = {"username": username or role.value, "role": role, **values}
        return managing.create("test", named, PASSWORD, must_change=False)

    return make


@pytest.fixture
def sign_in(context, page, live_server, make_user) -> Callable[..., Page]:
    """Sign a user in without the sign-in page: a role, for which a user is made, or a user."""

    def sign(user: Role | User) -> Page:
        client = Client()
        client.force_login(user if isinstance(user, User) else make_user(user))
        assert client.session[SESSION_KEY]
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie.value, "url": live_server.url}])
        return page

    return sign
