"""Train the VAEs and the flow of lesson 10 longer than the lesson can wait, and keep their weights.

    python data/make_road_weights.py             some ten minutes of a processor core
    python data/make_road_weights.py flow        one of them; what the others gave stays

Writes data/pretrained/fashion_mnist_roads.npz, weights rounded to half precision, and fashion_mnist_roads.json: steps,
processor seconds and, with the rounded weights, the scores of 2,000 pictures and bits a pixel of 500 test pictures.
Each model is written as it is done.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from make_feature_network import publish  # noqa: E402
from measured_tables import stopped_in_one_line  # noqa: E402

from course_lib import datasets, device  # noqa: E402
from course_lib.models.roads import flow, pixels, pretrained, vae  # noqa: E402
from course_lib.models.roads.minimizer import Minimizer  # noqa: E402
from course_lib.scores import metrics  # noqa: E402
from course_lib.training.loop import Recorder, train  # noqa: E402
from course_lib.training.progress_line import Progress  # noqa: E402

SEED = 0
STEPS = {"vae_2": 4000, "vae_16": 6000, "flow": 8000}
BATCH_SIZES = {"vae_2": 64, "vae_16": 64, "flow": 32}
SAMPLES, FLOW_STEPS = 2000, 10
MAKERS = {
    "vae_2": lambda: vae.small(2, SEED),
    "vae_16": lambda: vae.small(16, SEED),
    "flow": lambda: flow.for_pictures(SEED),
}


def score(name: str, model: Minimizer) -> dict:
    """Scores of pictures drawn, and bits a pixel, from the weights as they will be read again."""
    data = datasets.load("fashion_mnist")
    if name == "flow":
        drawn = model.sample(SAMPLES, steps=FLOW_STEPS, seed=1)
        held_out = pixels.dequantize(data.images_test[:100])
        nats = model.log_density(held_out, steps=20, probes=1)
        bits = pixels.bits_per_pixel(nats, 28 * 28, dequantized=True)
    else:
        drawn = model.sample(SAMPLES, seed=1)
        bits = model.bits_per_pixel(data.images_test[:500], draws=64)
    return {
        "samples": SAMPLES,
        "frechet_distance": round(metrics.frechet_score(drawn), 3),
        "bits_per_pixel": round(float(bits.mean()), 3),
        "bits_per_pixel_error": round(float(bits.std() / np.sqrt(len(bits))), 3),
    }


def make(name: str) -> None:
    """Train one, round it, score it, and put it beside those that are there."""
    images = datasets.load("fashion_mnist").images_train
    model = MAKERS[name]()
    recorder = Recorder(tracked=model.TRACKED, frames=1, grid=(1, 1))
    progress = Progress(recorder, steps=STEPS[name])
    began_at = time.process_time()
    train(model, images, BATCH_SIZES[name], steps=STEPS[name], seed=SEED, callbacks=[recorder, progress])
    seconds = time.process_time() - began_at
    weights = {}
    for index, weight in enumerate(pretrained.kept(model)):
        weights[f"{name}/weight_{index:02}"] = np.asarray(weight).astype("float16")
        weight.assign(weights[f"{name}/weight_{index:02}"].astype("float32"))
    assert all(np.isfinite(weight).all() for weight in weights.values()), "too large for half precision"
    found = {"steps": model.step, "batch_size": BATCH_SIZES[name], "processor_seconds": round(seconds, 1)}
    found |= score(name, model)
    print(name, found, flush=True)

    path, report = ROOT / "data" / f"{pretrained.NAME}.npz", {}
    others: dict[str, np.ndarray] = {}
    if path.exists():
        with np.load(path) as arrays:
            others = {key: arrays[key] for key in arrays.files if not key.startswith(f"{name}/")}
        report = json.loads(path.with_suffix(".json").read_text("utf-8"))
    archive = io.BytesIO()
    np.savez_compressed(archive, **dict(sorted({**others, **weights}.items())))
    publish(f"{pretrained.NAME}.npz", archive.getvalue())
    versions = {"keras": keras.__version__, "tensorflow": tf.__version__, "numpy": np.__version__}
    report |= {"dataset": "fashion_mnist", "seed": SEED, "versions": versions, name: found}
    publish(f"{pretrained.NAME}.json", (json.dumps(report, indent=2) + "\n").encode())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", choices=[*MAKERS, []], default=list(MAKERS), help="which")
    names = parser.parse_args().names

    device.configure("float32", deterministic=True, quiet=True, threads=device.SMALL)
    for name in names:
        make(name)
        keras.utils.clear_session()


if __name__ == "__main__":
    with stopped_in_one_line("The models that were finished are kept; name the others to go on."):
        main()
