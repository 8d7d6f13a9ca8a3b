"""Bundles: a release, contest, collection or label as a folder that needs no server. Rules and values only."""
