"""Submitted dialogues as an administrator meets them in a test database of `fill_for_tests`, for measuring how long
they take."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.test import Client
from django.urls import reverse

from formcase.formservice.administration.sessions import COOKIE, begin_session
from formcase.formservice.fill_for_tests import PREFIX
from formcase.formservice.models import Administrator, Status, Submission

VISITOR = "bench"

Visits = tuple[str, Client, list[str]]


def visits() -> Iterator[Visits]:
    """Who visits, with whose cookie, what. Raises LookupError where nothing was filled in."""
    # without a password: nobody can sign in as it
    administrator, _made = Administrator.objects.get_or_create(name=VISITOR, defaults={"must_change": False})
    client = Client(raise_request_exception=False, HTTP_HOST="localhost")
    client.cookies[COOKIE] = begin_session(administrator)
    yield "form service", client, list(_addresses())


def _addresses() -> Iterator[str]:
    filled = Submission.objects.filter(submission_id__startswith=PREFIX)
    one = filled.filter(status=Status.IMPORTED).order_by("submitted_at").first()
    if one is None:
        raise LookupError("nothing was filled in")
    number = str(one.history.latest("pk").cases[0]["caseNumber"])
    listing = reverse("form_service:dialogues")
    yield listing
    queries = [
        *({"status": status.value} for status in Status),
        {"form": one.form_id},
        {"form": one.form_id, "status": Status.IMPORTED.value},
        {"form": one.form_id, "status": Status.TEMPORARY_BLOCKED.value},
        *({"q": text} for text in (one.reference_id, one.reference_id[:4], "B", number, "nosuchtext")),
        {"since": f"{one.submitted_at:%Y-%m-%d}", "until": f"{one.submitted_at:%Y-%m-%d}"},
        {"q": "B", "status": Status.IMPORTED.value},
    ]
    yield from (f"{listing}?{urlencode(query)}" for query in queries)
    yield reverse("form_service:dialogue", args=[one.reference_id])
    yield reverse("form_service:dialogue_xml", args=[one.reference_id])
