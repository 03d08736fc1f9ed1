"""A home folder that cannot be written: Jupyter and matplotlib get a temporary folder, and the person a line.

On some clusters a home is read-only for jobs; a full one is as bad. Jupyter would end in a traceback at once.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

ENOUGH = 1 << 16
"""Bytes that must fit in: what a kernel and a server note down is less."""


def prepare_home(needs: tuple[str, ...]) -> None:
    """See that what a command needs has a place for its settings; say in one line where the home has none.

    needs: the modules that the command imports. Changes this process's environment, which kernels inherit.
    """
    refused = {}
    for variable, folder in settings_folders(needs).items():
        reason = why_not_writable(folder)
        if reason:
            refused[variable] = f"{folder} cannot be written ({reason})"
    if not refused:
        return
    temporary = Path(tempfile.mkdtemp(prefix="gan-course-"))
    atexit.register(shutil.rmtree, temporary, ignore_errors=True)
    for variable in refused:
        os.environ[variable] = str(temporary / variable.lower())
        Path(os.environ[variable]).mkdir(mode=0o700)
    first = next(iter(refused.values()))
    print(f"note: {first}: settings are kept in {temporary}, for now.", file=sys.stderr, flush=True)


def settings_folders(needs: tuple[str, ...]) -> dict[str, Path]:
    """Variable that names a folder -> the folder in use, for Jupyter, IPython and matplotlib as they are needed."""
    found: dict[str, Path] = {}
    if "ipykernel" in needs:
        from jupyter_core import paths

        found["JUPYTER_CONFIG_DIR"] = Path(paths.jupyter_config_dir())
        found["JUPYTER_DATA_DIR"] = Path(paths.jupyter_data_dir())
        found["JUPYTER_RUNTIME_DIR"] = Path(paths.jupyter_runtime_dir())
        found["IPYTHONDIR"] = Path(os.environ.get("IPYTHONDIR") or Path.home() / ".ipython")
    if "matplotlib" in needs:
        own = Path.home() / ".matplotlib"
        if sys.platform.startswith("linux"):
            own = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "matplotlib"
        found["MPLCONFIGDIR"] = Path(os.environ.get("MPLCONFIGDIR") or own)
    return found


def why_not_writable(folder: Path) -> str:
    """Why a folder, which is made if it is not there, cannot hold a small file; empty if it can."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(ENOUGH))
            probe.flush()
    except OSError as error:
        return error.strerror or str(error)
    return ""
