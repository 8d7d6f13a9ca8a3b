"""Remixes: drafts with sources, links after publication, shares of those credited; publishing, which needs it all."""
