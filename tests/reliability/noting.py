"""How a test notes what it came to, so that `docs/reliability.md` can tell it."""

from collections.abc import Callable

import pytest

Noting = Callable[..., None]


@pytest.fixture
def figures(record_property: Callable[[str, object], None]) -> Noting:
    """Note figures by name: `figures(submissions=57, killed=44)`. They are printed too."""

    def note(**noted: object) -> None:
        for name, value in noted.items():
            record_property(name, f"{value:.1f}" if isinstance(value, float) else str(value))
        print("\n" + ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in noted.items()))

    return note
