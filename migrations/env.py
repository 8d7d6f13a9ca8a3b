"""Runs the migrations against the database whose address the caller put into the configuration."""

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.types import TypeDecorator

from remixhub.models import Row
from remixhub.models.engine import create_engine

config = context.config


def plain_type(kind: str, rendered: object, _autogen: AutogenContext) -> str | bool:
    """Revisions name the stored type, so that they do not change with our classes."""
    if kind == "type" and isinstance(rendered, TypeDecorator):
        return f"sa.{rendered.impl!r}"
    return False


def is_of_models(name: str | None, kind: str, _of: object) -> bool:
    """Asked when a revision is written, by the release that writes it; the one before only runs them."""
    from remixhub.models.search import is_derived

    return not is_derived(name, kind)


def run() -> None:
    engine = create_engine(config.attributes["url"], pool_size=1)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Row.metadata,
            render_as_batch=True,
            render_item=plain_type,
            include_name=is_of_models,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
