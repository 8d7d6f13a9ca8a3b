"""What is public, all of it at once: the start page, and the list for who finds the hub's pages from outside.

Reads what all other subjects publish; decides nothing.
"""
