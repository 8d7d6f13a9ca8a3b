"""Bundles: a release, contest, collection or label as a folder that needs no server. May read all that it gathers."""
