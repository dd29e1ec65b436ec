"""`formcase workflow mapping …`: a workflow's own mapping, in versions."""

from formcase.cli.carried import VersionCommands

_commands = VersionCommands("mapping")
show, set_, versions = _commands.show, _commands.set_, _commands.versions
publish, withdraw, compare = _commands.publish, _commands.withdraw, _commands.compare
