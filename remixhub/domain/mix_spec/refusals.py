"""Why a mix spec is not taken, or cannot be rendered."""

from remixhub.domain.errors import Invalid


class InvalidMixSpec(Invalid):
    code = "mix_spec_invalid"
    title = "The mix spec breaks a rule"


class MixStemMissing(Invalid):
    code = "mix_stem_missing"
    title = "The mix names a stem that is not there"


class MixEmpty(Invalid):
    code = "mix_empty"
    title = "Nothing is left to mix"


class MixTooLong(Invalid):
    code = "mix_too_long"
    title = "The mix is too long"
