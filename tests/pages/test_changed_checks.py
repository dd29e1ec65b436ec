"""What has become worse or is mended stands before what only was not there before."""

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from formcase.accounts.roles import Role
from formcase.checks import CheckResult, Verdict
from formcase.messages import message
from formcase.workflows.check_history import Change, change_data, result_data
from formcase.workflows.models import CheckRun
from pages import filed


def test_what_has_become_worse_is_not_lost_among_what_is_new(make_user):
    worse = CheckResult("rights of a form", Verdict.NO, message("SBH lacks it."), form="800711")
    new = [CheckResult("names of a form", Verdict.YES, message("All known."), form=form) for form in ("1", "2")]
    now = timezone.now()
    workflow = filed.workflow()
    CheckRun.objects.create(
        workflow=workflow,
        started_at=now,
        ended_at=now,
        why="forms",
        verdict="no",
        results=[result_data(worse)],
        changes=[change_data(Change(worse, Verdict.YES)), *(change_data(Change(one, None)) for one in new)],
    )
    client = Client()
    client.force_login(make_user(Role.VIEWER))
    shown = client.get(reverse("configurator:workflow_checks", args=[workflow.pk])).content.decode()
    first, folded = shown.split("2 that are neither worse nor mended")
    assert "SBH lacks it." in first
    assert "All known." not in first
    assert folded.count("All known.") == 2
