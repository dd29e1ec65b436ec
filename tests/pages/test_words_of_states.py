"""A state is told in the reader's words, inside a sentence and in the audit log, too."""

from django.utils.translation import override

from formcase.audit.models import AuditEntry
from formcase.configurator.pages.audit_log import differences
from formcase.configurator.translating import in_reader_language
from formcase.filing.journal import State
from formcase.messages import message
from formcase.workflows.submissions import SHOWN_TEXT


def test_a_state_inside_a_sentence_and_in_the_audit_log_is_in_the_reader_s_language():
    refused = message("It is {state} already.", state=SHOWN_TEXT[State.BLOCKED])
    entry = AuditEntry(before={"state": "blocked"}, after={"state": "waiting"})
    with override("da"):
        assert "Midlertidigt blokeret" in in_reader_language(refused)
        assert [(one.before, one.after) for one in differences(entry)] == [("Midlertidigt blokeret", "Leveret")]
    assert "Temporary blocked" in refused.text()
