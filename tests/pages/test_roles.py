"""Each role sees and does what it may, and nothing more, whatever address is asked for."""

import pytest

from formcase.accounts.roles import Role
from formcase.configurator.pages import pages
from pages.browsing import address_of


@pytest.mark.parametrize("role", list(Role))
def test_every_page_answers_a_role_as_it_is_registered(client, make_user, role):
    user = make_user(role, "lone.bruun")
    client.force_login(user)
    for page in pages():
        address = address_of(page)
        answer = client.get(address)
        # what is asked for may not exist, but only those who may see such pages are told that
        allowed = (200, 302, 404) if role.includes(page.role) else (403,)
        assert answer.status_code in allowed, address
        if not (role.includes(page.role) and role.includes(page.change)):
            assert client.post(address).status_code == 403, address


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.VIEWER, {"Start"}),
        (Role.ADMINISTRATOR, {"Start", "Users", "Audit log"}),
    ],
)
def test_the_menu_shows_what_the_role_may_see(client, make_user, role, seen):
    client.force_login(make_user(role))
    menu = client.get("/").context["menu"]()
    titles = {str(link.text) for section in menu for link in section.links}
    assert seen <= titles
    assert titles == {str(page.title) for page in pages() if page.section and role.includes(page.role)}


def test_who_may_not_is_told_so_on_a_whole_page(sign_in, check_page, complaints):
    complaints.expected.append("403")
    page = sign_in(Role.VIEWER)
    page.goto("/users/")
    assert page.get_by_role("heading", level=1).inner_text() == "Your role does not allow this"
    check_page(page, "not-allowed")


def test_a_page_that_does_not_exist_says_so(sign_in, check_page, complaints):
    complaints.expected.append("404")
    page = sign_in(Role.VIEWER)
    page.goto("/there-is-no-such-page")
    assert page.get_by_role("heading", level=1).inner_text() == "There is no such page"
    check_page(page, "not-found")
