from __future__ import annotations

import socket
from pathlib import Path

from onboarding.local_platform import ports


def test_a_taken_port_is_not_free() -> None:
    with socket.socket() as server:
        server.bind((ports.LOOPBACK, 0))
        server.listen()
        assert not ports.is_free(server.getsockname()[1])


def test_the_preferred_port_is_taken_when_it_is_free() -> None:
    free = ports.choose([])
    assert ports.choose([free]) == free


def test_a_busy_or_promised_preference_gives_another_port() -> None:
    with socket.socket() as server:
        server.bind((ports.LOOPBACK, 0))
        server.listen()
        busy = server.getsockname()[1]
        promised = ports.choose([])
        assert ports.choose([busy, promised], taken=[promised]) not in (busy, promised)


def test_two_starting_platforms_are_not_promised_the_same_port(tmp_path: Path) -> None:
    wanted = ports.choose([])
    first, second = ports.Reservation(tmp_path), ports.Reservation(tmp_path)
    assert first.take([wanted]) == wanted
    assert second.take([wanted]) != wanted
    first.release()
    assert ports.Reservation(tmp_path).take([wanted]) == wanted


def test_one_platform_gets_different_ports(tmp_path: Path) -> None:
    reservation = ports.Reservation(tmp_path)
    wanted = ports.choose([])
    assert reservation.take([wanted]) != reservation.take([wanted])
