"""A state is told in the reader's words, inside a sentence and in the audit log, too."""

from django.utils.translation import gettext, override

from formcase.audit.models import AuditEntry
from formcase.configurator.pages.audit_log import differences
from formcase.configurator.templatetags.words import actor_text
from formcase.configurator.translating import in_reader_language
from formcase.filing.journal import State
from formcase.messages import message
from formcase.workflows.submissions import SHOWN_TEXT


def test_a_state_inside_a_sentence_and_in_the_audit_log_is_in_the_reader_s_language():
    refused = message("It is {state} already.", state=SHOWN_TEXT[State.BLOCKED])
    entry = AuditEntry(before={"state": "blocked"}, after={"state": "waiting"})
    with override("da"):
        assert "Midlertidigt blokeret" in in_reader_language(refused)
        assert "Temporary blocked" in refused.text()
        assert [(one.before, one.after) for one in differences(entry)] == [("Midlertidigt blokeret", "Leveret")]
        promoted = AuditEntry(before={"role": "viewer"}, after={"role": "operator"})
        assert [(one.before, one.after) for one in differences(promoted)] == [("Læser", "Operatør")]
        begun = AuditEntry(after={"change": ["new"]})
        assert [one.after for one in differences(begun)] == ["ny"]
        assert actor_text("command line") == "kommandolinje"
        assert actor_text("lone.bruun") == "lone.bruun"


def test_a_password_and_an_access_code_are_two_words_in_danish():
    with override("da"):
        assert (gettext("Password"), gettext("This password is too common.")) == (
            "Kodeord",
            "Kodeordet er for almindeligt.",
        )
