"""What an installation sets: environment variables `FORMCASE_…` or a TOML file, read once and checked as a whole.

Everything that is wrong is said at once and stops the start; nothing is guessed or left out in silence.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from formcase.site.setting_names import CONFIG_FILE, FILE_SUFFIX, PREFIX, Names, from_environment, name_problems


class ConfigurationError(Exception):
    """The settings can't be used. problems: one sentence for each, naming the setting; never a secret's value."""

    def __init__(self, *problems: str) -> None:
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(self.problems)


def _separated_by_commas(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _networks(value: object) -> object:
    return () if value == "none" else _separated_by_commas(value)


SeveralNames = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_separated_by_commas)]
SeveralNetworks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_networks)]
SeveralSeconds = Annotated[
    tuple[Annotated[int, Field(ge=0, le=7 * 24 * 60 * 60)], ...], NoDecode, BeforeValidator(_separated_by_commas)
]


class Configuration(BaseSettings):
    """The installation's settings. Every field is `FORMCASE_<NAME>` in the environment and `<name>` in the TOML file
    that `FORMCASE_CONFIG` names, where the environment wins; a secret may be given as a file by `<NAME>_FILE`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True, hide_input_in_errors=True)

    data: Path = Path(".formcase")
    database_url: SecretStr | None = None
    secret_key: SecretStr | None = None
    person_index_key: SecretStr | None = None
    content_key: SecretStr | None = None
    former_content_keys: SecretStr | None = None
    keep_imported_days: int = Field(default=7, ge=0, le=3650)
    keep_error_case_days: int = Field(default=30, ge=0, le=3650)
    keep_content_days: int = Field(default=90, ge=0, le=3650)
    allowed_hosts: SeveralNames = ("localhost", "127.0.0.1", "[::1]")
    behind_https_proxy: bool = False
    time_zone: str = "Europe/Copenhagen"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65534)
    web_workers: int = Field(default=1, ge=1, le=64)
    web_threads: int = Field(default=8, ge=1, le=256)
    log_format: Literal["auto", "json", "console"] = "auto"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    case_system_url: str | None = None
    case_system_auth: Literal["oauth2", "basic"] | None = None
    case_system_client_id: str | None = None
    case_system_client_secret: SecretStr | None = None
    case_system_token_url: str | None = None
    case_system_scope: str | None = None
    case_system_user: str | None = None
    case_system_password: SecretStr | None = None
    case_system_ca_file: Path | None = None
    case_address: str | None = None
    reference_label: str = "INTERACT"
    unreadable_waits: SeveralSeconds = (200, 400)
    heartbeat: float = Field(default=5, ge=0.2, le=60)
    crash_at: str | None = None

    session_hours: int = Field(default=12, ge=1, le=24 * 30)
    oidc_url: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_name: str | None = None
    oidc_claim: str | None = None

    interact_ca_file: Path | None = None
    interact_allow_loopback_http: bool = False
    interact_networks: SeveralNetworks = (ip_network("127.0.0.0/8"), ip_network("::1/128"))

    # of the built-in ends
    case_number_mask: str | None = None
    form_service_host_names: SeveralNames = ()
    form_service_urls: SeveralNames = ()
    form_service_keep_days: int = Field(default=90, ge=30)
    form_service_keep_call_days: int = Field(default=90, ge=1, le=3650)
    form_service_draft_hours: int = Field(default=24, ge=1, le=24 * 90)
    form_service_largest_file: int = Field(default=2 * 1024**3, ge=1)
    form_service_largest_submission: int = Field(default=8 * 1024**3, ge=1)

    @property
    def uses_built_in_case_system(self) -> bool:
        """Whether no other case system is set."""
        return self.case_system_url is None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the TOML file, and in each a secret may stand in a file of its own."""
        path = os.environ.get(CONFIG_FILE)
        toml = (TomlConfigSettingsSource(settings_cls, toml_file=Path(path)),) if path else ()
        return (init_settings, env_settings, _SecretFiles(settings_cls), *toml)

    @field_validator("database_url")
    @classmethod
    def _postgresql_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        address = value.get_secret_value()
        if not address.startswith(("postgresql://", "postgres://")):
            raise ValueError("must be an address such as postgresql://user:password@host:5432/formcase")
        try:
            parts = conninfo_to_dict(address)
        except ProgrammingError:
            raise ValueError("can't be read as an address such as postgresql://user@host:5432/formcase") from None
        if not parts.get("dbname"):
            raise ValueError("names no database: put its name behind the last slash, as in postgresql://host/formcase")
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_time_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("is no time zone; an example is Europe/Copenhagen") from None
        return value

    @field_validator("case_address")
    @classmethod
    def _address_with_a_place_for_the_case(cls, value: str | None) -> str | None:
        if value is not None and (not value.startswith(("https://", "http://")) or "{id}" not in value):
            raise ValueError("must be an address with {id} where the case's key goes, as in https://cases.example/{id}")
        return value

    @field_validator("interact_ca_file", "case_system_ca_file")
    @classmethod
    def _file_that_is_there(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            raise ValueError(f"names a file that is not there: {value}")
        return value


@lru_cache(maxsize=1)
def configuration() -> Configuration:
    """The settings of this process, read once. Raises `ConfigurationError` with everything that is wrong."""
    names = _names()
    in_file = _toml_content()
    in_environment = from_environment(os.environ)
    written = {field: f"{field} in {os.environ.get(CONFIG_FILE)}" for field in in_file} | in_environment
    problems = [
        *name_problems(
            names, {field: written_as for field, written_as in written.items() if field in in_file}, in_file
        ),
        *name_problems(names, in_environment, {field: os.environ[name] for field, name in in_environment.items()}),
    ]
    if problems:
        raise ConfigurationError(*problems)
    try:
        result = Configuration()
    except ValidationError as error:
        raise ConfigurationError(*_said(error, written)) from None
    if problems := [*_case_system_problems(result), *_provider_problems(result), *_content_key_problems(result)]:
        raise ConfigurationError(*problems)
    return result


def read_again() -> Configuration:
    """The settings after this process has changed its own environment."""
    configuration.cache_clear()
    return configuration()


class _SecretFiles(PydanticBaseSettingsSource):
    """Secrets that are given as a file: `FORMCASE_<NAME>_FILE`, or `<name>_file` in the TOML file."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[str | None, str, bool]:
        """The content of the file, without the line's end; None where no file is given."""
        name = f"{PREFIX}{field_name}{FILE_SUFFIX}".upper()
        path = os.environ.get(name)
        if path is None:
            name = f"{field_name}{FILE_SUFFIX}"
            in_file = _toml_content().get(name)
            path = None if in_file is None else str(in_file)
        return (None if path is None else _file_content(name, path)), field_name, False

    def __call__(self) -> dict[str, str | None]:
        """The secrets that were found in files."""
        found = {name: self.get_field_value(Configuration.model_fields[name], name)[0] for name in _names().secrets}
        return {name: value for name, value in found.items() if value is not None}


