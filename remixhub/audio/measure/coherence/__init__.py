"""Whether stems add up to the reference mix: least squares of the mix on all of them, in cells of time and frequency.

One decode a stem; of each only spectra of evenly spread short frames are kept, so that memory does not grow with the
length of a piece. A faulty stem is read again where it is tried elsewhere.
"""
