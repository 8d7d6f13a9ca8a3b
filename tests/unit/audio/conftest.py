"""Every decoder that is installed reads the sound."""

from tests.decoders import sandbox

__all__ = ["sandbox"]
