"""Runs a module as a process that ends when its parent ends, however that happens.

Run as `python -m formcase.site.tethered PARENT_PID MODULE ARGUMENT…`.
"""

import ctypes
import os
import runpy
import signal
import sys
import threading
import time

_PR_SET_PDEATHSIG = 1  # from linux/prctl.h


def tie_to(parent: int, end: signal.Signals = signal.SIGTERM) -> None:
    """Have this process sent the signal when its parent is gone. Call it from the main thread."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(end), 0, 0, 0)
    else:
        threading.Thread(target=_watch, args=(parent, end), daemon=True).start()
    if os.getppid() != parent:  # it was gone before we asked
        os.kill(os.getpid(), end)


def command(module: str, *arguments: str) -> list[str]:
    """The command that runs this module tied to the process that asks."""
    return [sys.executable, "-m", "formcase.site.tethered", str(os.getpid()), module, *arguments]


def _watch(parent: int, end: signal.Signals) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), end)


def _main() -> None:
    parent, module, *arguments = sys.argv[1:]
    tie_to(int(parent))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _main()
