"""Pages of labels and contests: reading, hosting, voting and judging."""

from remixhub.web.contests import ballots, contests, host, labels

BLUEPRINTS = (labels.blueprint, host.blueprint, ballots.blueprint, contests.blueprint)
