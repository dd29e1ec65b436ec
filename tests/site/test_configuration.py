"""Settings: what is wrong is said at once and by name, and nothing falls back in silence."""

import os

import pytest

from formcase.site.configuration import Configuration, ConfigurationError, configuration, read_again


@pytest.fixture
def read(monkeypatch):
    """Read the settings that an environment gives."""

    def read_with(**environment: str) -> Configuration:
        for name in [name for name in os.environ if name.startswith("FORMCASE_")]:
            monkeypatch.delenv(name)
        for name, value in environment.items():
            monkeypatch.setenv(f"FORMCASE_{name}", value)
        return read_again()

    yield read_with
    configuration.cache_clear()


@pytest.fixture
def problems(read):
    """What is wrong with an environment."""

    def problems_with(**environment: str) -> str:
        with pytest.raises(ConfigurationError) as caught:
            read(**environment)
        return str(caught.value)

    return problems_with


OAUTH2 = {
    "CASE_SYSTEM_URL": "https://town.example/OData4/",
    "CASE_SYSTEM_AUTH": "oauth2",
    "CASE_SYSTEM_CLIENT_ID": "formcase",
    "CASE_SYSTEM_CLIENT_SECRET": "s3cret",
    "CASE_SYSTEM_TOKEN_URL": "https://town.example/token",
}


def test_without_settings_the_built_in_case_system_is_used(read):
    assert read().uses_built_in_case_system


def test_a_whole_case_system_is_used(read):
    settings = read(**OAUTH2)
    assert not settings.uses_built_in_case_system
    assert settings.case_system_client_secret.get_secret_value() == "s3cret"


def test_the_case_systems_authorities_may_be_a_file_and_belong_to_a_case_system(read, problems, tmp_path):
    file = tmp_path / "authorities.pem"
    assert "names a file that is not there" in problems(**OAUTH2, CASE_SYSTEM_CA_FILE=str(file))
    file.touch()
    assert read(**OAUTH2, CASE_SYSTEM_CA_FILE=str(file)).case_system_ca_file == file
    assert "set by half" in problems(CASE_SYSTEM_CA_FILE=str(file))


@pytest.mark.parametrize("given", ["cases/{id}", "https://town.example/cases/"])
def test_where_a_case_is_opened_is_an_address_with_a_place_for_its_key(read, problems, given):
    assert "with {id} where the case's key goes" in problems(CASE_ADDRESS=given)
    assert read(CASE_ADDRESS="https://town.example/{id}").case_address == "https://town.example/{id}"


@pytest.mark.parametrize("missing", sorted(OAUTH2))
def test_a_half_case_system_stops_the_start_and_names_what_is_missing(problems, missing):
    text = problems(**{name: value for name, value in OAUTH2.items() if name != missing})
    assert f"Missing: FORMCASE_{missing}" in text
    assert "s3cret" not in text


def test_basic_needs_user_and_password_and_takes_nothing_of_oauth2(problems):
    text = problems(
        CASE_SYSTEM_URL="https://town.example/OData4/", CASE_SYSTEM_AUTH="basic", CASE_SYSTEM_CLIENT_ID="formcase"
    )
    assert "Missing: FORMCASE_CASE_SYSTEM_USER, FORMCASE_CASE_SYSTEM_PASSWORD" in text
    assert "FORMCASE_CASE_SYSTEM_CLIENT_ID can't be used with FORMCASE_CASE_SYSTEM_AUTH=basic" in text


def test_a_secret_over_http_to_another_machine_is_refused(problems, read):
    assert "FORMCASE_CASE_SYSTEM_TOKEN_URL must begin with https://" in problems(
        **OAUTH2 | {"CASE_SYSTEM_TOKEN_URL": "http://town.example/token"}
    )
    local = {"CASE_SYSTEM_URL": "http://127.0.0.1:9000/OData4/", "CASE_SYSTEM_TOKEN_URL": "http://localhost:9000/t"}
    assert read(**OAUTH2 | local).case_system_url == "http://127.0.0.1:9000/OData4/"


def test_a_misspelt_setting_is_named_with_the_nearest_name(problems):
    assert problems(DATABSE_URL="x") == (
        "FORMCASE_DATABSE_URL is no setting of Formcase: did you mean FORMCASE_DATABASE_URL?"
    )


