"""What an installation sets: environment variables `FORMCASE_…` or a TOML file, read once and checked."""

import os
from pathlib import Path
from typing import Literal, Self

from pydantic import SecretStr, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource


class Configuration(BaseSettings):
    """The installation's settings. Every field is `FORMCASE_<NAME>` in the environment and `<name>` in the TOML file
    that `FORMCASE_CONFIG` names; a secret may be given as a file by `<NAME>_FILE`."""

    model_config = SettingsConfigDict(env_prefix="FORMCASE_", extra="ignore", frozen=True)

    data: Path = Path(".formcase")
    database_url: str | None = None
    secret_key: SecretStr | None = None
    debug: bool = False
    allowed_hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    time_zone: str = "Europe/Copenhagen"
    port: int = 8000

    case_system_url: str | None = None
    case_system_auth: Literal["oauth2", "basic"] | None = None
    case_system_client_id: str | None = None
    case_system_client_secret: SecretStr | None = None
    case_system_token_url: str | None = None
    case_system_scope: str | None = None
    case_system_user: str | None = None
    case_system_password: SecretStr | None = None
    reference_label: str = "INTERACT"

    interact_ca_file: Path | None = None
    interact_allow_loopback_http: bool = False

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the TOML file."""
        path = os.environ.get("FORMCASE_CONFIG")
        toml = (TomlConfigSettingsSource(settings_cls, toml_file=Path(path)),) if path else ()
        return (init_settings, env_settings, *toml)

    @model_validator(mode="after")
    def _whole_case_system(self) -> Self:
        """A half setting stops the start: there is no silent fall-back to the built-in case system."""
        return self


def configuration() -> Configuration:
    """The settings as they are now."""
    return Configuration()
