"""The whole set-up as one file: it carries everything over, and says where something is wrong."""

import pytest

from formcase.casesystem.administration.file import BadFileError, carry_in, write_file
from formcase.casesystem.models import (
    AdministrationEntry,
    Code,
    CustomFieldRow,
    HeldCode,
    InstallationSetting,
    SecurityRight,
    User,
)


def errors(text: str) -> list[tuple[str, int, str]]:
    with pytest.raises(BadFileError) as refused:
        carry_in(text, "test")
    return [(error.path, error.line, error.message) for error in refused.value.errors]


def test_a_test_system_is_set_up_like_production(municipality, soeren):
    carry_in("case system set-up: 1\nsettings: {number mask: 'X-{year}-{number}'}\n", "test")
    file = write_file()
    codes = sorted(Code.objects.values_list("entity_set", "key"))
    for model in (HeldCode, SecurityRight, CustomFieldRow, Code, InstallationSetting):
        model.objects.all().delete()
    User.objects.exclude(pk="formcase").delete()
    carried = carry_in(file, "test")
    assert carried.counts["case groups"]["added"] == 17
    assert write_file() == file
    assert sorted(Code.objects.values_list("entity_set", "key")) == codes
    assert SecurityRight.objects.count() == 130
    assert carry_in(file, "test").counts["users"] == {"added": 0, "changed": 0, "same": 5}
    assert soeren.case(ROOMS=3)["FileNo"].startswith("X-2026-")


def test_codes_that_look_like_something_else_need_no_quotes(municipality):
    carry_in(
        "case system set-up: 1\ncase groups:\n- {code: 02.50, text: Plans, above: 02}\n"
        "countries:\n- {code: NO, text: Norge}\n",
        "test",
    )
    assert Code.objects.get(entity_set="FileClasses", key="02.50").properties["ParentFileClass"] == "02"
    assert Code.objects.get(entity_set="Countries", key="NO").text == "Norge"


def test_an_error_names_its_place_and_what_would_be_right(municipality):
    found = errors(
        "case system set-up: 1\n"
        "users:\n"
        "- id: XYZ\n"
        "  name: Xenia\n"
        "  security code: 11\n"
        "  unit: TEKK\n"
        "case groups:\n"
        "- {code: 03, text: Roads, number mask: '{year}-{nummer}'}\n"
    )
    assert ("case groups[1].number mask", 8) in [(path, line) for path, line, _message in found]
    assert ("users[1].unit", 6, "There is no “TEKK” in units. Near: TEK, SEK.") in found
    assert not User.objects.filter(pk="XYZ").exists()


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("", "", 1),
        ("users: []\n", "case system set-up", 1),
        ("case system set-up: 1\nusers: [\n", "", 3),
        ("case system set-up: 1\npeople: []\n", "people", 2),
        ("case system set-up: 1\nusers: 7\n", "users", 2),
        ("case system set-up: 1\nunits:\n- {code: A, text: A, colour: red}\n", "units[1].colour", 3),
        ("case system set-up: 1\nunits:\n- {code: A}\n", "units[1]", 3),
        ("case system set-up: 1\nunits:\n- {code: A, text: A, hidden: perhaps}\n", "units[1].hidden", 3),
        ("case system set-up: 1\nunits:\n- {code: A, text: A, until: 2026-02-30}\n", "units[1].until", 3),
        ("case system set-up: 1\nunits:\n- {code: A, text: A}\n- {code: A, text: B}\n", "units[2]", 4),
        ("case system set-up: 1\nunits: &a []\naccess codes: *a\n", "", 3),
        ("case system set-up: 1\nsecurity groups:\n  12:\n  - {table: Case}\n", "security groups.12[1]", 4),
        (
            "case system set-up: 1\ncustom fields:\n  File:\n  - {name: Title, kind: text}\n",
            "custom fields.File[1].name",
            4,
        ),
    ],
)
def test_a_bad_file_changes_nothing_and_is_told_where(municipality, text, path, line):
    assert (path, line) in [(where, number) for where, number, _message in errors(text)]


def test_a_trial_run_says_what_would_change_and_changes_nothing(municipality):
    text = "case system set-up: 1\nunits:\n- {code: NEW, text: New}\n- {code: TEK, text: Teknik, above: SEK}\n"
    carried = carry_in(text, "test", only_try=True)
    assert carried.counts["units"] == {"added": 1, "changed": 1, "same": 0}
    assert not Code.objects.filter(key="NEW").exists()
    assert not AdministrationEntry.objects.exists()


def test_every_change_is_kept_with_who_made_it(municipality):
    carry_in("case system set-up: 1\naccess codes:\n- {code: NEW, text: New}\n", "ADM")
    entry = AdministrationEntry.objects.get()
    assert (entry.account, entry.table, entry.key, entry.action) == ("ADM", "access codes", "NEW", "added")
    assert entry.after["text"] == "New"


def test_secrets_are_never_in_the_file(municipality):
    assert "argon2" not in write_file()
    assert "md5" not in write_file()
    assert "secret" not in write_file()