def _file_content(name: str, path: str) -> str:
    try:
        text = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise ConfigurationError(f"{name} names {path}, which can't be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{name} names {path}, which is not UTF-8 text.") from None
    if not text:
        raise ConfigurationError(f"{name} names {path}, which is empty.")
    return text


def _toml_content() -> Mapping[str, object]:
    path = os.environ.get(CONFIG_FILE)
    if path is None:
        return {}
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{CONFIG_FILE} names {path}, which can't be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not a TOML file: {error}.") from None


@lru_cache(maxsize=1)
def _names() -> Names:
    fields = Configuration.model_fields
    return Names(
        fields=frozenset(fields),
        secrets=frozenset(name for name, field in fields.items() if field.annotation == SecretStr | None),
    )


def _said(error: ValidationError, written: Mapping[str, str]) -> Iterator[str]:
    """pydantic's findings as sentences that name the setting as it was given."""
    for finding in error.errors(include_input=False, include_url=False):
        field = str(finding["loc"][0])
        name = written.get(field) or written.get(f"{field}{FILE_SUFFIX}") or field
        text = finding["msg"].removeprefix("Value error, ").removeprefix("Input ")
        yield f"{name} {text}."


_SHORTEST_KEY = 32  # characters
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "oauth2": ("client_id", "client_secret", "token_url"),
    "basic": ("user", "password"),
}
_USED: Mapping[str, tuple[str, ...]] = {"oauth2": (*_NEEDED["oauth2"], "scope"), "basic": _NEEDED["basic"]}


