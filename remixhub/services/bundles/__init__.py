"""Bundles: works, contests, collections and labels as folders that need no server; gathered, written, checked."""
