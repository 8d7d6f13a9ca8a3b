"""Finding works, stems, artists, labels and contests: a projection that jobs keep, and one function a question.

`asking` has the questions, `indexing` what keeps the projection. docs/search.md says how it finds and ranks.
"""
