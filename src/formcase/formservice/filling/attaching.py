"""Files attached to a form that is being filled in: taken over from where they arrived, and taken away again."""

import secrets
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from formcase.formservice.asked import AskedPage, asked_files
from formcase.formservice.design import Field, Form, questions
from formcase.formservice.filling.limits import kinds_of, largest_file, most_bytes, most_files
from formcase.formservice.filling.posted import control_name
from formcase.formservice.filling.uploads import Allowance, ArrivedFile, RefusedUpload, UploadWatch
from formcase.formservice.models import Filling, Upload
from formcase.formservice.stored_files import keeping, remove_stored


def file_fields(form: Form) -> dict[str, Field]:
    """The form's file fields by name, each of which stands in the form once."""
    return {question.field.name: question.field for question in questions(form) if question.field.is_file}


def file_control(form: Form, field_name: str) -> str:
    """How the control of a file field is named: by its place among the form's file fields, because it is one control
    also where it stands in a group that repeats."""
    return control_name(f"file-{list(file_fields(form)).index(field_name)}")


def watch_for(form: Form, filling: Filling, pages: tuple[AskedPage, ...]) -> UploadWatch:
    """What takes the files of a request to this draft."""
    asked = asked_files(pages)
    used = sum(filling.uploads.values_list("size", flat=True))
    allowances: Mapping[str, Allowance] = {
        file_control(form, name): Allowance(name, kinds_of(field), largest_file(form, field), most_bytes(form) - used)
        for name, field in file_fields(form).items()
        if name in asked and not filling.is_sent
    }
    return UploadWatch(allowances)


def attach(form: Form, filling: Filling, watch: UploadWatch) -> list[RefusedUpload]:
    """Attach what has arrived; what was refused, by the watch or here."""
    refused = list(watch.refused)
    for field_name, file in watch.arrived:
        try:
            reason = _attach(form, filling, file_fields(form)[field_name], file)
        finally:
            file.let_go()
        if reason:
            refused.append(RefusedUpload(field_name, file.own_name, reason))
    return refused


def detach(filling: Filling, key: str) -> None:
    """Take a file away again; nothing happens where there is none of this key."""
    if "\0" in key or filling.pk is None:
        return
    with transaction.atomic():
        upload = filling.uploads.select_for_update().filter(key=key).first()
        if upload is None:
            return
        location = upload.location
        upload.delete()
        # its row gone, a file that could not be removed is only space
        transaction.on_commit(lambda: remove_stored(location))
    filling.save(update_fields=["changed_at"])


def _attach(form: Form, filling: Filling, field: Field, file: ArrivedFile) -> str:
    """Why the file could not be attached; empty where it was. A field for one file has the newest."""
    with keeping() as kept, transaction.atomic():
        # the limits are counted under this lock, so that files that come side by side count together
        own = Filling.objects.select_for_update().get(pk=filling.pk)
        uploads = list(own.uploads.all())
        replaced = [upload for upload in uploads if upload.field == field.name and not field.multiple]
        others = [upload for upload in uploads if upload not in replaced]
        reason = _over_limits(form, own, others, file)
        if reason:
            return reason
        stored = kept.take_over(file.path, file.size or 0, file.sha256)
        Upload.objects.create(
            filling=own,
            key=secrets.token_urlsafe(16),
            field=field.name,
            name=file.own_name,
            media_type=file.kind.media_type,
            size=stored.size,
            sha256=stored.sha256,
            location=stored.location,
        )
        for upload in replaced:
            upload.delete()
        own.save(update_fields=["changed_at"])
    for upload in replaced:
        remove_stored(upload.location)
    return ""


def _over_limits(form: Form, filling: Filling, others: list[Upload], file: ArrivedFile) -> str:
    if filling.is_sent:
        return _("The form is sent already.")
    if len(others) >= most_files(form):
        return _("At most {most} files can be attached.").format(most=most_files(form))
    if sum(upload.size for upload in others) + (file.size or 0) > most_bytes(form):
        return _("Together the files of this form are too large.")
    return ""
