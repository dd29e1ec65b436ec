"""What is known of forms: their versions and drafts, who may fetch what is submitted, and how much that is."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from formcase.formservice import forms
from formcase.formservice.form_drafts import all_drafts
from formcase.formservice.models import Client, FormDraft, FormVersion, Submission


@dataclass(frozen=True, slots=True)
class FormRow:
    """A form in the list. newest: its newest version, None where only a draft is there."""

    form_id: str
    title: str
    newest: FormVersion | None
    versions: int
    draft: FormDraft | None
    clients: tuple[Client, ...]
    submissions: int


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A published version. before: the one that was published before it, 0 where it is the first."""

    version: FormVersion
    submissions: int
    before: int


def all_forms() -> list[FormRow]:
    """Every form that has a version or a draft, by its title."""
    newest = {form.form_id: form for form in forms.newest()}
    drafts = all_drafts()
    versions = _counted(FormVersion.objects.values_list("form_id").annotate(number=Count("pk")))
    submissions = _counted(Submission.objects.values_list("form_id").annotate(number=Count("pk")).order_by())
    clients = list(Client.objects.order_by("client_id"))
    rows = [
        FormRow(
            form_id,
            newest[form_id].title if form_id in newest else drafts[form_id].title,
            newest.get(form_id),
            versions.get(form_id, 0),
            drafts.get(form_id),
            _released(form_id, clients),
            submissions.get(form_id, 0),
        )
        for form_id in {**newest, **drafts}
    ]
    return sorted(rows, key=lambda row: (row.title.casefold(), row.form_id))


def clients_of(form_id: str) -> tuple[Client, ...]:
    """The clients that may fetch what is submitted of this form."""
    return _released(form_id, Client.objects.order_by("client_id"))


def version_rows(form_id: str) -> list[VersionRow]:
    """The published versions, the newest first."""
    counts = Submission.objects.filter(form_id=form_id).values_list("form_version").annotate(number=Count("pk"))
    submissions = dict(counts.order_by())
    versions = forms.versions(form_id)
    before = [*(one.version for one in versions[1:]), 0]
    return [
        VersionRow(version, submissions.get(version.version, 0), earlier)
        for version, earlier in zip(versions, before, strict=False)
    ]


def _released(form_id: str, clients: Iterable[Client]) -> tuple[Client, ...]:
    return tuple(client for client in clients if client.form_ids is None or form_id in client.form_ids)


def _counted(found: Iterable[tuple[str, int]]) -> dict[str, int]:
    return dict(found)
