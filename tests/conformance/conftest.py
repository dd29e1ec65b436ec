"""The case system under test, started once for the suite, and a connection to it for each test."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from conformance.case_systems import CASE_SYSTEMS, CaseSystemUnderTest
from formcase.targets.port import CaseSystem


@pytest.fixture(scope="session", params=sorted(CASE_SYSTEMS))
def world(
    request: pytest.FixtureRequest, database_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CaseSystemUnderTest]:
    folder: Path = tmp_path_factory.mktemp("case-system")
    with CASE_SYSTEMS[request.param](database_server, folder) as running:
        yield running


@pytest.fixture
async def case_system(world: CaseSystemUnderTest) -> AsyncIterator[CaseSystem]:
    case_system = world.connect()
    yield case_system
    await case_system.close()
