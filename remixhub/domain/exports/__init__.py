"""Sessions of stem packs and mixes, as music programs open them: what is in one, and how each program writes it.

A session is a value; writers turn it into the texts that lie beside its sound, and a reader turns one back into a mix.
"""
