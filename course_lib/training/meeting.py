"""Which machines train together, from TF_CONFIG, and the meeting that makes sure they are all there.

cluster = read(os.environ.get("TF_CONFIG"))
meet(cluster, {"batch_size": 256}, wait_seconds=300)

TensorFlow has no such meeting: `MultiWorkerMirroredStrategy()` waits without end for a machine that never comes, deaf
to Ctrl-C and SIGTERM. So everybody meets here first, at the very ports TensorFlow will use.
"""

from __future__ import annotations

import contextlib
import json
import socket
import time
from dataclasses import dataclass
from typing import Any

from course_lib import CourseError

EXAMPLE = '{"cluster": {"worker": ["host0:2222", "host1:2222"]}, "task": {"type": "worker", "index": 0}}'
ANSWER_SECONDS = 10.0
"""How long somebody who has connected may take to say who it is."""


@dataclass(frozen=True)
class Cluster:
    """addresses: host:port of every machine, the chief first. index: which of them this one is."""

    addresses: tuple[str, ...]
    index: int

    @property
    def is_chief(self) -> bool:
        return self.index == 0

    def place(self, index: int) -> tuple[str, int]:
        """Host and port."""
        host, _, port = self.addresses[index].rpartition(":")
        return host.strip("[]"), int(port)

    def name(self, index: int) -> str:
        return f"machine {index} ({self.addresses[index]})"


def read(tf_config: str | None) -> Cluster:
    """The cluster that the text of TF_CONFIG describes. Raises CourseError if it describes none."""
    form = f"On each machine it is such as {EXAMPLE}; see course_lib/training/CLUSTER.md."
    if not tf_config:
        raise CourseError(f"TF_CONFIG is not set. {form}")
    try:
        config = json.loads(tf_config)
        jobs, task = config["cluster"], config["task"]
        machines = [(job, i) for job in ("chief", "worker") for i in range(len(jobs.get(job, ())))]
        cluster = Cluster(
            addresses=tuple(jobs[job][i] for job, i in machines),
            index=machines.index((task["type"], int(task["index"]))),
        )
        places = {cluster.place(index) for index in range(len(machines))}
    except json.JSONDecodeError as error:
        raise CourseError(f"TF_CONFIG is not JSON ({error}). {form}") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise CourseError(f"TF_CONFIG has another form than expected ({error!r}). {form}") from error
    if others := sorted(jobs.keys() - {"chief", "worker"}):
        raise CourseError(f"TF_CONFIG has the job {others[0]!r}, but only chief and worker can take part.")
    if len(places) < len(machines):
        raise CourseError(f"TF_CONFIG names one address twice: {', '.join(cluster.addresses)}.")
    return cluster


def meet(cluster: Cluster, settings: dict[str, Any], wait_seconds: float) -> None:
    """Return once all machines are here. settings: strings and numbers that must be the same on all of them.

    Raises CourseError, on every machine that is here, if one has not come within `wait_seconds`, if two claim one
    index, or if their settings differ; and on this one if its port is taken.
    """
    deadline = time.monotonic() + wait_seconds
    port = cluster.place(cluster.index)[1]
    try:
        door = socket.create_server(("", port))
    except OSError as error:
        raise CourseError(
            f"Port {port} of this machine cannot be used ({error.strerror}): name another in TF_CONFIG."
        ) from error
    with door:
        problem = (_welcome if cluster.is_chief else _report)(cluster, settings, deadline, door)
    if problem:
        raise CourseError(problem)


def _welcome(cluster: Cluster, settings: dict[str, Any], deadline: float, door: socket.socket) -> str:
    """The chief's part: wait for everybody, then tell them all what is wrong, or "" for nothing."""
    others = range(1, len(cluster.addresses))
    here: dict[int, socket.socket] = {}
    problem = ""
    with contextlib.ExitStack() as connections:
        # Who left before all had come may come again.
        while not problem and len(here := {i: c for i, c in here.items() if _is_open(c)}) < len(others):
            door.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                connection = connections.enter_context(door.accept()[0])
            except TimeoutError:
                absent = " and ".join(cluster.name(index) for index in others if index not in here)
                problem = f"No sign of {absent}: was it started there, with its own TF_CONFIG?"
                break
            hello = _receive(connection, ANSWER_SECONDS)
            if not isinstance(hello, dict) or hello.get("index") not in others or "settings" not in hello:
                continue  # a stranger
            index = hello["index"]
            if index in here and _is_open(here[index]):
                problem = (
                    f"Two processes call themselves {cluster.name(index)}: each needs its own TF_CONFIG."
                )
                connections.callback(_send, connection, problem)
            else:
                problem = _difference(cluster.name(index), hello["settings"], settings)
                here[index] = connection
        for connection in here.values():
            connections.callback(_send, connection, problem)
    return problem


def _difference(name: str, theirs: dict[str, Any], settings: dict[str, Any]) -> str:
    for key in settings | theirs:
        if settings.get(key) != theirs.get(key):
            return (
                f"{key} is {theirs.get(key)} on {name} and {settings.get(key)} on the chief: start all alike."
            )
    return ""


def _report(cluster: Cluster, settings: dict[str, Any], deadline: float, door: socket.socket) -> str:
    """The others' part: come to the chief, and return its answer."""
    failure: object = "it hung up"
    while (left := deadline - time.monotonic()) > 0:
        try:
            with socket.create_connection(cluster.place(0), timeout=min(ANSWER_SECONDS, left)) as connection:
                _send(connection, {"index": cluster.index, "settings": settings})
                answer = _receive(connection, left + ANSWER_SECONDS)
            if isinstance(answer, str):
                return answer
        except OSError as error:  # it is not there yet
            failure = error
        time.sleep(0.2)
    return f"No answer from {cluster.name(0)}, the chief ({failure}): was it started there, with its own TF_CONFIG?"


def _send(connection: socket.socket, message: Any) -> None:
    """Whoever has left meanwhile gets nothing."""
    with contextlib.suppress(OSError):
        connection.sendall(json.dumps(message).encode() + b"\n")


def _receive(connection: socket.socket, seconds: float) -> Any:
    """One message; None if it does not come or is none of ours."""
    connection.settimeout(seconds)
    try:
        with connection.makefile("rb") as lines:
            return json.loads(lines.readline(100_000))
    except (OSError, ValueError):
        return None


def _is_open(connection: socket.socket) -> bool:
    connection.settimeout(0)
    try:
        return connection.recv(1, socket.MSG_PEEK) != b""
    except BlockingIOError:  # open, and silent as it should be
        return True
    except OSError:
        return False
