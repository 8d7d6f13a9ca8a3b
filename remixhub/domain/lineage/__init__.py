"""The rules of the remix graph: generations, kinship, who may say what of a link, credits and shares, export formats.

Over ids and plain values; the walks over stored links are in `services/lineage`.
"""
