"""The steps of `docs/mix-spec.md`: what a spec needs of its stems, a lane in blocks, its gain and pan, the loop.

Renders of the whole are made of them in `audio/mix.py`. Frames count at the mix's rate unless another is said.
"""
