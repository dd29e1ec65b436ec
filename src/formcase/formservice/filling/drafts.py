"""A form that is being filled in: begun, found again by the browser that began it, and what was typed kept.

Whatever is typed is kept as it is, right or wrong. A draft that nobody touches is removed after a while, with its
files; a sent one is only remembered, so that whoever goes back finds the receipt.
"""

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from formcase.formservice import forms
from formcase.formservice.answers import AnswersRefused, check_answers
from formcase.formservice.asked import AskedPage, asked_files, asked_pages, only_asked
from formcase.formservice.definitions import read_definition
from formcase.formservice.design import Field, Form, Group, Page, written
from formcase.formservice.filling.entries import opened, with_entry, without_empty_entries, without_entry
from formcase.formservice.filling.posted import Posted, posted_page
from formcase.formservice.models import Filling, Upload
from formcase.formservice.problems import Problem
from formcase.formservice.stored_files import remove_stored

_AT_ONCE = 200


def new_browser_secret() -> str:
    """What a browser keeps to show that a draft is its own."""
    return secrets.token_urlsafe(32)


def begin(form: Form, browser_secret: str) -> Filling:
    """Begin to fill in a form."""
    return Filling.objects.create(
        key=_new_key(), owner=_digest(browser_secret), form_id=form.id, form_version=form.version
    )


def begin_trial(form: Form, administrator: str) -> Filling:
    """Begin to try a form, which need not be published."""
    return Filling.objects.create(
        key=_new_key(),
        form_id=form.id,
        form_version=form.version,
        trial_definition=written(form, for_clients=False),
        trial_by=administrator,
    )


def in_memory(form: Form, answers: Mapping[str, object], checked: Sequence[int]) -> Filling:
    """A draft that is kept nowhere: what is done with it is done to this object alone. No files can be attached."""
    return Filling(form_id=form.id, form_version=form.version, answers=dict(answers), checked=list(checked))


def find_trial(key: str) -> Filling | None:
    """The trial of this key."""
    return Filling.objects.filter(key=key, trial_definition__isnull=False).first() if "\0" not in key else None


def trials_of(form_id: str, limit: int) -> list[Filling]:
    """The trials of a form that are still there, the newest first."""
    found = Filling.objects.filter(form_id=form_id, trial_definition__isnull=False).order_by("-started_at")
    return list(found.defer("answers", "trial_definition")[:limit])


def find(key: str, browser_secret: str) -> Filling | None:
    """The draft of this key, if this browser began it."""
    if "\0" in key:
        return None
    found = Filling.objects.select_related("submission").filter(key=key).first()
    own = found is not None and secrets.compare_digest(found.owner, _digest(browser_secret))
    return found if own else None


def form_of(filling: Filling) -> Form:
    """The form in the version that was begun."""
    if filling.trial_definition is not None:
        return read_definition(filling.trial_definition)
    return forms.form(filling.form_id, filling.form_version)


def pages_of(form: Form, filling: Filling) -> tuple[AskedPage, ...]:
    """The pages that are asked now."""
    return asked_pages(form, filling.answers)


def page_to_fill_in(form: Form, filling: Filling, number: int) -> AskedPage | None:
    """One page as it is shown to be filled in: a group that repeats and was not touched yet has an entry open. None
    where it is not asked."""
    name = form.pages[number].name if number < len(form.pages) else ""
    answers = {**filling.answers, name: opened(form.pages[number].items, filling.answers.get(name))} if name else {}
    return next((page for page in asked_pages(form, answers) if page.number == number), None)


def problems_of(form: Form, filling: Filling, pages: tuple[AskedPage, ...]) -> tuple[Problem, ...]:
    """All that keeps the draft from being sent."""
    attached = _stand_ins(pages) if filling.pk is None else attached_names(filling, pages)
    try:
        check_answers(form, only_asked(pages), attached)
    except AnswersRefused as refusal:
        return refusal.problems
    return ()


