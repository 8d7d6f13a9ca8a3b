"""Measures against named baselines, as ratios taken in the same run."""
