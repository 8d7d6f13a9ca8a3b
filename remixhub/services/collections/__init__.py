"""Collections: made, filled, put in order and read."""
