"""The rules of stems and stem packs: names, coherence and QC, what a pack freezes, how its ZIP is laid out."""
