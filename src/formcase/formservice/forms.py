"""Published forms: stored by version, found again, the newest first."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from django.db import IntegrityError, transaction
from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone
from django.utils.translation import gettext as _

from formcase.formservice.administration_log import PUBLISHED, record
from formcase.formservice.definitions import DefinitionRefused, read_definition
from formcase.formservice.design import Form, written
from formcase.formservice.models import FormVersion
from formcase.formservice.problems import Problem, Refused


class FormUnknown(Refused):
    """There is no such form, or no such version of it."""


def publish(document: Mapping[str, object], *, by: str = "", comment: str = "") -> Form:
    """Publish a version of a form. The same once more changes nothing; a changed one needs a new version. by: the
    administrator's name, empty for a command."""
    form = read_definition(document)
    content = written(form, for_clients=False)
    now = timezone.now()
    try:
        with transaction.atomic():
            FormVersion.objects.create(
                form_id=form.id,
                version=form.version,
                title=form.title,
                definition=content,
                updated_at=form.updated_at or now,
                published_at=now,
                published_by=by,
                comment=comment,
            )
            record(PUBLISHED, form.id, by, version=form.version, comment=comment)
    except IntegrityError:
        kept = FormVersion.objects.get(form_id=form.id, version=form.version)
        if not same_content(kept.definition, content):
            text = _(
                "Version {version} of form {form} is published, with another content. Give this one a new version."
            )
            problem = Problem(("form", "version"), text.format(version=form.version, form=form.id))
            raise DefinitionRefused([problem]) from None
    return form


def same_content(one: object, other: object) -> bool:
    """Whether two definitions say the same, in whatever order their words stand."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def form(form_id: str, version: int | None = None) -> Form:
    """A published form, the newest version unless one is asked for."""
    found = FormVersion.objects.filter(form_id=form_id) if "\0" not in form_id else FormVersion.objects.none()
    chosen = found.order_by("-version").first() if version is None else found.filter(version=version).first()
    if chosen is None:
        if found.exists():
            versions = ", ".join(str(number) for number in found.order_by("version").values_list("version", flat=True))
            text = _("Form {form} has no version {version}. It has: {versions}.")
            raise FormUnknown([Problem((), text.format(form=form_id, version=version, versions=versions))])
        raise FormUnknown([Problem((), _("There is no form {form}.").format(form=form_id))])
    return _read(chosen)


def newest(form_ids: Iterable[str] | None = None) -> list[FormVersion]:
    """The newest version of each of these forms, or of all; ids that there are none of are passed over."""
    language = KeyTextTransform("language", "definition")
    found = FormVersion.objects.annotate(language=language).defer("definition")
    chosen = found.order_by("form_id", "-version").distinct("form_id")
    return list(chosen if form_ids is None else chosen.filter(form_id__in=list(form_ids)))


def versions(form_id: str) -> list[FormVersion]:
    """All published versions of a form, the newest first; none where there is no such form."""
    return list(FormVersion.objects.filter(form_id=form_id).order_by("-version")) if "\0" not in form_id else []


def exists(form_id: str) -> bool:
    """Whether there is such a form in any version."""
    return form_id in existing([form_id])


def existing(form_ids: Iterable[str]) -> frozenset[str]:
    """Those of these forms that there are, in any version."""
    possible = [form_id for form_id in form_ids if "\0" not in form_id]
    return frozenset(FormVersion.objects.filter(form_id__in=possible).values_list("form_id", flat=True))


def _read(chosen: FormVersion) -> Form:
    return replace(read_definition(chosen.definition), updated_at=chosen.updated_at)
