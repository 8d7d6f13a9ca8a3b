"""What PostgreSQL's programs are told."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from remixhub.services.backups.databases import connection_words, password_environ


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql+psycopg://hub:secret@db.example:5433/hub", "user=hub dbname=hub host=db.example port=5433"),
        ("postgresql+psycopg://hub:secret@/hub?host=/run/sockets", "user=hub dbname=hub host=/run/sockets"),
        (
            "postgresql+psycopg://hub@db/hub?sslmode=require&password=secret",
            "user=hub dbname=hub host=db sslmode=require",
        ),
        ("postgresql+psycopg://hub:secret@db/a%20b", "user=hub dbname='a b' host=db"),
    ],
)
def test_no_password_stands_in_the_words_of_a_command(url: str, words: str) -> None:
    read = sa.make_url(url)
    assert sorted(connection_words(read).split()) == sorted(words.split())
    assert password_environ(read) == ({"PGPASSWORD": "secret"} if "secret" in url else {})
