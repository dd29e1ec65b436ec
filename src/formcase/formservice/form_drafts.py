"""Drafts of forms: kept, replaced, thrown away, published. Whoever does it says which revision they have seen, so that
of two who work at the same draft the second one is told, and nothing is lost."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from formcase.formservice import forms
from formcase.formservice.administration_log import DRAFT_KEPT, DRAFT_THROWN_AWAY, record
from formcase.formservice.definition_files import DefinitionFile, read_definition_text, refused
from formcase.formservice.definitions import DefinitionRefused, read_definition
from formcase.formservice.design import Form, written
from formcase.formservice.models import FormDraft, FormVersion
from formcase.formservice.problems import Problem


class DraftChanged(Exception):
    """The draft is not what the person has seen. draft: what it is now, None where there is none any more."""

    def __init__(self, form_id: str, draft: FormDraft | None) -> None:
        super().__init__(form_id)
        self.form_id = form_id
        self.draft = draft


def draft_of(form_id: str) -> FormDraft | None:
    """The draft of a form, where it has one."""
    return FormDraft.objects.filter(form_id=form_id).first() if "\0" not in form_id else None


def all_drafts() -> dict[str, FormDraft]:
    """The drafts that there are, by their forms' ids."""
    return {draft.form_id: draft for draft in FormDraft.objects.defer("definition")}


def form_of(draft: FormDraft) -> Form:
    """What the draft defines."""
    return read_definition(draft.definition)


def keep(text: str, by: str, *, seen: int | None, form_id: str | None = None) -> FormDraft:
    """Keep a definition as the draft of its form. seen: the revision that it replaces, None for the first;
    form_id: the form that it must be of. Raises `FileRefused` and `DraftChanged`."""
    file = read_definition_text(text)
    problems = list(_problems(file.form, form_id))
    if problems:
        raise refused(text, file.document, problems)
    try:
        with transaction.atomic():
            return _keep(file, by, seen)
    except IntegrityError:  # two began one at the same time
        raise DraftChanged(file.form.id, draft_of(file.form.id)) from None


def throw_away(form_id: str, by: str, *, seen: int) -> None:
    """Throw a draft away. Raises `DraftChanged`."""
    with transaction.atomic():
        draft = _seen(form_id, seen)
        record(DRAFT_THROWN_AWAY, form_id, by, version=draft.version, revision=draft.revision)
        draft.delete()


def publish(form_id: str, by: str, comment: str, *, seen: int) -> Form:
    """Publish a draft, which becomes a version that is never changed. Raises `DraftChanged`, and `DefinitionRefused`
    where its version was published otherwise meanwhile."""
    with transaction.atomic():
        draft = _seen(form_id, seen)
        problems = list(_problems(form_of(draft), form_id))
        if problems:
            raise DefinitionRefused(problems)
        form = forms.publish(draft.definition, by=by, comment=comment)
        draft.delete()
    return form


def next_version(versions: Sequence[FormVersion]) -> int:
    """The number that the next version of a form has. versions: those that there are, the newest first."""
    return versions[0].version + 1 if versions else 1


def _problems(form: Form, form_id: str | None) -> list[Problem]:
    if form_id is not None and form.id != form_id:
        text = _("This is the form {other}. Here stands the draft of form {form}; its id must be {form}.")
        return [Problem(("form", "id"), text.format(other=form.id, form=form_id))]
    versions = forms.versions(form.id)
    if not versions or form.version > versions[0].version:
        return []
    content = written(form, for_clients=False)
    if any(one.version == form.version and forms.same_content(one.definition, content) for one in versions):
        text = _("This is version {version} just as it is published. If something is to be changed, number it {next}.")
    else:
        text = _("Version {version} can't be published any more: version {newest} is. Number it {next}.")
    told = text.format(version=form.version, newest=versions[0].version, next=next_version(versions))
    return [Problem(("form", "version"), told)]


def _keep(file: DefinitionFile, by: str, seen: int | None) -> FormDraft:
    form = file.form
    content = written(form, for_clients=False)
    if seen is None:
        if FormDraft.objects.filter(form_id=form.id).exists():
            raise DraftChanged(form.id, draft_of(form.id))
        draft = FormDraft(form_id=form.id, revision=0)
    else:
        draft = _seen(form.id, seen)
        if forms.same_content(draft.definition, content):
            return draft
    draft.title, draft.version, draft.definition = form.title, form.version, content
    draft.changed_by, draft.changed_at, draft.revision = by, timezone.now(), draft.revision + 1
    draft.save()
    record(DRAFT_KEPT, form.id, by, version=form.version, revision=draft.revision)
    return draft


def _seen(form_id: str, seen: int) -> FormDraft:
    """The draft, kept for this change alone, if it is the one that was seen."""
    draft = FormDraft.objects.select_for_update().filter(form_id=form_id).first()
    if draft is None or draft.revision != seen:
        raise DraftChanged(form_id, draft)
    return draft
