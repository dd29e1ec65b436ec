"""What `deploy/` holds can be used: each file is checked by its own linter where that is here, and against the
settings and commands that Formcase has everywhere."""

import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from formcase.cli.main import app
from formcase.site.configuration import Configuration

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
COMPOSE = DEPLOY / "compose" / "compose.yaml"
MOST_EXPOSED = 2.0  # of 10, by `systemd-analyze security`


def name(path: Path) -> str:
    return path.name


def assert_is_setting(setting: str) -> None:
    field = setting.removeprefix("FORMCASE_").lower().removesuffix("_file" if setting.endswith("_FILE") else "")
    assert (
        field in Configuration.model_fields or setting.removeprefix("FORMCASE_").lower() in Configuration.model_fields
    )


def assert_is_command(words: list[str]) -> None:
    """Formcase takes these words; nothing is run."""
    app.parse_args(words, exit_on_error=False, print_error=False)


def documents(path: Path) -> Iterator[Any]:
    with path.open(encoding="utf-8") as file:
        yield from yaml.safe_load_all(file)


def manifests() -> list[Any]:
    return [document for path in MANIFESTS for document in documents(path)]


def pods() -> list[tuple[str, Any]]:
    """Name and template of everything that runs pods."""
    kinds = ("Deployment", "Job")
    return [(one["metadata"]["name"], one["spec"]["template"]) for one in manifests() if one["kind"] in kinds]


def test_the_settings_file_holds_settings_that_there_are():
    for setting in tomllib.loads((DEPLOY / "formcase.toml").read_text(encoding="utf-8")):
        assert_is_setting(f"FORMCASE_{setting.upper()}")


@pytest.mark.parametrize("unit", UNITS, ids=name)
def test_a_unit_starts_a_command_that_there_is(unit):
    (command,) = [line for line in unit.read_text(encoding="utf-8").splitlines() if line.startswith("ExecStart=")]
    assert_is_command(shlex.split(command.partition("=")[2])[1:])


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze: install systemd")
@pytest.mark.parametrize("unit", UNITS, ids=name)
def test_systemd_takes_a_unit_and_finds_it_hardened(unit):
    verified = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    complaints = [line for line in verified.stderr.splitlines() if unit.name.partition("@")[0] in line]
    assert [line for line in complaints if "is not executable" not in line] == [], "it may be installed elsewhere"
    judged = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", unit], capture_output=True, text=True, check=False
    )
    level = judged.stdout.strip().splitlines()[-1].partition(": ")[2].split()[0]
    assert float(level) <= MOST_EXPOSED, judged.stdout


def test_the_compose_file_runs_commands_with_settings_that_there_are():
    (compose,) = documents(COMPOSE)
    ours = {name: one for name, one in compose["services"].items() if one["image"].startswith("formcase")}
    assert ours.keys() == {"migrate", "web", "worker"}
    for service in ours.values():
        assert_is_command(service["command"])
        for setting, value in service["environment"].items():
            assert_is_setting(setting)
            if str(value).startswith("/run/secrets/"):
                assert Path(value).name in service["secrets"], setting
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
    assert_whole(compose)
    assert "ports" not in compose["services"]["database"], "nobody outside is to reach the database"


def assert_whole(compose: Mapping[str, Any]) -> None:
    """Every secret, volume, network and service that is named is there."""
    for service in compose["services"].values():
        assert set(service.get("secrets", ())) <= compose["secrets"].keys()
        assert set(service["networks"]) <= compose["networks"].keys()
        assert set(service.get("depends_on", ())) <= compose["services"].keys()
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source in compose["volumes"] or source.startswith("./"), volume


@pytest.mark.skipif(shutil.which("docker") is None, reason="needs docker with its compose plugin")
def test_docker_takes_the_compose_file():
    if subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("docker is here without its compose plugin")
    given = {"CASE_SYSTEM_URL": "https://a.example", "CASE_SYSTEM_TOKEN_URL": "https://a.example", "FORMCASE_NAME": "a"}
    command = ["docker", "compose", "--file", str(COMPOSE), "config", "--quiet"]
    done = subprocess.run(
        command, env={"PATH": "/usr/local/bin:/usr/bin:/bin", **given}, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("manifest", MANIFESTS, ids=name)
def test_kubernetes_schema_takes_a_manifest(manifest):
    for document in documents(manifest):
        kubernetes_validate.validate(document, "1.31", strict=True)


def test_manifests_run_commands_with_settings_and_volumes_that_there_are():
    (settings,) = [one["data"] for one in manifests() if one["kind"] == "ConfigMap"]
    for setting, value in settings.items():
        assert isinstance(value, str), f"{setting}: a ConfigMap holds texts"
        assert_is_setting(setting)
    assert {name for name, _ in pods()} == {"formcase-web", "formcase-worker", "formcase-migrate"}
    for _, template in pods():
        (container,) = template["spec"]["containers"]
        assert_is_command(container["args"])
        mounted = {mount["name"] for mount in container["volumeMounts"]}
        assert mounted == {volume["name"] for volume in template["spec"]["volumes"]}
        assert {"memory"} <= container["resources"]["limits"].keys()


def test_manifests_are_hardened_and_without_the_variables_of_service_links():
    for name, template in pods():
        spec = template["spec"]
        (container,) = spec["containers"]
        assert spec["enableServiceLinks"] is False, f"{name}: FORMCASE_… of service links stop the start"
        assert spec["securityContext"]["runAsNonRoot"]
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert container["securityContext"]["capabilities"]["drop"] == ["ALL"]
        assert not container["securityContext"]["allowPrivilegeEscalation"]


def test_selectors_of_manifests_find_the_pods_that_they_are_for():
    labels = [template["metadata"]["labels"].items() for _, template in pods()]
    for one in manifests():
        if one["kind"] in ("Deployment", "PodDisruptionBudget", "Service"):
            selector = one["spec"]["selector"]
            wanted = selector.get("matchLabels", selector).items()
            assert sum(wanted <= there for there in labels) == 1, one["metadata"]["name"]
