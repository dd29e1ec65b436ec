"""What a monitor is told of the comparisons."""

from datetime import timedelta

import pytest
from django.utils import timezone

from formcase.workflows import managing
from formcase.workflows.models import Reconciliation
from formcase.workflows.reconciling.judging import Kind
from formcase.workflows.reconciling.runs import Found, Run, keep_run
from workflows.bench import PARAMETERS

pytestmark = pytest.mark.django_db


def test_the_address_says_503_until_all_is_known_to_be_accounted_for(client):
    def told() -> tuple[int, int]:
        answer = client.get("/accountedz")
        return answer.status_code, answer.json()["silentFailures"]

    assert told() == (200, 0), "nothing is enabled"
    workflow = managing.enable(managing.create("Flags", "interact", PARAMETERS))
    assert told() == (503, 0), "nobody has looked"
    keep_run(Run(workflow, timezone.now()))
    assert told() == (200, 0)
    keep_run(Run(workflow, timezone.now(), found=(Found(Kind.GONE, "1", "R", "8", "", None),), findings=1))
    assert told() == (503, 1)
    keep_run(Run(workflow, timezone.now()))
    Reconciliation.objects.update(ended_at=timezone.now() - timedelta(hours=31))
    assert told() == (503, 0), "nobody has looked lately"
