"""The audio engine: probe, ingest, mix, encode, peaks, loudness.

Takes paths, streams and values, gives the same; knows neither rows nor S3, so that it works without a server.
Imports `domain` only. Audio is float32 `(n_frames, n_channels)` in ±1.0 unless a docstring says otherwise.
"""
