"""Finding calls: filtered, searched, the newest first, fast with millions.

Each filter, alone and together with the client's or the outcome's, goes by an index that has the time behind it.
"""

import re
import unicodedata

from django import forms as django_forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from formcase.formservice.administration.calls.words import OUTCOMES
from formcase.formservice.models import Client, ClientCall, ClientCertificate

ORDER = ("at", "id")
_SHORTEST_BEGINNING = 3
_SHORTEST_THUMBPRINT = 8
_MOST_CERTIFICATES = 20


class Filters(django_forms.Form):
    """What the log is narrowed by, all of it in the address."""

    client = django_forms.ChoiceField(label=_("Client"), required=False)
    outcome = django_forms.ChoiceField(label=_("Outcome"), required=False)
    since = django_forms.DateTimeField(
        label=_("From"), required=False, widget=django_forms.DateTimeInput({"type": "datetime-local"})
    )
    until = django_forms.DateTimeField(
        label=_("To"), required=False, widget=django_forms.DateTimeInput({"type": "datetime-local"})
    )
    q = django_forms.CharField(
        label=_("Search"),
        required=False,
        max_length=255,
        help_text=_("Reference ID or its beginning, form ID, thumbprint, address or client ID"),
    )

    def __init__(self, data: object) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        client, outcome = self.fields["client"], self.fields["outcome"]
        if isinstance(client, django_forms.ChoiceField) and isinstance(outcome, django_forms.ChoiceField):
            client.choices = [("", _("All")), *_client_choices()]
            outcome.choices = [("", _("All")), *((words.outcome, words.name) for words in OUTCOMES)]


def found(filters: Filters) -> QuerySet[ClientCall]:
    """The calls that the filters leave; a filter that can't be read narrows nothing, and says so itself."""
    filters.is_valid()
    said = filters.cleaned_data
    calls = ClientCall.objects.all()
    if said.get("client"):
        calls = calls.filter(client_id=said["client"])
    if said.get("outcome"):
        calls = calls.filter(outcome=said["outcome"])
    if said.get("since"):
        calls = calls.filter(at__gte=said["since"])
    if said.get("until"):
        calls = calls.filter(at__lte=said["until"])
    if said.get("q"):
        calls = calls.filter(_searched(said["q"].strip()))
    return calls


def _searched(text: str) -> Q:
    """Where the text is found as a whole, or as the beginning of a reference ID. Each place is asked by itself, so that
    the list goes by the index of the one that has it."""
    there = [place for field, place in _places(text) if _is_anywhere(field, place)]
    condition = Q(pk__in=())
    for number, place in enumerate(there):
        condition = place if number == 0 else condition | place
    return condition


def _is_anywhere(field: str, place: Q) -> bool:
    # in the order of the field's index, so that PostgreSQL doesn't go through the table in the hope of an early hit
    return bool(ClientCall.objects.filter(place).order_by(field, *ORDER).values_list("pk")[:1])


def _places(text: str) -> list[tuple[str, Q]]:
    # "not empty" in the words of the indexes, which pass over what is empty
    places = [
        ("form_id", Q(form_id=text) & ~Q(form_id="")),
        ("address", Q(address=text)),
        ("client_id", Q(client_id=text)),
        ("reference_id", Q(reference_id=text) & ~Q(reference_id="")),
    ]
    if len(text) >= _SHORTEST_BEGINNING:
        beginning = Q(reference_id__startswith=text.upper()) & ~Q(reference_id="")
        places.append(("reference_id", beginning))
    thumbprints = _thumbprints(text)
    return [*places, ("certificate", Q(certificate__in=thumbprints))] if thumbprints else places


def _thumbprints(text: str) -> list[str]:
    """SHA-256 thumbprints of the certificates whose thumbprint, of either kind, begins like this."""
    letters = "".join(one for one in text if unicodedata.category(one) != "Cf")
    digits = re.sub(r"[\s:]", "", letters).lower()
    if len(digits) < _SHORTEST_THUMBPRINT or not re.fullmatch(r"[0-9a-f]{1,64}", digits):
        return []
    registered = ClientCertificate.objects.filter(Q(sha1__startswith=digits) | Q(sha256__startswith=digits))
    known = list(registered.values_list("sha256", flat=True)[:_MOST_CERTIFICATES])
    return known or [digits]


def _client_choices() -> list[tuple[str, str]]:
    clients = Client.objects.order_by("client_id").values_list("client_id", "name")
    return [(client_id, f"{client_id} – {name}" if name else client_id) for client_id, name in clients]
