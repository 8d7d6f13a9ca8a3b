"""What is asked of the search, and how text, typos, tempo and keys are compared.

Both databases get ready tokens from here, so that the same question finds the same on each.
"""
