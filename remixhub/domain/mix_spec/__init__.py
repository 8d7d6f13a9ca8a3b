"""The mix spec, versions 1 and 2: the recipe of a mix. `docs/mix-spec.md` is the specification.

Both versions are read into one value. Equal specs have one canonical form and so one digest, whatever the order of
their fields, whichever defaults were left out, and in whichever version they were written.
"""

from remixhub.domain.mix_spec.bounds import (
    DEFAULT_RATE_HZ,
    HIGHEST_GAIN_DB,
    LOWEST_GAIN_DB,
    MOST_FRAMES,
    MOST_LANES,
    VERSION,
)
from remixhub.domain.mix_spec.canonical import canonical_json, digest, sounding_json
from remixhub.domain.mix_spec.parsing import parse_mix_spec
from remixhub.domain.mix_spec.refusals import InvalidMixSpec, MixEmpty, MixStemMissing, MixTooLong
from remixhub.domain.mix_spec.values import (
    TOGETHER_LOUDNESS,
    Clip,
    Grid,
    Lane,
    Loop,
    Loudness,
    Marker,
    MixSpec,
    Point,
    Span,
    stems_together,
)

__all__ = [
    "DEFAULT_RATE_HZ",
    "HIGHEST_GAIN_DB",
    "LOWEST_GAIN_DB",
    "MOST_FRAMES",
    "MOST_LANES",
    "TOGETHER_LOUDNESS",
    "VERSION",
    "Clip",
    "Grid",
    "InvalidMixSpec",
    "Lane",
    "Loop",
    "Loudness",
    "Marker",
    "MixEmpty",
    "MixSpec",
    "MixStemMissing",
    "MixTooLong",
    "Point",
    "Span",
    "canonical_json",
    "digest",
    "parse_mix_spec",
    "sounding_json",
    "stems_together",
]
