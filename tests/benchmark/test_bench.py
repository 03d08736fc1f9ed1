"""The command itself: real jobs in real processes, as short as they can be."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from course_lib import ROOT, CourseError
from course_lib.benchmark.plan import Job, Plan
from course_lib.benchmark.rounds import Benchmark, stored_race
from course_lib.benchmark.scoring import Scorer
from course_lib.commands import bench
from course_lib.commands.program import main
from course_lib.scores import metrics

TINY = Plan(
    rounds=1,
    race_limit=1.5,
    tutorial_epochs=1,
    scores_per_epoch=1,
    score_count=1000,
    warmup_seconds=0.1,
    speed_seconds=0.3,
    block_seconds=0.05,
    train_count=512,
    matmul_size=128,
    matmul_repeats=2,
)


def measure(plan: Plan, chosen: set[str], out: Path, reuse: bool = False) -> subprocess.CompletedProcess:
    call = f"bench.measure(Plan(**{asdict(plan)}), {chosen}, Path({str(out)!r}), {reuse})"
    script = (
        "import sys; from pathlib import Path; from course_lib.benchmark.plan import Plan; "
        f"from course_lib.commands import bench; sys.exit({call})"
    )
    command = [sys.executable, "-c", script]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def out(tmp_path_factory) -> Path:
    """A whole benchmark of two steps."""
    out = tmp_path_factory.mktemp("bench") / "two steps"
    done = measure(TINY, {"ours"}, out)
    assert done.returncode == 0, done.stderr
    (out / "stdout.txt").write_text(done.stdout)
    return out


@pytest.mark.long
@pytest.mark.slow
def test_a_whole_benchmark_leaves_everything_it_promises(out: Path) -> None:
    printed = (out / "stdout.txt").read_text()
    for words in (
        "race tutorial",
        "speed ours",
        "First picture after",
        "Targets",
        "Seconds of training to T",
    ):
        assert words in printed
    kept = json.loads((out / "bench.json").read_text())
    assert [result["kind"] for result in kept["results"]] == [
        "race",
        "matmul",
        "speed",
        "first_picture",
        "race",
    ]
    assert kept["failures"] == []
    assert kept["target"] == kept["results"][0]["best"] == min(row[2] for row in kept["results"][0]["curve"])
    assert [row[1] for row in kept["results"][0]["curve"]] == [512]
    assert {"tensorflow", "keras", "python", "numpy"} <= kept["versions"].keys()
    assert kept["hardware"]["cores"] >= 1
    assert len((out / "bench.csv").read_text().splitlines()) == 1 + len(kept["results"])
    with Image.open(out / "bench.png") as picture:
        assert picture.width > 1000
    speed = kept["results"][2]
    assert speed["gflops"] == pytest.approx(speed["mflop_per_image"] * speed["images_per_second"] / 1000)
    assert speed["images_per_second"] > 0 and speed["first_step_seconds"] > 0
    assert speed["peak_memory_mb"] is None or speed["peak_memory_mb"] > 200  # TensorFlow alone takes more
    picture = kept["results"][3]
    assert 0 < picture["before_training"] < picture["in_training"]


@pytest.mark.long
@pytest.mark.slow
def test_reuse_takes_the_tutorials_race_and_only_that(out: Path) -> None:
    machine = {"hardware": json.loads((out / "bench.json").read_text())["hardware"], "recipe": {}}
    benchmark = Benchmark(TINY, {"ours"}, out)
    assert benchmark.jobs()[0].name == "race tutorial"
    benchmark.results.append(stored_race(out / "bench.json", TINY, machine))
    assert benchmark.target == json.loads((out / "bench.json").read_text())["target"]
    assert [job.name for job in benchmark.jobs()] == [
        "matmul",
        "speed ours",
        "first picture ours",
        "race ours",
    ]


@pytest.mark.long
@pytest.mark.slow
def test_reuse_refuses_times_that_cannot_be_compared(out: Path) -> None:
    kept = json.loads((out / "bench.json").read_text())
    with pytest.raises(CourseError, match="another score_count"):
        stored_race(out / "bench.json", replace(TINY, score_count=2000), kept)
    other = {"hardware": kept["hardware"] | {"cores": 64}}
    with pytest.raises(CourseError, match="from another machine"):
        stored_race(out / "bench.json", TINY, other)


def test_reuse_without_anything_to_reuse(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    with pytest.raises(CourseError, match="leave out --reuse"):
        stored_race(path, TINY, {})
    path.write_text('{"results": []}')
    with pytest.raises(CourseError, match="ends before the tutorial was trained"):
        stored_race(path, TINY, {})
    path.write_text('{"resul')
    with pytest.raises(CourseError, match="is damaged"):
        stored_race(path, TINY, {})


@pytest.mark.slow
def test_a_job_that_fails_is_named_and_the_others_go_on(tmp_path: Path, capsys) -> None:
    benchmark = Benchmark(replace(TINY, train_count=100), {"ours", "tutorial"}, tmp_path)
    benchmark.machine = {"recipe": {}}
    benchmark.jobs = lambda: [
        Job("speed", "tutorial", "ours", 1),
        Job("race", "dcgan", "ours", 1),
        Job("matmul", round=1),
    ]
    bench.do_jobs(benchmark)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert "speed ours on tutorial" in lines[0]
    assert "FAILED" in lines[0] and "A batch of 256 cannot be filled from 100 images" in lines[0]
    assert "there is no T" in lines[1]
    assert "GFLOP/s" in lines[2]
    kept = json.loads((tmp_path / "bench.json").read_text())
    assert [failure["job"] for failure in kept["failures"]] == ["speed ours on tutorial", "race ours"]
    bench.write_report(benchmark)
    assert capsys.readouterr().err.count("failed: round 1") == 2


@pytest.mark.long
@pytest.mark.slow
def test_ctrl_c_keeps_the_finished_jobs_and_says_how_to_go_on(out: Path, tmp_path: Path) -> None:
    kept = json.loads((out / "bench.json").read_text())
    plan = asdict(Plan())
    (tmp_path / "bench.json").write_text(json.dumps(kept | {"plan": plan}))
    command = [
        sys.executable,
        "-m",
        "course_lib",
        "bench",
        "--reuse",
        "--only",
        "ours",
        "--out",
        str(tmp_path),
    ]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        first = process.stdout.readline()  # the matrix product; now the first training runs
        assert "matmul" in first
        time.sleep(1)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        _, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "2 finished jobs are kept" in errors and "--reuse spares" in errors
    assert "Traceback" not in errors
    finished = json.loads((tmp_path / "bench.json").read_text())["results"]
    assert [result["kind"] for result in finished] == ["race", "matmul"]


def test_wrong_options_say_what_is_wrong(capsys) -> None:
    assert main(["bench", "--rounds", "0"]) == 1
    assert "--rounds must be at least 1" in capsys.readouterr().err
    assert main(["bench", "--limit", "-3"]) == 1
    assert "--limit is a number of seconds" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stopped:
        main(["bench", "--only", "tutoral"])
    assert stopped.value.code == 2


@pytest.mark.slow
def test_scores_from_the_other_process_are_the_scores() -> None:
    images = np.random.default_rng(0).uniform(-1, 1, (2, 1000, 28, 28, 1)).astype("float32")
    with Scorer() as scorer:
        assert [scorer(part) for part in images] == pytest.approx(
            [metrics.frechet_score(part) for part in images]
        )
        with pytest.raises(CourseError, match="NaN"):
            scorer(images[0] * np.nan)
        with pytest.raises(CourseError, match="ended"):
            scorer(images[0, :10])  # too few for a score