def _case_system_problems(settings: Configuration) -> Iterator[str]:
    """A half setting stops the start: there is no silent fall-back to the built-in case system."""
    names = ("url", "auth", "ca_file", *_USED["oauth2"], *_USED["basic"])
    given = [name for name in names if getattr(settings, f"case_system_{name}") is not None]
    if not given:
        return
    auth = settings.case_system_auth
    missing = [_variable(name) for name in ("url", "auth", *(_NEEDED[auth] if auth else ())) if name not in given]
    if missing:
        yield f"The case system is set by half. Set: {', '.join(map(_variable, given))}. Missing: {', '.join(missing)}."
    foreign = [_variable(name) for name in given if auth and name not in ("url", "auth", "ca_file", *_USED[auth])]
    if foreign:
        yield f"{', '.join(foreign)} can't be used with {_variable('auth')}={auth}: take it away."
    for name in ("url", "token_url"):
        yield from _address_problems(_variable(name), getattr(settings, f"case_system_{name}"))


def _provider_problems(settings: Configuration) -> Iterator[str]:
    """An OpenID Connect provider is set as a whole or not at all."""
    needed = ("oidc_url", "oidc_client_id", "oidc_client_secret")
    given = [name for name in (*needed, "oidc_name", "oidc_claim") if getattr(settings, name) is not None]
    missing = [f"{PREFIX}{name.upper()}" for name in needed if name not in given]
    if given and missing:
        yield f"The OpenID Connect provider is set by half. Missing: {', '.join(missing)}."
    yield from _address_problems(f"{PREFIX}OIDC_URL", settings.oidc_url)


def _content_key_problems(settings: Configuration) -> Iterator[str]:
    """A key that is too short could be guessed; former keys are no use without a current one."""
    former = settings.former_content_keys.get_secret_value().split() if settings.former_content_keys else []
    current = [settings.content_key.get_secret_value()] if settings.content_key else []
    names = [f"{PREFIX}CONTENT_KEY"] * len(current) + [f"{PREFIX}FORMER_CONTENT_KEYS"] * len(former)
    for name, key in zip(names, [*current, *former], strict=True):
        if len(key) < _SHORTEST_KEY or not key.isascii() or len(key.split()) != 1:
            yield f"{name}: a key has at least {_SHORTEST_KEY} characters (ASCII) without blanks between them."
    if former and not current:
        yield f"{PREFIX}FORMER_CONTENT_KEYS is set without {PREFIX}CONTENT_KEY. Set both, or neither."


def _variable(name: str) -> str:
    return f"{PREFIX}CASE_SYSTEM_{name.upper()}"


def _address_problems(name: str, address: str | None) -> Iterator[str]:
    if address is None:
        return
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        yield f"{name} is no web address."
        return
    if parts.scheme not in ("http", "https") or not host:
        yield f"{name} must be a web address that begins with https://."
    elif parts.username or parts.password:
        yield f"{name} holds a user name or password: give those in settings of their own."
    elif parts.scheme == "http" and not _is_loopback(host):
        yield f"{name} must begin with https://: over http the account's secret could be read on the way."


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
