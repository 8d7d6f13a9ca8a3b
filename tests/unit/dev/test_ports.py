"""A port is free when it can be bound, whoever holds it and however busy they are."""

import socket
from contextlib import ExitStack

from remixhub.dev.ports import LOOPBACK, listen_near


def port_of(listening: socket.socket) -> int:
    return int(listening.getsockname()[1])


def test_the_wanted_port_is_taken_when_it_is_free() -> None:
    with listen_near(0) as earlier:
        port = port_of(earlier)
    with listen_near(port) as listening:
        assert port_of(listening) == port


def test_a_port_from_which_a_connection_goes_out_is_stepped_around() -> None:
    with (
        socket.create_server((LOOPBACK, 0)) as server,
        socket.create_connection(server.getsockname()) as outgoing,
        listen_near(outgoing.getsockname()[1]) as listening,
    ):
        assert port_of(listening) != outgoing.getsockname()[1]


def test_a_port_whose_server_is_too_busy_to_answer_is_stepped_around() -> None:
    with ExitStack() as opened:
        server = opened.enter_context(socket.create_server((LOOPBACK, 0), backlog=0))
        for _ in range(4):
            waiting = opened.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(server.getsockname())
        listening = opened.enter_context(listen_near(port_of(server)))
        assert port_of(listening) != port_of(server)


def test_the_last_port_has_no_next_one() -> None:
    with ExitStack() as opened:
        for _ in range(2):
            listening = opened.enter_context(listen_near(65_535))
            assert 0 < port_of(listening) <= 65_535
