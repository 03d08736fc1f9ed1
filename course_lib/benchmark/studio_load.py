"""How many visitors the studio carries: programs that are let in at once and press "left" in step, the worst case.

Each has a page and a websocket, and waits for the picture as a browser does. What the machine has to do for a browser
is not in it, nor are the seconds in which people look. A row for each number of visitors, in `studio.csv`:

- opened: seconds until the last of them, who came at once, sees a picture
- median, late: seconds from a click to the picture, the median and the 95th percentile
- megabytes: of memory that a visitor takes for themselves alone
"""

from __future__ import annotations

import asyncio
import csv
import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import numpy as np
import psutil

from course_lib import ROOT, CourseError
from course_lib.files import replacing

VISITORS = (1, 2, 4, 6, 8, 12, 16)
ROUNDS, CLICKS = 1, 20
WARM = 2  # clicks that are not counted: the first one learns in what creations differ
COLUMNS = ("theme", "visitors", "opened", "median", "late", "megabytes")


def run(
    out: Path,
    rounds: int = ROUNDS,
    clicks: int = CLICKS,
    visitors: Sequence[int] = VISITORS,
    theme: str = "sprites",
) -> int:
    """Measure, print a line for each number of visitors, write `studio.csv` into `out`; 0."""
    if importlib.util.find_spec("voila") is None:
        raise CourseError("The studio's app is measured where Voila is installed: pip install voila")
    out.mkdir(parents=True, exist_ok=True)
    rows = []
    with opened(theme, max(visitors)) as (address, server):
        for count in visitors:
            for _ in range(rounds):
                seconds, clicked, megabytes = asyncio.run(in_step(address, server, count, clicks))
                median, late = np.percentile(clicked, [50, 95])
                rows.append(
                    (theme, count, f"{seconds:.1f}", f"{median:.3f}", f"{late:.3f}", f"{megabytes:.0f}")
                )
                print(
                    f"{count} visitors: open after {seconds:.1f} s; {median:.2f} s from click to picture, "
                    f"95 of 100 within {late:.2f} s; {megabytes:.0f} MB each",
                    flush=True,
                )
    with replacing(out / "studio.csv") as temporary, temporary.open("w", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    return 0


@contextmanager
def opened(theme: str, visitors: int) -> Iterator[tuple[str, subprocess.Popen]]:
    """A studio in a process of its own: its address, and the process."""
    code = f"from course_lib.studio.app.server import serve; serve({theme!r}, {visitors})"
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    server = subprocess.Popen([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, text=True)
    try:
        words = server.stdout.readline().split()
        yield next(word for word in words if word.startswith("http")), server
    finally:
        server.terminate()
        server.wait(timeout=60)
        server.stdout.close()


async def in_step(
    address: str, server: subprocess.Popen, count: int, clicks: int
) -> tuple[float, list[float], float]:
    """Seconds until all are in, those of each click of each of them, and megabytes a visitor."""
    from course_lib.studio.app.visitor import visitor  # what has Voila in it, only where it is needed

    async with AsyncExitStack() as inside:
        begin = time.perf_counter()
        all_of_them = [inside.enter_async_context(visitor(address)) for _ in range(count)]
        people = await asyncio.gather(*all_of_them)
        seconds = time.perf_counter() - begin

        async def click(who: int) -> float:
            begin = time.perf_counter()
            await people[who].click("left")
            return time.perf_counter() - begin

        steps = [await asyncio.gather(*map(click, range(count))) for _ in range(WARM + clicks)]
        kernels = psutil.Process(server.pid).children()
        own = sum(each.memory_full_info().uss for each in kernels) / count / 1e6
        return seconds, [each for step in steps[WARM:] for each in step], own
