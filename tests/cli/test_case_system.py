"""The case system's set-up by command: carried from one installation to another, and the first password."""

import pytest

pytestmark = pytest.mark.usefixtures("prepared_by_the_tests")


def test_a_set_up_is_carried_over_by_command(formcase, tmp_path):
    from formcase.casesystem.models import Code, SecurityRight, User
    from formcase.casesystem.setup import ensure_sample_data

    ensure_sample_data()
    exported = formcase("case-system", "export")
    assert exported.code == 0
    file = tmp_path / "set-up.yaml"
    file.write_text(exported.out, encoding="utf-8")
    for model in (User, Code, SecurityRight):
        model.objects.all().delete()
    tried = formcase("case-system", "import", str(file), "--dry-run", "--json").json["tables"]
    assert {"table": "users", "added": 4, "changed": 0, "same": 0} in tried
    assert User.objects.count() == 0
    assert formcase("case-system", "import", str(file)).code == 0
    assert formcase("case-system", "export").out == exported.out


def test_a_bad_set_up_is_1_with_its_places_and_a_missing_one_2(formcase, tmp_path):
    file = tmp_path / "set-up.yaml"
    file.write_text("case system set-up: 1\nusers:\n- {id: XYZ, name: Xenia, security code: 11}\n", encoding="utf-8")
    ran = formcase("case-system", "import", str(file))
    assert (ran.code, "Line 3, users[1].security code" in ran.err) == (1, True), ran.err
    assert formcase("case-system", "import", str(tmp_path / "none.yaml")).code == 2


def test_the_first_administrator_gets_a_password_that_must_be_changed(formcase):
    from formcase.casesystem.login.passwords import account_with
    from formcase.casesystem.setup import ensure_sample_data

    ensure_sample_data()
    made = formcase("case-system", "password", "SBH", "--administrator", "--json").json
    account = account_with("SBH", str(made["password"]), "127.0.0.1")
    assert account is not None
    assert (account.must_change_secret, account.user.administrator) == (True, True)
    ran = formcase("case-system", "password", "XYZ")
    assert (ran.code, "SBH" in ran.err) == (1, True)


def test_only_a_database_for_tests_is_filled(formcase):
    from formcase.casesystem.models import Contact, File

    refused = formcase("bench", "fill-case-system", "--cases", "1", "--documents", "0", "--contacts", "0")
    assert (refused.code, "bench mark" in refused.err) == (2, True)
    Contact.objects.create(name_type="P", name1="Somebody real", create_user="x", update_user="x")
    marked = formcase("bench", "mark")
    assert (marked.code, "it is none for tests" in marked.err) == (2, True)
    assert formcase("bench", "fill-form-service", "--submissions", "1").code == 2
    assert File.objects.count() == 0
