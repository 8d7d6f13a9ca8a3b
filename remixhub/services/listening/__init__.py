"""Listening: what an account likes, and how often a work is played."""
