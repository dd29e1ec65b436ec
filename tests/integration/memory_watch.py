"""How much memory the processes of an installation take while something is done."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

import psutil

MIB = 1024 * 1024
_INTERVAL = 0.05  # seconds


class MemoryWatch:
    """Watches processes with their children. roots: by what people call them."""

    def __init__(self, roots: Mapping[str, psutil.Process]) -> None:
        self._roots = dict(roots)
        self.grown: dict[str, int] = {}  # bytes, during the last step

    @contextmanager
    def step(self) -> Iterator[None]:
        """What each takes at most during the block, beyond what it took before: see `grown`."""
        before = self._taken()
        most = dict(before)
        ended = threading.Event()

        def look() -> None:
            while not ended.wait(_INTERVAL):
                for name, taken in self._taken().items():
                    most[name] = max(most[name], taken)

        looking = threading.Thread(target=look, daemon=True)
        looking.start()
        try:
            yield
        finally:
            ended.set()
            looking.join()
            self.grown = {name: max(0, most[name] - before[name]) for name in before}

    def _taken(self) -> dict[str, int]:
        return {name: _resident(root) for name, root in self._roots.items()}


def _resident(root: psutil.Process) -> int:
    taken = 0
    for process in (root, *root.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            taken += process.memory_info().rss
    return taken
