"""Pages of labels and contests: reading, hosting, voting and judging."""

from remixhub.web.contests import ballots, contests, drafting, host, labels

BLUEPRINTS = (labels.blueprint, drafting.blueprint, host.blueprint, ballots.blueprint, contests.blueprint)
