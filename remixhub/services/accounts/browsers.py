"""What a browser calls itself, in words that its owner knows."""

from __future__ import annotations

import ua_parser

_READ = 300
"""Characters of a header that anybody may fill: what is recognised stands at its beginning."""


def browser_name(user_agent: str) -> str:
    """As in "Firefox 125 on Windows". What is not recognised stays as it is; empty without a header."""
    known = ua_parser.parse(user_agent[:_READ])
    if known.user_agent is None:
        return user_agent
    version = f" {known.user_agent.major}" if known.user_agent.major else ""
    system = f" on {known.os.family}" if known.os else ""
    return f"{known.user_agent.family}{version}{system}"
