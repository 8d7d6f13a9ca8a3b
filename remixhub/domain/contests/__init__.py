"""The rules of contests: terms and phases, entries, judging, duels and screened votes, standings and results.

Plain values in, decisions out; the log and the export let anybody compute a result again.
"""
