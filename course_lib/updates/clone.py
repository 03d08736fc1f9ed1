"""A clone of the course: what git knows of newer versions, and the step forward to one of them."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from course_lib import CourseError

UNDER_WAY = {
    "MERGE_HEAD": "merge --abort",
    "rebase-merge": "rebase --abort",
    "rebase-apply/applying": "am --abort",
    "rebase-apply": "rebase --abort",
    "CHERRY_PICK_HEAD": "cherry-pick --abort",
    "REVERT_HEAD": "revert --abort",
    "BISECT_LOG": "bisect reset",
}
"""What git keeps in its folder while something is half done, and the command that gives it up."""


@dataclass(frozen=True)
class Step:
    """From one commit to a newer one, and the paths that differ.

    Those in `blocked` are here neither as they were nor out of the way; of these, what is in `own` is not as in the
    newer commit either: the student changed it. (A step that was cut short leaves files of the newer commit.)
    """

    old: str
    new: str
    changed: frozenset[str]
    blocked: frozenset[str]
    own: frozenset[str]


@dataclass(frozen=True)
class Clone:
    """The clone in a folder."""

    root: Path

    def is_one(self) -> bool:
        """Whether the folder is a clone itself, and not only somewhere inside another one."""
        return (self.root / ".git").exists()

    def git(self, *words: str, given: bytes = b"") -> bytes:
        """What git prints.

        Raises:
            CourseError: git is not here or refuses; with its own first words, as a clause.
        """
        try:
            done = subprocess.run([*self.call(), *words], input=given, capture_output=True, env=environment())
        except FileNotFoundError:
            raise CourseError("git is not here") from None
        if done.returncode:
            raise CourseError(_first_words(done.stderr) or f"git {words[0]} failed")
        return done.stdout

    def call(self) -> list[str]:
        """The words before a subcommand of git."""
        return ["git", "-C", str(self.root)]

    def word(self, *words: str) -> str:
        """One line that git prints, empty if it refuses."""
        try:
            return self.git(*words).decode("utf-8", "replace").strip()
        except CourseError:
            return ""

    def check(self) -> None:
        """Raise CourseError, with what to do, where something is half done here or git does not read the clone."""
        if shutil.which("git") is None:
            raise CourseError(
                f"git is not here: install it, then run this again; or without it: {self.start_anew()}"
            )
        try:
            folder = self.git("rev-parse", "--absolute-git-dir").decode().strip()
        except CourseError as error:
            raise CourseError(f"git does not read {self.root}: {error}. {self.start_anew()}") from None
        if not (os.access(folder, os.W_OK) and os.access(self.root, os.W_OK)):
            raise CourseError(
                f"you may not write in {self.root}: copy the course to a folder of your own, and run this there"
            )
        for sign, command in UNDER_WAY.items():
            if (Path(folder) / sign).exists():
                raise CourseError(
                    f"a `git {command.split()[0]}` is under way in this clone: end it (`git status` says how) or give "
                    f"it up with `git {command}`, then run this again"
                )
        if self.git("ls-files", "--unmerged"):
            raise CourseError(
                "files here are in conflict: settle them (`git status` names them), then run this again"
            )

    def remotes(self) -> list[str]:
        return self.word("remote").split()

    def fetch(self, remote: str = "") -> str:
        """Ask the remote what is new, and return the name of the branch that is followed, such as `origin/main`.

        remote: another than the one that is followed; then it is the branch of the same name there.

        Raises:
            CourseError: there is nobody to ask, or no answer; one line that says what to do.
        """
        branch = self.word("symbolic-ref", "--short", "--quiet", "HEAD")
        if not branch:
            raise CourseError(
                "this clone is on no branch (a detached HEAD): run `git switch main`, then this again"
            )
        upstream = self.word("rev-parse", "--abbrev-ref", "--symbolic-full-name", f"{branch}@{{upstream}}")
        if not self.remotes():
            raise CourseError(f"this clone has no remote to fetch from. {self.start_anew()}")
        if remote and remote not in self.remotes():
            raise CourseError(
                f"--remote: git knows no remote {remote!r} here, only {', '.join(self.remotes())}"
            )
        if remote:
            upstream = f"{remote}/{branch}"
        remote = remote or self.word("config", f"branch.{branch}.remote")
        if not (remote and upstream):
            raise CourseError(
                f"the branch {branch} follows none of a remote: run "
                f"`git branch --set-upstream-to=origin/main {branch}`, then this again"
            )
        try:
            self.git("fetch", "--quiet", remote)
        except CourseError as error:
            raise CourseError(
                f"cannot fetch from {remote} ({error}): look at the network, then run this again"
            ) from None
        if not self.word("rev-parse", "--verify", "--quiet", upstream):
            raise CourseError(f"{remote} has no branch {branch}: run `git switch main`, then this again")
        return upstream

    def step_to(self, upstream: str) -> Step | None:
        """The way forward to a branch; None where there is nothing new.

        Raises:
            CourseError: there is no straight way; nothing has been changed.
        """
        old, new = (self.git("rev-parse", each).decode().strip() for each in ("HEAD", upstream))
        if self.word("merge-base", old, new) == new:
            return None
        if self.word("merge-base", old, new) != old:
            raise CourseError(self._why_not_straight(old, upstream))
        changed = self._names("diff", "--name-only", "--no-renames", old, new)
        tracked = self._names("ls-tree", "-r", "--name-only", old)
        dirty = self._names("diff", "--name-only", "--no-renames", old)
        in_the_way = {name for name in changed - tracked if os.path.lexists(self.root / name)}
        if misfits := sorted(filter(None, map(self._misfit, changed))):
            raise CourseError(
                f"{misfits[0]} is not the file or folder that the course has there: rename it, then run this again"
            )
        blocked = (dirty & changed) | in_the_way
        arrived = {name for name in in_the_way if self._is_at(new, name)}
        own = (blocked & self._names("diff", "--name-only", "--no-renames", new)) - arrived
        return Step(old, new, frozenset(changed), frozenset(blocked), frozenset(own))

    def notebooks_at(self, commit: str) -> dict[str, bytes]:
        """The lessons in a commit; content by path."""
        names = self._names("ls-tree", "--name-only", commit, "lessons/")
        return {
            each: self.git("show", f"{commit}:{each}") for each in sorted(names) if each.endswith(".ipynb")
        }

    def forward(self, step: Step) -> None:
        """Take the step. What the student changed in `step.blocked` is replaced: keep it first.

        Raises:
            CourseError: git refuses, in its own words; what has been kept is all there is of those files.
        """
        tracked = self._names("ls-tree", "-r", "--name-only", step.old)
        self._with_paths(step.blocked, "reset", "--quiet")
        self._with_paths(step.blocked & tracked, "checkout", "--quiet", step.old)
        for name in step.blocked - tracked:
            (self.root / name).unlink(missing_ok=True)
        self.git("merge", "--ff-only", "--quiet", step.new)

    def start_anew(self) -> str:
        """What helps in every case: a new clone, into which the work in this one is brought."""
        return (
            "Clone or download the course anew beside this folder, and run there: "
            f"python3 -m course_lib update --from {quoted(self.root)}"
        )

    def _misfit(self, name: str) -> str:
        """What of a path of the course is a folder, file or link of the student's; or "". Git would clear it away."""
        folder = next(
            (
                each.as_posix()
                for each in reversed(Path(name).parents[:-1])
                if os.path.lexists(here := self.root / each) and (here.is_symlink() or not here.is_dir())
            ),
            "",
        )
        return folder or (name if (self.root / name).is_dir() else "")

    def _is_at(self, commit: str, name: str) -> bool:
        """Whether a file is here as it is in a commit."""
        path = self.root / name
        return path.is_file() and path.read_bytes() == self.git("show", f"{commit}:{name}")

    def _with_paths(self, names: Collection[str], *words: str) -> None:
        if names:
            given = "\0".join(sorted(names)).encode("utf-8", "surrogateescape")
            self.git(*words, "--pathspec-from-file=-", "--pathspec-file-nul", given=given)

    def _names(self, command: str, *words: str) -> set[str]:
        """Paths that git prints, from the clone's folder."""
        return {os.fsdecode(name) for name in self.git(command, "-z", *words).split(b"\0") if name}

    def _why_not_straight(self, old: str, upstream: str) -> str:
        if self.word("rev-parse", "--is-shallow-repository") == "true" and not self.word(
            "merge-base", old, upstream
        ):
            return (
                "this is a shallow clone, whose history does not reach back to where yours and the new course "
                "meet: run `git fetch --unshallow`, then this again"
            )
        own = self.word("rev-list", "--count", f"{upstream}..{old}")
        return f"this clone has commits of its own ({own}), and only straight steps are taken. {self.start_anew()}"


def environment() -> dict[str, str]:
    """That of this process, without variables that lead git to another clone; messages in English."""
    own = {name: value for name, value in os.environ.items() if not re.match("GIT_(DIR|WORK|INDEX)", name)}
    return {**own, "LC_ALL": "C", "GIT_LITERAL_PATHSPECS": "1"}


def quoted(path: Path) -> str:
    """A path as it is typed in this system's terminal."""
    return subprocess.list2cmdline([str(path)]) if os.name == "nt" else shlex.quote(str(path))


def _first_words(said: bytes) -> str:
    """Git's reason in one line, without a user or token that an address may hold."""
    lines = [line.strip() for line in said.decode("utf-8", "replace").splitlines() if line.strip()]
    said_by_git = [
        re.sub(r"^(fatal|error): ", "", line) for line in lines if re.match(r"(fatal|error): ", line)
    ]
    reason = (said_by_git or lines or [""])[0].rstrip(".:")
    return re.sub(r"//[^/@\s]*@", "//", reason)
