"""Commands of Formcase, each in a process of its own, without loading the same libraries again for each.

The processes are forked from one that has `libraries` in memory and nothing else: no Django set up, no connection, no
thread. Most of what a command costs is the loading, and tests run hundreds.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired
from tempfile import TemporaryDirectory

_processes = get_context("forkserver")
_processes.set_forkserver_preload(["integration.libraries"])


def run_command(arguments: Sequence[str], environment: Mapping[str, str], seconds: float) -> CompletedProcess[str]:
    """Run `formcase` with these arguments. Raises `TimeoutExpired` after so many seconds."""
    with TemporaryDirectory(prefix="formcase-command-") as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        process = _processes.Process(target=_carry_out, args=(arguments, dict(environment), out, err))
        process.start()
        process.join(seconds)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise TimeoutExpired(arguments, seconds, out.read_text(), err.read_text())
        return CompletedProcess(arguments, process.exitcode, out.read_text(), err.read_text())


def _carry_out(arguments: Sequence[str], environment: Mapping[str, str], out: Path, err: Path) -> None:
    os.environ.clear()
    os.environ.update(environment)
    for number, path in ((1, out), (2, err)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(file, number)
        os.close(file)
    from formcase.cli.main import run

    sys.exit(run(arguments))
