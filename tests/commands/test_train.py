"""`train` and `sample` as a person runs them: whole processes, real data, stopped politely and not."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from course_lib import ROOT
from course_lib.commands.program import main
from course_lib.models import networks

pytestmark = pytest.mark.slow


def course(*arguments: object, **options) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "course_lib", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, **options)


def start(*arguments: object) -> subprocess.Popen:
    command = [sys.executable, "-m", "course_lib", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def newest(out: Path) -> dict[str, np.ndarray]:
    """The arrays of the newest checkpoint; reading them checks every CRC."""
    with np.load(sorted((out / "checkpoints").glob("*.npz"))[-1]) as archive:
        return {name: archive[name] for name in archive.files}


def networks_of(out: Path) -> dict[str, np.ndarray]:
    return {name: array for name, array in newest(out).items() if name.startswith("gan/")}


def step_of(out: Path) -> int:
    names = [path.stem for path in (out / "checkpoints").glob("checkpoint-*.npz")]
    return max((int(name.split("-")[1]) for name in names), default=-1)


def wait_for_step(process: subprocess.Popen, out: Path, step: int) -> None:
    while step_of(out) < step:
        assert process.poll() is None, process.stdout.read()
        time.sleep(0.05)


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    """Forty steps of training in one go."""
    out = tmp_path_factory.mktemp("train") / "à la mode"
    done = course("train", "--steps", 40, "--batch-size", 16, "--seed", 7, "--tensorboard", "--out", out)
    assert done.returncode == 0, done.stderr
    (out / "log").write_text(done.stdout + done.stderr)
    return out


def test_everything_the_help_promises_is_there(trained: Path) -> None:
    with Image.open(trained / "samples.png") as picture:
        assert picture.width > 10 * 28
    with Image.open(trained / "training.gif") as film:
        assert film.n_frames == 3  # steps 0, 20 and 40
    lines = (trained / "history.csv").read_text().splitlines()
    assert lines[0].startswith("step,seconds,images_per_second,discriminator_loss,generator_loss")
    assert [line.split(",")[0] for line in lines[1:]] == ["20", "40"]
    report = json.loads((trained / "report.json").read_text())
    assert report["steps"] == 40
    assert report["settings"] == {
        "dataset": "fashion_mnist",
        "batch_size": 16,
        "seed": 7,
        "precision": report["settings"]["precision"],
    }
    assert {"tensorflow", "keras", "numpy", "python", "course_lib"} <= report["versions"].keys()
    assert report["hardware"]["cores"] >= 1
    assert report["seconds"] > 0
    assert report["images_per_second"] > 0
    scores = report["scores"]
    # Forty steps teach little: better than pictures of noise at most, and far from real.
    assert scores["real_against_real"] < scores["frechet_distance"]
    assert not list(trained.rglob(".*"))


def test_colour_emoji_in_half_precision(tmp_path: Path) -> None:
    done = course(
        *("train", "--dataset", "emoji", "--precision", "mixed_float16", "--steps", 4, "--batch-size", 16),
        *("--out", tmp_path),
        env={**os.environ, "PATH": str(tmp_path)},  # without ffmpeg the film is a GIF, and nothing is said
    )
    assert done.returncode == 0, done.stderr
    assert "training.gif" in done.stdout and "mp4" not in done.stdout + done.stderr
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["settings"]["precision"] == "mixed_float16"
    assert report["scores"]["real_against_real"] < 0.05 < report["scores"]["kernel_distance"]
    with Image.open(tmp_path / "samples.png") as picture:
        assert picture.mode == "RGB"


def test_generator_opens_with_plain_keras_and_no_code_of_ours(trained: Path, tmp_path: Path) -> None:
    program = (
        "import sys, keras, numpy as np\n"
        "generator = keras.models.load_model(sys.argv[1])\n"
        "images = np.asarray(generator(np.zeros((2, generator.input_shape[-1]))))\n"
        "assert images.shape == (2, 28, 28, 1) and abs(images).max() <= 1\n"
        "assert 'course_lib' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, trained / "generator.keras"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_resumed_run_is_the_same_run_bit_for_bit(trained: Path, tmp_path: Path) -> None:
    for steps in (8, 40):
        done = course(
            "train", "--steps", steps, "--batch-size", 16, "--seed", 7, "--out", tmp_path, "--resume"
        )
        assert done.returncode == 0, done.stderr
        assert ("starting afresh" if steps == 8 else "Resuming from") in done.stdout
    straight, resumed = networks_of(trained), networks_of(tmp_path)
    assert straight.keys() == resumed.keys()
    for name, array in straight.items():
        np.testing.assert_array_equal(array, resumed[name], err_msg=name)


def test_run_is_never_overwritten_or_resumed_with_other_settings(trained: Path, capsys) -> None:
    assert main(["train", "--steps", "30", "--out", str(trained)]) == 1
    error = capsys.readouterr().err
    assert "--resume" in error
    assert error.count("\n") == 1
    done = course("train", "--steps", 30, "--batch-size", 32, "--seed", 7, "--out", trained, "--resume")
    assert done.returncode == 1
    assert "batch_size = 16" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_run_whose_checkpoints_are_gone_is_not_overwritten(trained: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    shutil.copytree(trained, out, ignore=shutil.ignore_patterns("checkpoints"))
    before = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    done = course("train", "--steps", 50, "--batch-size", 16, "--seed", 7, "--out", out, "--resume")
    assert done.returncode == 1
    assert "holds results of a run (generator.keras) and no checkpoint to go on from" in done.stderr
    assert before == {path.name: path.read_bytes() for path in out.iterdir() if path.name in before}


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_ctrl_c_leaves_a_checkpoint_and_the_results(tmp_path: Path, by: signal.Signals) -> None:
    """SIGTERM ends even a run that a shell has started in the background, where Ctrl-C is ignored."""
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, before if by == signal.SIGINT else signal.SIG_IGN)  # children inherit it
    process = start("train", "--seconds", 600, "--batch-size", 16, "--out", tmp_path)
    signal.signal(signal.SIGINT, before)
    wait_for_step(process, tmp_path, 10)
    process.send_signal(by)
    output, _ = process.communicate()
    assert process.returncode == 130, output
    assert "Traceback" not in output
    assert "--resume" in output
    assert (tmp_path / "generator.keras").is_file()
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["steps"] == step_of(tmp_path) >= 10


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows cannot fork")
@pytest.mark.parametrize("kills", [6, pytest.param(20, marks=pytest.mark.long)])
def test_killed_at_any_moment_it_is_the_same_run_and_every_file_is_whole(tmp_path: Path, kills: int) -> None:
    """SIGKILL, which no program can prepare for; see `killing.py` for what is read after each kill."""
    command = [sys.executable, "-m", "tests.commands.killing", tmp_path, str(kills)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found["reached"]) >= kills
    assert found["reached"] == sorted(found["reached"])  # no kill threw a run back behind its last checkpoint
    assert found["differing"] == []  # after all kills, bit for bit what an undisturbed run gives
    assert found["half_written"] >= 1  # some kills came in the middle of a write
    assert found["hidden"] == []  # and what they left was cleared away
    assert found["seen"]  # and some while the results were written, all of which are there at the end
    results = {"generator.keras", "samples.png", "training.gif", "history.csv", "report.json"}
    assert results <= set(found["results"])


def test_tensorboard_log_stands_in_the_output_folder(trained: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(trained / "tensorboard"))
    events.Reload()
    assert [event.step for event in events.Tensors("generator_loss")] == [20, 40]
    assert [event.step for event in events.Tensors("samples")] == [0, 40]


def test_film_is_there_as_mp4_too_where_ffmpeg_is(ffmpeg: str, trained: Path) -> None:
    asked = subprocess.run(
        [ffmpeg, "-hide_banner", "-i", trained / "training.mp4", "-f", "null", "-"],
        capture_output=True,
        text=True,
    )
    assert asked.returncode == 0 and "yuv420p" in asked.stderr
    assert re.search(r"frame= *12 ", asked.stderr), asked.stderr  # steps 0, 20 and 40, the last one ten times


def test_log_of_a_run_has_no_control_characters_and_says_where_it_is(trained: Path) -> None:
    log = (trained / "log").read_text()
    assert not re.search(r"[^\n -~À-ÿ]", log)
    assert re.search(r"step 40  100%  0:00 left  [\d,]+ images/s", log)


def test_results_that_cannot_be_written_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "samples.png").mkdir()  # in the way of the file
    done = course("train", "--steps", 1, "--batch-size", 2, "--out", tmp_path)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert "Is a directory" in line and "--resume" in line
    assert step_of(tmp_path) == 1
    assert not list(tmp_path.glob(".*"))


def test_sample_draws_the_same_uint8_images_for_the_same_seed(trained: Path, tmp_path: Path, capsys) -> None:
    generator = str(trained / "generator.keras")
    for name, seed in (("a.npy", "3"), ("b.npy", "3"), ("c.npy", "4")):
        assert main(["sample", generator, "--count", "5", "--seed", seed, "--out", str(tmp_path / name)]) == 0
    a, b, c = (np.load(tmp_path / name) for name in ("a.npy", "b.npy", "c.npy"))
    assert a.dtype == np.uint8
    assert a.shape == (5, 28, 28, 1)
    assert a.max() > a.min()
    np.testing.assert_array_equal(a, b)
    assert not np.array_equal(a, c)
    assert main(["sample", generator, "--count", "9", "--out", str(tmp_path / "grid.png")]) == 0
    with Image.open(tmp_path / "grid.png") as picture:
        assert picture.width >= 3 * 28


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{here}/missing.keras", "--count", "1", "--out", "{here}/x.png"], "no file"),
        (["{here}/bad.keras", "--count", "1", "--out", "{here}/x.png"], "not a Keras model"),
        (["{generator}", "--count", "0", "--out", "{here}/x.png"], "at least 1"),
        (["{generator}", "--count", "1", "--out", "{here}/x.jpg"], ".npy or .png"),
        (["{generator}", "--count", "1", "--out", "{here}/none/x.npy"], "Cannot write"),
        (["{here}/judge.keras", "--count", "1", "--out", "{here}/x.png"], "takes (28, 28, 1) and gives (1,)"),
    ],
)
def test_bad_input_to_sample_is_one_line(
    trained, tmp_path, capsys, arguments: list[str], message: str
) -> None:
    (tmp_path / "bad.keras").write_text("this is no model")
    if "judge" in arguments[0]:
        networks.dcgan_discriminator(width=2).save(tmp_path / "judge.keras")
    filled = [a.format(here=tmp_path, generator=trained / "generator.keras") for a in arguments]
    capsys.readouterr()
    assert main(["sample", *filled]) == 1
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not (tmp_path / "x.png").exists()


def test_folder_that_cannot_be_made_is_one_line(tmp_path: Path, capsys) -> None:
    (tmp_path / "file").write_text("in the way")
    assert main(["train", "--steps", "1", "--out", str(tmp_path / "file" / "run")]) == 1
    assert "Cannot make the folder" in capsys.readouterr().err


def test_folder_with_a_name_that_is_too_long_is_one_line(tmp_path: Path, capsys) -> None:
    assert main(["train", "--steps", "1", "--out", str(tmp_path / ("x" * 260))]) == 1
    error = capsys.readouterr().err
    assert "Cannot make the folder" in error and "too long" in error
    assert error.count("\n") == 1


def test_a_run_goes_on_with_another_learning_rate(trained: Path, tmp_path: Path) -> None:
    """The rates halve by step 4,000; the third of them is that of the schedule at step 40."""
    out = shutil.copytree(trained, tmp_path / "run")
    options = ("--batch-size", 16, "--seed", 7, "--resume", "--out", out)
    done = course("train", "--steps", 41, "--learning-rate-factor", "0.5", *options)
    assert done.returncode == 0, done.stderr
    assert (
        "The generator goes on with the learning rate 0.000594, as asked for now; it was 0.00119."
        in done.stdout
    )
    assert "The discriminator goes on with the learning rate 0.000297" in done.stdout


@pytest.mark.parametrize("steps", [40, 5])
def test_a_target_that_is_reached_already_is_said_and_the_results_stay(
    trained: Path, tmp_path: Path, steps: int
) -> None:
    out = shutil.copytree(trained, tmp_path / "run")
    before = networks_of(out)
    options = ("--batch-size", 16, "--seed", 7, "--resume", "--out", out)
    done = course("train", "--steps", steps, *options)
    assert done.returncode == 0, done.stderr
    assert "stands at step 40 already: nothing to train." in done.stdout
    assert json.loads((out / "report.json").read_text())["steps"] == 40
    after = networks_of(out)
    assert all(np.array_equal(before[name], after[name]) for name in before)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["train", "--seed", "-1"], "--seed: must be a whole number from 0 to 4294967295, not -1"),
        (["train", "--seed", "4294967296"], "--seed: must be a whole number from 0"),
        (["train", "--steps", "1e3"], "--steps: must be a whole number above 0, not 1e3"),
        (["train", "--seconds", "nan"], "--seconds: must be a number above 0, not nan"),
        (["sample", "x.keras", "--count", "1", "--seed", "-1", "--out", "x.png"], "--seed: must be a whole"),
    ],
)
def test_numbers_out_of_range_are_one_line_before_anything_is_made(
    words: list[str], message: str, capsys: pytest.CaptureFixture
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err.splitlines()[-1]
