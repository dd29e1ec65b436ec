"""Drafts of forms: numbered past what is published, and of two people at work the second one is told."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, transaction

from formcase.formservice import form_drafts, forms
from formcase.formservice.definition_files import FileRefused
from formcase.formservice.form_drafts import DraftChanged
from formcase.formservice.models import AdministrationEntry, FormDraft, FormVersion


@pytest.fixture
def text(form):
    """A definition as a file."""
    return lambda **changes: json.dumps(form(**changes))


@pytest.mark.django_db
def test_a_draft_is_published_once_with_who_and_why_and_never_changes_again(text):
    draft = form_drafts.keep(text(), "ida", seen=None)
    form_drafts.publish("800636", "bo", "First", seen=draft.revision)
    version = FormVersion.objects.get()
    assert (version.version, version.published_by, version.comment) == (1, "bo", "First")
    assert not FormDraft.objects.exists()
    assert [entry.action for entry in AdministrationEntry.objects.order_by("pk")] == [
        "form.draft.kept",
        "form.published",
    ]
    with pytest.raises(FileRefused, match="just as it is published"):
        form_drafts.keep(text(), "ida", seen=None)
    with pytest.raises(FileRefused, match="Number it 2"):
        form_drafts.keep(text(title="Changed"), "ida", seen=None)


@pytest.mark.django_db
def test_the_second_of_two_administrators_is_told_and_nothing_is_lost(text):
    first = form_drafts.keep(text(), "ida", seen=None)
    form_drafts.keep(text(title="By Bo"), "bo", seen=first.revision)
    for late in (
        lambda: form_drafts.keep(text(title="By Ida"), "ida", seen=first.revision),
        lambda: form_drafts.keep(text(title="By Ida"), "ida", seen=None),
        lambda: form_drafts.publish("800636", "ida", "Late", seen=first.revision),
        lambda: form_drafts.throw_away("800636", "ida", seen=first.revision),
    ):
        with pytest.raises(DraftChanged) as told:
            late()
        assert told.value.draft.changed_by == "bo"
    assert FormDraft.objects.get().title == "By Bo"
    assert not FormVersion.objects.exists()


@pytest.mark.django_db
def test_a_draft_of_another_form_does_not_take_its_place(text):
    draft = form_drafts.keep(text(), "ida", seen=None)
    with pytest.raises(FileRefused, match="must be 800636"):
        form_drafts.keep(text(id="800700"), "ida", seen=draft.revision, form_id="800636")


@pytest.mark.django_db
def test_a_draft_whose_number_was_published_by_command_meanwhile_is_not_published(text, form):
    draft = form_drafts.keep(text(title="Draft"), "ida", seen=None)
    forms.publish(form())
    with pytest.raises(forms.DefinitionRefused, match="Number it 2"):
        form_drafts.publish("800636", "ida", "Why", seen=draft.revision)
    assert FormDraft.objects.get() == draft


def test_two_who_publish_at_the_same_time_publish_once(transactional_db, text):
    draft = form_drafts.keep(text(), "ida", seen=None)

    def once(name: str) -> bool:
        try:
            form_drafts.publish("800636", name, "Why", seen=draft.revision)
        except DraftChanged:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(once, ["ida", "bo"])) == [False, True]
    assert FormVersion.objects.count() == 1


@pytest.mark.django_db
def test_what_administrators_did_can_neither_be_changed_nor_removed(text):
    form_drafts.keep(text(), "ida", seen=None)
    for change in (lambda found: found.update(administrator="bo"), lambda found: found.delete()):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            change(AdministrationEntry.objects.all())
