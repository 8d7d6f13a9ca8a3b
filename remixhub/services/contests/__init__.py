"""Contests from the brief to the decision: hosting, entries, judging, voting, results, winners' rights, and labels.

Every deciding transaction locks the contest first; what happens is appended to its log.
"""
