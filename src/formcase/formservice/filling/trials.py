"""Trying a form: it is filled in and sent like any other, and becomes documents to look at, but no submission.

Nothing is recorded but what was filled in; XML and receipt are made when somebody asks for them. A trial goes the way
of every draft that nobody touches.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from formcase.formservice import documents
from formcase.formservice.answers import AnsweredPage, check_answers
from formcase.formservice.asked import only_asked
from formcase.formservice.design import Form
from formcase.formservice.filling.drafts import attached_names, form_of, pages_of, uploads_of
from formcase.formservice.filling.sending import SentChanged, seen
from formcase.formservice.models import Filling
from formcase.formservice.submission_xml import AttachedFile, Heading


@dataclass(frozen=True, slots=True)
class _Trial:
    """What the documents of a trial are made of."""

    form: Form
    heading: Heading
    answered: tuple[AnsweredPage, ...]
    attachments: tuple[AttachedFile, ...]


def send_trial(filling: Filling, seen_before: str) -> None:
    """Send a trial; nothing happens where it was sent before. `AnswersRefused` where something is wrong with it,
    `SentChanged` where it has changed since the person looked at it, `SubmissionRefused` where it makes no XML."""
    with transaction.atomic():
        own = Filling.objects.select_for_update().get(pk=filling.pk)
        if own.is_sent:
            return
        if seen(own) != seen_before:
            raise SentChanged
        own.trial_sent_at = timezone.now()
        trial_xml(own)
        own.save(update_fields=["trial_sent_at", "changed_at"])


def trial_xml(filling: Filling) -> bytes:
    """The XML that the trial would have been."""
    trial = _trial(filling)
    return documents.xml(trial.form, trial.heading, trial.answered, trial.attachments)


def trial_receipt(filling: Filling) -> bytes:
    """The receipt as PDF, marked as that of a test."""
    trial = _trial(filling)
    return documents.trial_pdf(trial.form, trial.heading, trial.answered, trial.attachments)


def _trial(filling: Filling) -> _Trial:
    form = form_of(filling)
    pages = pages_of(form, filling)
    answered = check_answers(form, only_asked(pages), attached_names(filling, pages))
    heading = Heading(
        id=f"test-{filling.pk}",
        reference_id=f"TEST-{filling.pk}",
        submitted_at=filling.trial_sent_at or timezone.now(),
        language=form.language,
        submitter=None,
    )
    attached = tuple(
        AttachedFile(f"a{number}", upload.name, upload.media_type, upload.size, upload.sha256, upload.field)
        for number, upload in enumerate(uploads_of(filling, pages), 1)
    )
    return _Trial(form, heading, answered, attached)
