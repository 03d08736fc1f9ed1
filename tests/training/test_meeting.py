"""TF_CONFIG is understood or refused in one line; the machines meet, or each says who or what is wrong."""

from __future__ import annotations

import contextlib
import json
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from course_lib import CourseError
from course_lib.training.meeting import EXAMPLE, Cluster, meet, read
from tests.free_ports import free_ports


def config(index: object = 0, job: str = "worker", **jobs: list) -> str:
    return json.dumps({"cluster": jobs, "task": {"type": job, "index": index}})


def meeting(ports: list[int], present: list[int], settings: dict | None = None, wait: float = 5.0) -> list:
    """What `meet` says to the machines that are present, None or an error; settings: of the last of them."""
    addresses = tuple(f"127.0.0.1:{port}" for port in ports)

    def come(number: int, index: int) -> CourseError | None:
        others = {"batch_size": 32, "dataset": "emoji"}
        try:
            meet(Cluster(addresses, index), settings if settings and number else others, wait)
        except CourseError as error:
            return error

    with ThreadPoolExecutor(len(present)) as pool:
        return list(pool.map(come, range(len(present)), present))


def test_the_chief_comes_first_whatever_it_is_called() -> None:
    assert read(EXAMPLE) == Cluster(("host0:2222", "host1:2222"), 0)
    jobs = {"worker": ["b:1", "c:1"], "chief": ["a:1"]}
    assert read(config(0, "chief", **jobs)).is_chief
    assert read(config("1", **jobs)) == Cluster(("a:1", "b:1", "c:1"), 2)
    assert Cluster(("[::1]:22",), 0).place(0) == ("::1", 22)


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        (None, "TF_CONFIG is not set"),
        ("", "TF_CONFIG is not set"),
        ("{'cluster': 1}", "TF_CONFIG is not JSON"),
        ("[]", "another form"),
        ("{}", "another form"),
        ('{"cluster": {"worker": ["a:1"]}}', "'task'"),
        (config(2, worker=["a:1", "b:1"]), "another form"),
        (config(0, "chief", worker=["a:1", "b:1"]), "another form"),
        (config(worker=["a", "b:1"]), "another form"),
        (config(worker=[1, 2]), "another form"),
        (config(worker=["a:1"], ps=["b:1"]), "'ps'"),
        (config(worker=["a:1", "a:1"]), "names one address twice"),
    ],
)
def test_a_tf_config_that_cannot_be_is_refused_in_one_line(text: str | None, fragment: str) -> None:
    with pytest.raises(CourseError) as caught:
        read(text)
    assert fragment in str(caught.value) and "\n" not in str(caught.value)


def test_all_go_on_once_all_are_there() -> None:
    assert meeting(free_ports(1), [0]) == [None]
    assert meeting(free_ports(3), [0, 1, 2]) == [None, None, None]


def test_who_does_not_come_is_named_to_all_who_did() -> None:
    ports = free_ports(3)
    errors = meeting(ports, [0, 2], wait=0.5)
    assert all(f"No sign of machine 1 (127.0.0.1:{ports[1]})" in str(error) for error in errors)
    (error,) = meeting(ports, [2], wait=0.5)
    assert f"No answer from machine 0 (127.0.0.1:{ports[0]}), the chief" in str(error)


def test_different_options_are_named_to_all() -> None:
    errors = meeting(free_ports(2), [0, 1], settings={"batch_size": 64, "dataset": "emoji"})
    assert ["batch_size is 64 on machine 1" in str(error) for error in errors] == [True, True]


def test_two_with_one_index_are_told_so() -> None:
    """On one machine the second would find its port taken, so here they are strangers to each other."""
    ports = free_ports(4)
    views = [ports[:3], [ports[0], ports[1], ports[2]], [ports[0], ports[3], ports[2]]]
    clusters = [
        Cluster(tuple(f"127.0.0.1:{port}" for port in view), int(n > 0)) for n, view in enumerate(views)
    ]

    def come(cluster: Cluster) -> str:
        with pytest.raises(CourseError) as caught:
            meet(cluster, {}, 5.0)
        return str(caught.value)

    with ThreadPoolExecutor(3) as pool:
        assert all("Two processes call themselves machine 1" in said for said in pool.map(come, clusters))


def test_a_port_in_use_is_named() -> None:
    with (
        socket.create_server(("", 0)) as taken,
        pytest.raises(CourseError, match="name another in TF_CONFIG"),
    ):
        meet(Cluster((f"127.0.0.1:{taken.getsockname()[1]}",), 0), {}, 1.0)


def test_strangers_at_the_door_are_ignored() -> None:
    ports = free_ports(2)
    chief, worker = (Cluster(tuple(f"127.0.0.1:{port}" for port in ports), index) for index in (0, 1))
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(meet, chief, {}, 20.0)
        for words in (b"GET / HTTP/1.1\r\n\r\n", b"[1]\n", b'{"index": 7}\n', b'{"index": 1}\n', b""):
            while not waiting.done():
                with contextlib.suppress(ConnectionRefusedError):  # the chief is not at the door yet
                    with socket.create_connection(("127.0.0.1", ports[0]), 5) as stranger:
                        stranger.sendall(words)
                    break
        assert not waiting.done()
        meet(worker, {}, 20.0)
        waiting.result(20)


def test_who_left_before_all_had_come_may_come_again() -> None:
    ports = free_ports(3)
    with ThreadPoolExecutor(1) as pool:
        chief = pool.submit(meeting, ports, [0])
        while not chief.done():
            with contextlib.suppress(ConnectionRefusedError):
                with socket.create_connection(("127.0.0.1", ports[0]), 5) as early:
                    early.sendall(b'{"index": 1, "settings": {"batch_size": 32, "dataset": "emoji"}}\n')
                break
        assert meeting(ports, [1, 2]) == [None, None]
        assert chief.result(20) == [None]
