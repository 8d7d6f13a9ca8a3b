"""Backups: the database and what it names in the storage, to a target and back; and whether stored bytes are right.

A target holds `objects/` shared by all snapshots, and `snapshots/<time>/`; the manifest there is written last.
Nothing of a target is believed before its digest is checked, and no name of it becomes a path unchecked.
"""
