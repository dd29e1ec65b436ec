"""How a command line that can't be understood is told: what is wrong with it, and where the command's help is."""

from cyclopts import CycloptsError
from cyclopts.exceptions import MissingArgumentError, UnusedCliTokensError


def told(error: CycloptsError) -> str:
    """One line for the person who typed it."""
    command = " ".join(("formcase", *(error.command_chain or ())))
    return f"{_what(error, command)} See: {command} --help"


def _what(error: CycloptsError, command: str) -> str:
    if isinstance(error, UnusedCliTokensError):
        words = ", ".join(f"“{word}”" for word in error.unused_tokens or ())
        return f"{command} does not know what to do with {words}."
    if isinstance(error, MissingArgumentError) and error.argument is not None and not error.unused_tokens:
        argument = error.argument
        # what can stand without its name is called as the help calls it
        name = argument.name.lstrip("-").upper() if argument.field_info.is_positional else argument.name
        return f"{command} needs {name}."
    return str(error).strip()
