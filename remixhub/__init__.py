"""RemixHub: share stems, remix them, and always know what came from what."""

__version__ = "0.2.0.dev0"
