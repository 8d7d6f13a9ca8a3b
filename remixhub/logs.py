"""Logs: one JSON object a line on standard error, with `request_id` and `job_id` where they apply."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog
from structlog.typing import EventDict


def configure_logs(level: str) -> None:
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    # without local variables: they hold passwords and tokens
    tracebacks = structlog.processors.ExceptionRenderer(
        structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=20)
    )
    structlog.configure(
        processors=[*shared, tracebacks, _keep_first_lines, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                tracebacks,
                _keep_first_lines,
                structlog.processors.JSONRenderer(),
            ],
            foreign_pre_chain=shared,
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    logging.getLogger("authlib").setLevel(logging.INFO)  # below, it says the tokens that it gives out


def _keep_first_lines(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Of what exceptions say: below, databases add the row and the parameters, which hold addresses and hashes."""
    for one in event.get("exception", ()):
        one["exc_value"] = one["exc_value"].partition("\n")[0]
    return event
