"""The `formcase` command: reads the command line, runs one command, and turns what went wrong into an exit code."""

import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from formcase import __version__
from formcase.cli import output, wrong_use
from formcase.cli.commands import register
from formcase.cli.failures import WRONG_USE, Failure, failure_of

app = App(
    name="formcase",
    help="Files every submitted form exactly once as cases, documents and contacts in a case system.",
    version=__version__,
    help_format="plaintext",
    result_action="return_value",
    exit_on_error=False,
    print_error=False,
    suppress_keyboard_interrupt=False,
)
register(app)


def main() -> None:
    """The entry point of the installed command."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command; the exit code: 0 done, 1 the answer is no, 2 wrong use, 3 out of reach."""
    as_json = "--json" in arguments
    try:
        return int(app(list(arguments)) or 0)
    except CycloptsError as error:
        return output.failed(Failure(wrong_use.told(error), WRONG_USE), as_json=as_json)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # nobody reads any more, so the interpreter must not complain about it either
        return 0
    except Exception as error:
        failure = failure_of(error)
        if failure is None:
            raise
        return output.failed(failure, as_json=as_json)
