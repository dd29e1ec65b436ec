"""Exit codes and how errors are told: one clear sentence, for machines as JSON, never a traceback."""

import pytest

from formcase import __version__
from formcase.site.configuration import configuration


def test_the_version_is_told(formcase):
    ran = formcase("--version")
    assert (ran.code, ran.out.strip()) == (0, __version__)


def test_help_lists_the_commands(formcase):
    ran = formcase("--help")
    assert ran.code == 0
    assert all(command in ran.out for command in ("serve", "migrate", "submit", "certificate"))


@pytest.mark.parametrize(
    "arguments",
    [("nonsense",), ("serve", "--port", "many"), ("submit",), ("certificate", "import", "x", "--no-such-option")],
)
def test_wrong_use_is_2_and_told_in_a_sentence(formcase, arguments):
    ran = formcase(*arguments)
    assert ran.code == 2
    assert ran.err.strip()
    assert "Traceback" not in ran.err


def test_a_wrong_setting_is_2_and_is_named(formcase, monkeypatch):
    monkeypatch.setenv("FORMCASE_CASE_SYSTEM_AUTH", "basic")
    configuration.cache_clear()
    ran = formcase("certificate", "list")
    assert ran.code == 2
    assert "Missing: FORMCASE_CASE_SYSTEM_URL" in ran.err


def test_with_json_an_error_is_a_json_object_too(formcase):
    ran = formcase("certificate", "import", "/there/is/no/file", "--json")
    assert ran.code == 2
    assert ran.json == {
        "error": {"message": "/there/is/no/file can't be read: No such file or directory.", "exitCode": 2}
    }


def test_a_fault_of_formcase_itself_is_not_hidden(formcase, monkeypatch):
    monkeypatch.setattr("formcase.cli.commands.certificate._store", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        formcase("certificate", "list")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("log", "ABC"), "formcase log does not know what to do with “ABC”. See: formcase log --help"),
        (("submission", "show"), "formcase submission show needs REFERENCE. See: formcase submission show --help"),
        (("submission", "handled", "X"), "formcase submission handled needs --case."),
        (("submission", "handled", "X", "--case", " "), "Name the case that took it"),
        (("submissions", "--limit", "-3"), "--limit"),
        (("submissions", "--status", "gone"), "There is no status “gone”. There are: Delivered, Temporary blocked,"),
    ],
)
def test_wrong_use_names_what_was_wrong_and_where_help_is(formcase, arguments, said):
    ran = formcase(*arguments)
    assert ran.code == 2
    assert said in ran.err
