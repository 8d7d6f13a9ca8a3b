"""The engine's version. It is part of the keys of all that the engine makes: raise it when results change."""

ENGINE_VERSION = "2"
BLOCK_FRAMES = 65_536
"""Frames that streaming code handles at a time: a multiple of every power of two up to it, and small enough for L2."""
