"""The remix graph as stored: walks, listings, counts that a job settles, credits, charts, exports and repair."""
