"""Pages on which an artist puts a work together."""
