"""`formcase workflow transform …`: a workflow's transform, in versions."""

from formcase.cli.carried import VersionCommands

_commands = VersionCommands("transform")
show, set_, versions = _commands.show, _commands.set_, _commands.versions
publish, withdraw, compare = _commands.publish, _commands.withdraw, _commands.compare
