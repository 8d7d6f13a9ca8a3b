"""JSON of labels and contests: hosting, entries, ballots, results."""
