"""What hardware is here and how the course uses it: one call to set it up, one report to read.

device.configure()            # memory growth, threads, number format; prints what it chose and why
print(device.report())

Without a GPU no test can reach these lines: the body of the loop in `configure` that turns memory growth on, and what
`_gpus` reads from a card that is there. `choose_precision`, which decides by what was read, is tested for any chip;
whether a T4 or an A100 is then as fast as its data sheet says is not.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import platform
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from course_lib import CourseError, __version__
from course_lib.gpu import has_nvidia_gpu
from course_lib.keras_settings import prepare_keras

SMALL = 1
"""Threads for networks as small as the recipe's, whose operations lose more by being shared out than they gain: on two
cores 2,204 images a second with one thread an operation, 1,855 with two (medians of 22 blocks, the machine quiet)."""
PRECISIONS = ("auto", "float32", "mixed_bfloat16", "mixed_float16")
CGROUP = Path("/sys/fs/cgroup")  # where Linux tells a container its limits


@dataclass(frozen=True)
class DeviceReport:
    """The machine as the course sees it.

    cores: those this process may use, a container's quota counted in. memory_gb: likewise. gpus: names and compute
    capabilities such as ("Tesla T4", (7, 5)). precision: the Keras dtype policy `configure("auto")` sets.
    """

    system: str
    processor: str
    cores: int
    memory_gb: float
    gpus: tuple[tuple[str, tuple[int, int]], ...]
    precision: str
    reason: str

    def lines(self) -> list[str]:
        gpus = ", ".join(f"{name} (compute capability {a}.{b})" for name, (a, b) in self.gpus)
        return [
            f"System     {self.system}",
            f"Processor  {self.processor}; {self.cores} {'core' if self.cores == 1 else 'cores'} to use",
            f"Memory     {self.memory_gb:.1f} GB",
            f"GPU        {gpus or 'none: training runs on the processor, and the lessons are sized for that'}",
            f"Precision  {self.precision}, because {self.reason}",
        ]

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def as_dict(self) -> dict:
        return asdict(self)


def report() -> DeviceReport:
    """Look at the machine. TensorFlow (some seconds to import) is asked only where a GPU is likely."""
    gpus = _gpus() if gpu_is_likely() else ()
    precision, reason = choose_precision(gpus, cpu_features())
    return DeviceReport(
        system=f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        processor=_processor_name(),
        cores=usable_cores(),
        memory_gb=round(memory_bytes() / 1e9, 1),
        gpus=gpus,
        precision=precision,
        reason=reason,
    )


def configure(
    precision: str = "auto", deterministic: bool = False, quiet: bool = False, threads: int | None = None
) -> DeviceReport:
    """Set TensorFlow and Keras up for this machine; call it before anything is computed.

    precision: "auto" for the report's choice, or a Keras dtype policy. deterministic: the same seed gives the same
    weights bit for bit on the same machine (GPUs are slower for it; processors here were not). threads: how many share
    one operation on the processor, all cores unless told; see `SMALL`.
    Raises CourseError if the policy's name is unknown or there is no TensorFlow.
    """
    if precision not in PRECISIONS:
        raise CourseError(f"There is no precision {precision!r}: choose one of {', '.join(PRECISIONS)}.")
    require_tensorflow()
    prepare_keras()
    import keras
    import tensorflow as tf

    found = report()
    for gpu in tf.config.list_physical_devices("GPU"):
        # Without growth TensorFlow takes the whole card, and a second notebook finds none left.
        tf.config.experimental.set_memory_growth(gpu, True)
    # In a container TensorFlow counts the cores of the whole machine, and 64 threads on one core are slow.
    with contextlib.suppress(RuntimeError):  # TensorFlow has started already: its own choice stands
        tf.config.threading.set_intra_op_parallelism_threads(threads or found.cores)
    if deterministic:
        tf.config.experimental.enable_op_determinism()
    if tuple(map(int, tf.__version__.split(".")[:2])) < (2, 21):
        # The part of TensorFlow that fuses operations gives up on our loops, with an error that notebooks show in red.
        tf.config.optimizer.set_experimental_options({"remapping": False})
    chosen = found.precision if precision == "auto" else precision
    keras.mixed_precision.set_global_policy(chosen)
    if not quiet:
        reason = found.reason if precision == "auto" else "you asked for it"
        place = found.gpus[0][0] if found.gpus else f"{found.cores} processor cores"
        print(f"Training on {place} in {chosen}, because {reason}.", flush=True)
    return found


def require_tensorflow() -> None:
    """Raise one clear CourseError if Keras would find no TensorFlow to run on."""
    if importlib.util.find_spec("tensorflow") is None:
        raise CourseError(
            "TensorFlow is not installed here. `python3 -m course_lib lab` sets everything up; by hand it is "
            'pip install ".[cpu]" (or ".[gpu]" on Linux with an NVIDIA card).'
        )


def choose_precision(
    gpus: tuple[tuple[str, tuple[int, int]], ...], features: frozenset[str]
) -> tuple[str, str]:
    """The Keras dtype policy for this hardware, and why: from compute capabilities, or else processor flags.

    Two bytes a number save time only where the chip multiplies such numbers itself. Measured on a processor with
    avx512_bf16 but no AMX, a bfloat16 step took 1.4 times as long as a float32 one, so that flag is not enough.
    """
    if gpus:
        capability = min(capability for _, capability in gpus)
        if capability >= (8, 0):
            return "mixed_bfloat16", "this GPU computes bfloat16 at full speed"
        if capability >= (7, 0):
            return (
                "mixed_float16",
                "this GPU has float16 tensor cores (losses are scaled to keep small gradients)",
            )
        if capability > (0, 0):
            return "float32", "this GPU is older than tensor cores"
        return "float32", "this GPU does not say what it can compute"  # Apple's, for one
    if "amx_bf16" in features:
        return "mixed_bfloat16", "this processor multiplies bfloat16 matrices in hardware (AMX)"
    return "float32", "this processor has no fast 16-bit arithmetic (AMX)"


def cpu_features() -> frozenset[str]:
    """The processor's flags, such as {"avx2", "amx_bf16"}; empty where the system does not list them."""
    return frozenset(_first_processor().get("flags", "").split())


