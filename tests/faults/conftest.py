import pytest

from faults.scenarios import Stage
from integration.conftest import installation, prepared, worker
from workflows.bench import bench, transactional_db, workflow

__all__ = ["bench", "installation", "prepared", "stage", "transactional_db", "worker", "workflow"]


@pytest.fixture
def stage(workflow, bench) -> Stage:
    """Where a scenario is played many times, each time with a world of its own."""
    return Stage(bench, workflow)
