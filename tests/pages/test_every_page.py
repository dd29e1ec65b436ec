"""What holds for every page: accessible, quiet, whole on a phone, in both languages, under a strict content policy."""

import pytest

from formcase.accounts import managing
from formcase.accounts.roles import Role
from formcase.configurator.pages import pages
from formcase.configurator.pages.workflow_transform import NEW
from formcase.workflows import managing as workflows
from formcase.workflows import versions
from formcase.workflows.models import CheckRun
from formcase.workflows.versions import MAPPING, TRANSFORM
from pages.both_ends import MAPPING_TEXT
from pages.browsing import address_of


@pytest.fixture
def something_to_see(make_user):
    """A user to edit, a workflow, and entries in the audit log."""
    user = make_user(Role.VIEWER, "lone.bruun", full_name="Lone Bruun")
    managing.change("test", user, {"role": Role.OPERATOR})
    workflow = workflows.create("Building permits", "interact", {}, by="test")
    workflows.change(
        workflow, {"FormIds": "800711", "WatchInterval": "10", "Url": "https://localhost:1/interact"}, by="test"
    )
    for kind, text in ((MAPPING, MAPPING_TEXT), (TRANSFORM, NEW)):
        versions.save_draft(workflow, kind, text, "test")
        versions.publish(workflow, kind, "first", "test")
        versions.save_draft(workflow, kind, text, "test")
    return {"user": user.pk, "workflow": workflow.pk}


@pytest.mark.parametrize("language", ["en", "da"])
def test_every_page_is_accessible_and_quiet_and_fits_a_phone(
    sign_in, check_page, something_to_see, live_server, language
):
    page = sign_in(Role.ADMINISTRATOR)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    for registered in pages():
        thing = something_to_see.get(registered.name.split("_")[0])
        if not registered.whole or ("<" in registered.route and thing is None):
            continue  # what is shown there is made by the tests of that page alone
        run = CheckRun.objects.order_by("pk").values_list("pk", flat=True).last()  # enabling has asked for one
        number = run if registered.name == "workflow_check_run" else 1
        page.goto(address_of(registered, key=thing, number=number, place="0"))
        assert page.locator("h1").count() == 1
        assert page.locator("html").get_attribute("lang") == language
        check_page(page, f"{registered.name}-{language}")
