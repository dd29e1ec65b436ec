import pytest

from filing.world import World
from workflows.bench import bench, transactional_db, workflow

__all__ = ["bench", "transactional_db", "workflow", "world"]


@pytest.fixture
async def world(workflow, bench) -> World:
    return World(bench, workflow)
