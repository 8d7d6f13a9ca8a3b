"""Pages of labels and contests: reading, hosting, voting and judging."""