def uploads_of(filling: Filling, pages: tuple[AskedPage, ...]) -> list[Upload]:
    """The files that belong to what is asked, in the order of their fields."""
    if filling.pk is None:
        return []
    order = {field.name: number for number, field in enumerate(_file_fields(pages))}
    asked = asked_files(pages)
    uploads = [upload for upload in filling.uploads.order_by("pk") if upload.field in asked]
    return sorted(uploads, key=lambda upload: order.get(upload.field, len(order)))


def attached_names(filling: Filling, pages: tuple[AskedPage, ...]) -> list[tuple[str, str | None]]:
    """Their names with their fields, as the checks take them."""
    return [(upload.name, upload.field) for upload in uploads_of(filling, pages)]


def keep_page(filling: Filling, page: Page, number: int, posted: Posted) -> None:
    """Keep what was typed on a page."""
    with _changing(filling) as kept:
        kept.answers = {**kept.answers, page.name: posted_page(page, number, posted, kept.answers.get(page.name))}


def add_entry(filling: Filling, page: Page, position: str) -> int:
    """One more entry of the group at this position; its number, 0 where there can be no more."""
    with _changing(filling) as kept:
        answers, number = with_entry(page, kept.answers.get(page.name), position)
        kept.answers = {**kept.answers, page.name: answers}
    return number


def remove_entry(filling: Filling, page: Page, position: str, number: int) -> None:
    """One entry less of the group at this position."""
    with _changing(filling) as kept:
        kept.answers = {
            **kept.answers,
            page.name: without_entry(page, kept.answers.get(page.name), position, number),
        }


def set_checked(filling: Filling, page: Page, number: int) -> None:
    """The page is said to be filled in: entries that were left empty go, and what is wrong is told from now on."""
    with _changing(filling) as kept:
        kept.answers = {**kept.answers, page.name: without_empty_entries(page.items, kept.answers.get(page.name))}
        kept.checked = sorted({*kept.checked, number})


def set_all_checked(filling: Filling, form: Form) -> None:
    """Every page is said to be filled in."""
    for number, page in enumerate(form.pages):
        if not page.hidden and number not in filling.checked:
            set_checked(filling, page, number)


def remove_abandoned() -> int:
    """Remove the drafts that nobody has touched for `FORMSERVICE_DRAFT_HOURS`; how many that were."""
    before = timezone.now() - timedelta(hours=settings.FORMSERVICE_DRAFT_HOURS)
    removed = 0
    while True:
        with transaction.atomic():
            found = Filling.objects.select_for_update(skip_locked=True).filter(changed_at__lt=before)
            chosen = list(found.values_list("pk", flat=True)[:_AT_ONCE])
            locations = list(Upload.objects.filter(filling__in=chosen).values_list("location", flat=True))
            Filling.objects.filter(pk__in=chosen).delete()
        for location in locations:
            remove_stored(location)
        removed += len(chosen)
        if len(chosen) < _AT_ONCE:
            return removed


@contextmanager
def _changing(filling: Filling) -> Iterator[Filling]:
    """The draft as it is now, kept for this change alone; nothing is changed once it was sent."""
    if filling.pk is None:
        yield filling
        return
    with transaction.atomic():
        kept = Filling.objects.select_for_update().get(pk=filling.pk)
        yield kept
        if not kept.is_sent:
            kept.save(update_fields=["answers", "checked", "changed_at"])
    filling.answers, filling.checked = kept.answers, kept.checked


def _new_key() -> str:
    return secrets.token_urlsafe(16)


def _stand_ins(pages: tuple[AskedPage, ...]) -> list[tuple[str, str | None]]:
    """A file for each field that must have one, where none can be attached."""
    asked = asked_files(pages)
    return [("file", field.name) for field in _file_fields(pages) if field.required and field.name in asked]


def _digest(browser_secret: str) -> str:
    return hashlib.sha256(browser_secret.encode()).hexdigest()


def _file_fields(pages: tuple[AskedPage, ...]) -> Iterator[Field]:
    for page in pages:
        yield from _all_fields(page.page.items)


def _all_fields(items: tuple[Group | Field, ...]) -> Iterator[Field]:
    for item in items:
        if isinstance(item, Group):
            yield from _all_fields(item.items)
        else:
            yield item