def test_an_empty_setting_is_not_taken_for_an_absent_one(problems):
    assert "FORMCASE_CASE_SYSTEM_URL is empty" in problems(CASE_SYSTEM_URL="")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://host/formcase", "must be an address such as postgresql://"),
        ("postgresql://host", "names no database"),
        ("postgresql://host:port:5432/x y?a", "can't be read as an address"),
    ],
)
def test_a_wrong_database_address_is_told(problems, url, said):
    text = problems(DATABASE_URL=url)
    assert text.startswith("FORMCASE_DATABASE_URL ")
    assert said in text


def test_a_database_password_is_never_shown(problems, read):
    assert "hunter2" not in problems(DATABASE_URL="postgresql://me:hunter2@host")
    assert "hunter2" not in repr(read(DATABASE_URL="postgresql://me:hunter2@host/formcase"))


def test_all_problems_are_told_at_once(problems):
    text = problems(PORT="0", TIME_ZONE="Mars/Olympus", LOG_FORMAT="loud")
    assert all(name in text for name in ("FORMCASE_PORT", "FORMCASE_TIME_ZONE", "FORMCASE_LOG_FORMAT"))


def test_a_secret_may_stand_in_a_file(read, problems, tmp_path):
    file = tmp_path / "secret"
    file.write_text("from the file\n")
    without = {name: value for name, value in OAUTH2.items() if name != "CASE_SYSTEM_CLIENT_SECRET"}
    settings = read(**without, CASE_SYSTEM_CLIENT_SECRET_FILE=str(file))
    assert settings.case_system_client_secret.get_secret_value() == "from the file"
    assert "are both set" in problems(**OAUTH2, CASE_SYSTEM_CLIENT_SECRET_FILE=str(file))
    assert "can't be read" in problems(**without, CASE_SYSTEM_CLIENT_SECRET_FILE=str(tmp_path / "none"))


def test_the_environment_wins_over_the_file(read, tmp_path):
    file = tmp_path / "formcase.toml"
    file.write_text('port = 9100\nallowed_hosts = ["forms.example"]\n')
    settings = read(CONFIG=str(file), PORT="9200")
    assert settings.port == 9200
    assert settings.allowed_hosts == ("forms.example",)


def test_a_misspelt_setting_in_the_file_is_named_with_the_file(problems, tmp_path):
    file = tmp_path / "formcase.toml"
    file.write_text("prot = 9100\n")
    assert problems(CONFIG=str(file)) == f"prot in {file} is no setting of Formcase: did you mean port?"
    file.write_text("port = ")
    assert "is not a TOML file" in problems(CONFIG=str(file))
    assert "can't be read" in problems(CONFIG=str(tmp_path / "none.toml"))


def test_several_hosts_are_separated_by_commas(read):
    assert read(ALLOWED_HOSTS="a.example, b.example").allowed_hosts == ("a.example", "b.example")


def test_a_heartbeat_is_neither_hectic_nor_asleep(read, problems):
    assert read().heartbeat == 5
    assert read(HEARTBEAT="0.5").heartbeat == 0.5
    assert "FORMCASE_HEARTBEAT" in problems(HEARTBEAT="0")


def test_waits_are_seconds_separated_by_commas(read, problems):
    assert read().unreadable_waits == (200, 400)
    assert read(UNREADABLE_WAITS="1, 2,3").unreadable_waits == (1, 2, 3)
    assert "FORMCASE_UNREADABLE_WAITS" in problems(UNREADABLE_WAITS="1,soon")


def test_networks_of_form_services_are_addresses_with_lengths_or_none(read, problems):
    assert [str(network) for network in read().interact_networks] == ["127.0.0.0/8", "::1/128"]
    several = read(INTERACT_NETWORKS="10.20.0.0/16, fd12::/32").interact_networks
    assert [str(network) for network in several] == ["10.20.0.0/16", "fd12::/32"]
    assert read(INTERACT_NETWORKS="none").interact_networks == ()
    for wrong in ("10.20.0.5/16", "intranet", "10.0.0.0/99"):
        assert "FORMCASE_INTERACT_NETWORKS" in problems(INTERACT_NETWORKS=wrong)
