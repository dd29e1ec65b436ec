"""Who would replace what somebody else has saved meanwhile is told so first: a draft, or parameters."""

import re

import pytest
from django.test import Client

from formcase.accounts.roles import Role
from formcase.workflows import managing, versions
from formcase.workflows.models import ServiceWorkflow
from formcase.workflows.parameters import shown_values
from formcase.workflows.versions import MAPPING, TRANSFORM
from pages import filed
from pages.both_ends import MAPPING_TEXT

THEIRS = MAPPING_TEXT.replace("02.15", "02.34")


@pytest.fixture
def workflow(transactional_db):
    made = filed.workflow()
    versions.save_draft(made, MAPPING, MAPPING_TEXT, "lone")
    versions.publish(made, MAPPING, "first", "lone")
    versions.save_draft(made, MAPPING, MAPPING_TEXT, "lone")
    return made


@pytest.fixture
def client(make_user) -> Client:
    signed_in = Client()
    signed_in.force_login(make_user(Role.ADMINISTRATOR))
    return signed_in


def seen_in(page: str) -> str:
    return re.search(r'name="seen" value="([^"]*)"', page)[1]


def draft_of(workflow) -> str:
    return versions.draft(workflow, MAPPING).content


@pytest.mark.parametrize(
    ("what", "more", "told"),
    [
        ("import/", {"text": MAPPING_TEXT}, "mona has changed the draft meanwhile"),
        ("versions/1/restore/", {}, "Somebody has changed the draft meanwhile, and nothing was done"),
        ("discard/", {}, "Somebody has changed the draft meanwhile, and nothing was done"),
    ],
)
def test_the_draft_of_somebody_else_is_replaced_only_by_who_was_told_of_it(workflow, client, what, more, told):
    address = f"/workflows/{workflow.pk}/mapping/{what}"
    before = seen_in(client.get(address).content.decode())
    theirs = versions.save_draft(workflow, MAPPING, THEIRS, "mona").content
    answer = client.post(address, {"seen": before, **more})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert told in page
    assert draft_of(workflow) == theirs
    assert client.post(address, {"seen": seen_in(page), **more}).status_code == 302
    now = versions.draft(workflow, MAPPING)
    assert now is None if what == "discard/" else now.content != theirs


def test_a_file_that_can_t_be_used_does_not_make_one_forget_what_one_saw(workflow, client):
    address = f"/workflows/{workflow.pk}/mapping/import/"
    before = seen_in(client.get(address).content.decode())
    versions.save_draft(workflow, MAPPING, THEIRS, "mona")
    page = client.post(address, {"seen": before, "text": "{"}).content.decode()
    assert "It can't be used as it is" in page
    again = client.post(address, {"seen": seen_in(page), "text": MAPPING_TEXT}).content.decode()
    assert "mona has changed the draft meanwhile" in again


def test_a_first_draft_that_appeared_meanwhile_is_told_of_too(workflow, client):
    address = f"/workflows/{workflow.pk}/transform/import/"
    before = seen_in(client.get(address).content.decode())
    stylesheet = '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"/>'
    versions.save_draft(workflow, TRANSFORM, stylesheet, "mona")
    answer = client.post(address, {"seen": before, "text": stylesheet})
    assert "mona has changed the draft meanwhile" in answer.content.decode()


def test_parameters_that_somebody_else_has_saved_meanwhile_are_not_lost_silently(workflow, client):
    address = f"/workflows/{workflow.pk}/parameters/"
    page = client.get(address).content.decode()
    version = re.search(r'name="seen_version" value="(\d+)"', page)[1]
    mine = {**shown_values(workflow), "WatchInterval": "120", "seen_version": version}
    managing.change(ServiceWorkflow.objects.get(pk=workflow.pk), {"ExecutingUser": "LBR"}, by="mona")
    page = client.post(address, mine).content.decode()
    assert "mona has saved other parameters meanwhile: ExecutingUser." in page
    assert ServiceWorkflow.objects.get(pk=workflow.pk).executing_user == "LBR"
    mine["seen_version"] = re.search(r'name="seen_version" value="(\d+)"', page)[1]
    assert client.post(address, mine).status_code == 302
    now = ServiceWorkflow.objects.get(pk=workflow.pk)
    assert (now.executing_user, now.watch_interval) == ("SBH", 120)
