"""What `python -m remixhub …` can do, a module for each group of commands.

Each module has `register(subparsers)`; a command is a function from parsed arguments to an exit code.
Commands for operators read the settings from the environment; those for artists need no server.
"""
