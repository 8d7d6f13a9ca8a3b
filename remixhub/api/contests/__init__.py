"""JSON of labels and contests: hosting, entries, ballots, results."""

from remixhub.api.contests import ballots, contests, entries, labels, results

BLUEPRINTS = (labels.blueprint, contests.blueprint, entries.blueprint, ballots.blueprint, results.blueprint)
