"""A large group of error cases is filed again behind the page: seen, audited, and none of it twice."""

import pytest
from asgiref.sync import async_to_sync

from formcase.audit.models import AuditEntry
from formcase.messages import message
from formcase.workflows import actions, causes, group_filing
from formcase.workflows.group_filing import AUDITED
from formcase.workflows.models import GroupFiling, SubmissionRecord
from formcase.workflows.submissions import NotPossible
from pages import filed


@pytest.fixture
def _small_pieces(monkeypatch) -> None:
    monkeypatch.setattr(group_filing, "AT_ONCE", 2)


@pytest.fixture
def group(transactional_db, _small_pieces) -> int:
    """Five error cases of one cause, of which one is of another form."""
    workflow = filed.workflow()
    for number in range(5):
        filed.error_case(workflow, form_id="800711" if number == 2 else "800636")
    return causes.groups()[0].id


def states() -> list[str]:
    return list(SubmissionRecord.objects.order_by("pk").values_list("state", flat=True))


def test_all_are_taken_up_piece_by_piece_and_each_is_audited_by_name(group):
    asked = group_filing.ask(group, "lone")
    assert (asked.total, asked.is_running) == (5, True)
    assert states() == ["imported"] * 5
    async_to_sync(group_filing.carry_on)(asked.id)
    (seen,) = group_filing.to_show(group)
    assert (seen.done, seen.refused, seen.gone_through, seen.is_running) == (5, 0, 5, False)
    assert states() == ["waiting"] * 5
    assert AuditEntry.objects.filter(action="error case filed again", actor="lone").count() == 5
    assert AuditEntry.objects.get(action=AUDITED).after == {"count": 5}


def test_who_takes_over_goes_on_after_the_last_piece_and_takes_nothing_twice(group, monkeypatch):
    asked = group_filing.ask(group, "lone")
    whole = actions.file_again
    monkeypatch.setattr(actions, "file_again", fails_the_second_time(whole))
    with pytest.raises(RuntimeError):
        async_to_sync(group_filing.carry_on)(asked.id)
    assert states() == ["waiting"] * 2 + ["imported"] * 3, "the piece that broke off was not done at all"
    monkeypatch.setattr(actions, "file_again", whole)
    async_to_sync(group_filing.carry_on)(asked.id)
    async_to_sync(group_filing.carry_on)(asked.id)
    assert states() == ["waiting"] * 5
    assert AuditEntry.objects.filter(action="error case filed again").count() == 5


def test_what_becomes_an_error_case_meanwhile_is_not_of_it(group):
    asked = group_filing.ask(group, "lone")
    GroupFiling.objects.update(asked_at="2026-11-20T08:59:59Z")  # before they became error cases
    async_to_sync(group_filing.carry_on)(asked.id)
    assert states() == ["imported"] * 5


def test_what_can_t_be_filed_is_told_and_the_others_go_on(group):
    first = SubmissionRecord.objects.order_by("pk")[0]
    SubmissionRecord.objects.filter(pk=first.pk).update(state="waiting", error_case=first.filed, filed=None)
    asked = group_filing.ask(group, "lone")
    async_to_sync(group_filing.carry_on)(asked.id)
    (seen,) = group_filing.to_show()
    assert (seen.done, seen.refused) == (4, 1)
    assert [(one.reference_id, one.reason.text()) for one in seen.refusals] == [
        (first.reference_id, message("It is being filed again already.").text())
    ]


def test_of_one_form_alone_and_one_at_a_time(group):
    asked = group_filing.ask(group, "lone", "800711")
    with pytest.raises(NotPossible):
        group_filing.ask(group, "mona", "800711")
    async_to_sync(group_filing.carry_on)(asked.id)
    assert states() == ["imported"] * 2 + ["waiting"] + ["imported"] * 2
    assert group_filing.is_large(group)
    assert not group_filing.is_large(group, "800711")


def fails_the_second_time(whole):
    calls = []

    def failing(keys, by):
        calls.append(keys)
        answers = whole(keys, by)
        if len(calls) == 2:
            raise RuntimeError("the worker is killed")
        return answers

    return failing
