"""Comments on published works: writing and answering, whom they tell, how they go, and how they are read.

What may be said is `domain/comments.py`; who hides whose from whom is `services/accounts/blocks.py`.
"""
