"""Covers that the house prints for works without a picture: shapes from the work's own sound, its tempo and its key.

Two plates and paper, as a risograph prints; where both plates meet stands the overprint. Equal works give equal prints.
"""
