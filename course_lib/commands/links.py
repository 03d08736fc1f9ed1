"""`links`: the course's address, the launch links made from it, and links that lead nowhere."""

from __future__ import annotations

import argparse
import subprocess

from course_lib import ROOT, CourseError
from course_lib.authoring.address import UNSET, Address, clean_branch, clean_repository, repository

HELP = "make the launch buttons those of your repository; find links that lead nowhere"
DESCRIPTION = """\
Write the course's address on GitHub into pyproject.toml, and the buttons that
open the lessons on Binder and Colab into the README and every notebook. Nothing
is executed: outputs stay. After a fork, run it once, then commit and push.

Alone it names the address of the git remote `origin` and the command to take it.
OWNER/NAME may be the whole address of the page, or the one git uses; a user or
token in it is left out."""
EXAMPLE = """\
python3 -m course_lib links                     which address would it be?
python3 -m course_lib links --repo ada/gan-course
                                                buttons that open ada's course
python3 -m course_lib links --branch autumn     the same course, another branch
python3 -m course_lib links --check             which links lead nowhere?
python3 -m course_lib links --external          list the links to elsewhere"""
NEEDS = ("jupytext", "nbformat", "markdown_it", "mdit_py_plugins")
EXTRAS = ("lab",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--repo", metavar="OWNER/NAME", help="where the course is on GitHub")
    parser.add_argument(
        "--branch", metavar="B", help="the branch that students open (as it is; at first main)"
    )
    parser.add_argument("--remove", action="store_true", help="take address and buttons out again")
    parser.add_argument(
        "--check",
        action="store_true",
        help="change nothing; name each link to a wrong address, a missing file or a missing section, and exit 1",
    )
    parser.add_argument(
        "--external", action="store_true", help="list the links that leave the course; fetches nothing"
    )


def run(args: argparse.Namespace) -> int:
    writes = args.remove or (args.repo, args.branch) != (None, None)
    if writes and (args.check or args.external):
        raise CourseError("--check and --external only look: give them in a call of their own")
    if args.remove and (args.repo, args.branch) != (None, None):
        raise CourseError(
            "--remove takes the address out, --repo and --branch write one: give the one or the other"
        )
    if args.check or args.external:
        return _look(args.check, args.external)
    if not writes:
        return _propose(repository())
    return _write(Address(UNSET) if args.remove else _asked_for(args.repo, args.branch))


def _asked_for(repo: str | None, branch: str | None) -> Address:
    """The address as typed; what is left out stays as it is. A wrong setting does not matter where both are given."""
    address = Address(
        clean_repository(repo) if repo is not None else repository().repository,
        clean_branch(branch) if branch is not None else repository().branch,
    )
    if address.repository == UNSET:
        what = "the course has no address yet" if repo is None else f"{UNSET} stands for your own address"
        raise CourseError(f"{what}: --repo ada/gan-course, for example")
    return address


def _write(address: Address) -> int:
    from course_lib.authoring.links import set_address, shown

    try:
        changed = set_address(address)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            "Interrupted; no file is broken: run the same command to finish it."
        ) from None
    for path in changed:
        print(shown(path))
    ours = _named(address)
    print(
        f"{ours}: {len(changed)} files changed, nothing was executed." if changed else f"{ours}: as it was."
    )
    if changed and address.repository != UNSET:
        print("The buttons open what is on GitHub: commit and push.")
    return 0


def _named(address: Address) -> str:
    return "no address" if address.repository == UNSET else f"{address.repository}, branch {address.branch}"


def _look(check: bool, external: bool) -> int:
    from course_lib.authoring import dead_links

    links = dead_links.all_links()
    if external:
        print("\n".join(dead_links.external(links)))
    problems = dead_links.find_problems(links) if check else []
    for problem in problems:
        print(problem)
    if check:
        count = f"{len(links)} links checked"
        print(f"{count}, {len(problems)} problems." if problems else f"{count}, all right.")
    return 1 if problems else 0


def _propose(now: Address) -> int:
    """Name the address of the git remote, and the command that takes it."""
    remote = _remote(now.branch)
    branch = f" --branch {remote.branch}" if now.branch != remote.branch else ""
    print(f"The git remote origin: {_named(remote)}\npyproject.toml:        {_named(now)}")
    if now != remote:
        print(f"To take the first:\n    python3 -m course_lib links --repo {remote.repository}{branch}")
    return 0


def _remote(branch: str) -> Address:
    """The repository of the git remote `origin` and its main branch, or `branch` where git does not know that.

    Raises:
        CourseError: there is no such remote on GitHub. The message holds neither user nor token.
    """
    say_it = "say the address yourself: python3 -m course_lib links --repo OWNER/NAME"
    if not (ROOT / ".git").exists():
        raise CourseError(f"this copy of the course is no git repository; {say_it}")
    url = _git("remote", "get-url", "origin")
    if url is None:
        raise CourseError(f"git is not installed, or names no remote called origin here; {say_it}")
    try:
        name = clean_repository(url)
    except CourseError:
        raise CourseError(
            f"the git remote origin is not on GitHub, and Binder and Colab open that; {say_it}"
        ) from None
    head = _git("symbolic-ref", "--short", "refs/remotes/origin/HEAD") or f"origin/{branch}"
    return Address(name, clean_branch(head.removeprefix("origin/")))


def _git(*words: str) -> str | None:
    """What git answers in the course's folder; None where there is no git, or no answer."""
    try:
        asked = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return asked.stdout.strip() if asked.returncode == 0 else None
