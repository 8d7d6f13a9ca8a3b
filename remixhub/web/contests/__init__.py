"""Pages of labels and contests: reading, hosting, voting and judging."""

from remixhub.web.contests import ballots, contests, drafting, host, judge_requests, labels

BLUEPRINTS = (
    labels.blueprint,
    drafting.blueprint,
    host.blueprint,
    judge_requests.blueprint,
    ballots.blueprint,
    contests.blueprint,
)
