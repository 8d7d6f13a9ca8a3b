"""Encoders: float32 blocks in, a file out."""
