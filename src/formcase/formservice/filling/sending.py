"""Sending a form: once, however often it is asked for."""

import hashlib
import json

from django.db import transaction

from formcase.formservice.asked import only_asked
from formcase.formservice.filling.drafts import form_of, pages_of, uploads_of
from formcase.formservice.models import Filling, Submission, Upload
from formcase.formservice.stored_files import Stored, keeping, remove_stored
from formcase.formservice.submitting import AttachmentToSubmit, submit_with


class SentChanged(Exception):
    """What would be sent is not what the person saw in the summary."""


def seen(filling: Filling) -> str:
    """A digest of what would be sent now, for the summary to say what it shows."""
    files = list(filling.uploads.order_by("pk").values_list("key", flat=True))
    content = json.dumps([filling.answers, files], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def send(filling: Filling, seen_before: str) -> Submission:
    """The submission that the draft becomes, or has become before. `AnswersRefused` where something is wrong with it,
    `SentChanged` where it has changed since the person looked at it."""
    with keeping() as kept, transaction.atomic():
        # a second request waits here until the first one is through, and then finds what that one made
        # (alone: what a join reads is read before the waiting)
        own = Filling.objects.select_for_update().get(pk=filling.pk)
        if own.submission is not None:
            return own.submission
        if seen(own) != seen_before:
            raise SentChanged
        form = form_of(own)
        pages = pages_of(form, own)
        uploads = uploads_of(own, pages)
        submitted = submit_with(kept, form, only_asked(pages), [_attachment(upload) for upload in uploads])
        own.submission = Submission.objects.get(submission_id=submitted.id)
        own.answers = {}
        own.save(update_fields=["submission", "answers", "changed_at"])
        used = {upload.pk for upload in uploads}
        unused = [upload.location for upload in own.uploads.all() if upload.pk not in used]
        own.uploads.all().delete()
    for location in unused:
        remove_stored(location)
    return own.submission


def _attachment(upload: Upload) -> AttachmentToSubmit:
    stored = Stored(upload.location, upload.size, upload.sha256)
    return AttachmentToSubmit(upload.name, stored, upload.media_type, upload.field)