def usable_cores() -> int:
    """Cores this process may use: affinity and a container's quota counted in; at least 1."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota, period = _cgroup("cpu.max", "max 100000").split()
    if quota != "max":
        cores = min(cores, round(int(quota) / int(period)))
    return max(1, cores)


def memory_bytes() -> int:
    """Memory this process may use: the machine's, or a container's limit if that is less."""
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    else:  # Windows: psutil comes along with ipykernel
        import psutil

        total = psutil.virtual_memory().total
    limit = _cgroup("memory.max", "max")
    return total if limit == "max" else min(total, int(limit))


def gpu_is_likely() -> bool:
    """Whether it is worth asking TensorFlow for GPUs: one of NVIDIA's is here, or this is a Mac with Apple's chip."""
    return has_nvidia_gpu() or (platform.system(), platform.machine()) == ("Darwin", "arm64")


def _gpus() -> tuple[tuple[str, tuple[int, int]], ...]:
    import tensorflow as tf

    details = [
        tf.config.experimental.get_device_details(gpu) for gpu in tf.config.list_physical_devices("GPU")
    ]
    return tuple((d.get("device_name", "GPU"), d.get("compute_capability", (0, 0))) for d in details)


def _cgroup(name: str, otherwise: str) -> str:
    try:
        return (CGROUP / name).read_text().strip()
    except OSError:
        return otherwise


def _processor_name() -> str:
    return _first_processor().get("model name") or platform.processor() or platform.machine()


@cache
def _first_processor() -> dict[str, str]:
    """What Linux says about the first processor, such as "model name" and "flags"; empty on other systems."""
    try:
        first = Path("/proc/cpuinfo").read_text().split("\n\n")[0]
    except OSError:
        return {}
    fields = (line.partition(":") for line in first.splitlines())
    return {name.strip(): value.strip() for name, _, value in fields}


def versions() -> dict[str, str]:
    """Of what a report's numbers depend on, by name."""
    import keras
    import tensorflow

    return {
        "course_lib": __version__,
        "python": platform.python_version(),
        "tensorflow": tensorflow.__version__,
        "keras": keras.__version__,
        "numpy": version("numpy"),
    }
