"""Repositories: what lies at a path, what it is called in the world, and which commit is its newest."""

from __future__ import annotations

import csv
import dataclasses
import functools
import re
from importlib import resources
from pathlib import Path
from typing import Final

from ...errors import SourceError
from .plumbing import ask

__all__ = ["Address", "Repository", "Table", "found", "newest"]

_URL: Final = re.compile(
    r"(?:https?|ssh|git|git\+ssh)://(?:[^/]*@)?([^/:@]+)(?::\d+)?/+([^@]+?)(?:\.git)?/*\Z"
)
_COPY: Final = re.compile(r"(?:[^/:]*@)?([^/:@]+\.[^/:@]+):(?!//)/*([^@]+?)(?:\.git)?/*\Z")
_FILE: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)__([A-Za-z0-9._-]+)\Z")


@functools.cache
def _moved() -> dict[str, str]:
    text = resources.files(__package__).joinpath("data", "moved.csv").read_text(encoding="utf-8")
    return {row["repository"].lower(): row["now"] for row in csv.DictReader(text.splitlines())}


@dataclasses.dataclass(frozen=True, slots=True)
class Address:
    """The public address of a repository.

    Attributes:
        host: `github.com`.
        path: `OWNER/NAME`, or deeper.
    """

    host: str
    path: str

    @classmethod
    def of_remote(cls, remote: str) -> Address | None:
        """Reads the URL of a remote, without the user in it; None where it is a path on some machine."""
        match = _URL.match(remote) or _COPY.match(remote)
        return cls(match[1].lower(), match[2]) if match else None

    @classmethod
    def of_file(cls, stem: str) -> Address | None:
        """Reads `OWNER__NAME` as a repository at GitHub; None where a file is named otherwise."""
        match = _FILE.match(stem)
        return cls("github.com", f"{match[1]}/{match[2]}") if match else None

    @property
    def url(self) -> str:
        """`https://github.com/OWNER/NAME`."""
        return f"https://{self.host}/{self.path}"

    @property
    def current(self) -> str:
        """Where it has moved to, if it is known to have moved."""
        return _moved().get(self.url.lower(), self.url)


@dataclasses.dataclass(frozen=True, slots=True)
class Repository:
    """A repository on this machine.

    Attributes:
        path: A clone, a bare repository or a bundle.
        address: Where it is published; None where nothing says so.
        name: What it is called on this machine, without signs that could make it an address.
    """

    path: Path
    address: Address | None
    name: str

    @property
    def id(self) -> str:
        """Its id among claims: `owner/name` in lower case, else the name of its folder."""
        return _plain((self.address.path if self.address else self.name).lower())


class Table(Repository):
    """A table of commits that somebody else has read."""

    __slots__ = ()


def found(path: Path) -> list[Repository]:
    """The repositories at a path: itself, or those in a folder, in the order of their ids.

    Where a folder holds the history and the commit table of one repository, the history comes first.

    Raises:
        SourceError: There is none, or git is not installed.
    """
    one = _one(path)
    if one is not None:
        return [one]
    inside = (
        [r for p in sorted(path.iterdir()) if (r := _one(p)) is not None] if path.is_dir() else []
    )
    if not inside:
        raise SourceError(
            "this is no repository, bundle or commit table, and holds none",
            where=str(path),
            hint="name a clone, a .bundle, an OWNER__NAME.parquet or a folder of them",
        )
    return sorted(inside, key=lambda r: (r.id, isinstance(r, Table), r.path))


def _one(path: Path) -> Repository | None:
    stem = path.name
    if path.is_file():
        stem = path.stem
        if path.suffix not in {".bundle", ".parquet"}:
            return None
        kind = Table if path.suffix == ".parquet" else Repository
        return kind(path, Address.of_file(stem), _plain(stem))
    bare = all((path / part).exists() for part in ("HEAD", "objects", "refs"))
    if not bare and not (path / ".git").exists():
        return None
    remote = ask(path, "config", "--get", "remote.origin.url") or ""
    stem = path.resolve().name.removesuffix(".git")
    return Repository(path, Address.of_remote(remote) or Address.of_file(stem), _plain(stem))


def _plain(text: str) -> str:
    return re.sub(r"[^\w./-]+", "-", text)


def newest(folder: Path, revision: str, where: Path) -> str | None:
    """The hash of the newest commit that a revision of a repository means; None where there is none yet.

    Where HEAD names a branch that is gone, `main`, `master` or the only branch is meant.

    Args:
        folder: The repository.
        revision: `HEAD`, or a ref.
        where: What the user named, for messages.

    Raises:
        SourceError: It is broken, or only a part of its history is there.
    """
    if ask(folder, "rev-parse", "--git-dir") is None:
        raise SourceError(
            "git cannot read this repository",
            where=str(where),
            hint="look at it with: git status, git fsck",
        )
    if ask(folder, "rev-parse", "--is-shallow-repository") == "true":
        raise SourceError(
            "only a part of the history is here (a shallow clone), so shares would be wrong",
            where=str(where),
            hint="type: git fetch --unshallow",
        )
    head = ask(folder, "rev-parse", "-q", "--verify", f"{revision}^{{commit}}")
    if head is None and ask(folder, "rev-parse", "-q", "--verify", revision) is not None:
        raise SourceError(
            "the newest commit is missing", where=str(where), hint="fetch the repository anew"
        )
    if head is None:
        head = _of_the_branch(folder, where)
    if head is not None:
        _check_mailmap(folder, head, where)
    return head


def _of_the_branch(folder: Path, where: Path) -> str | None:
    """The newest commit of the branch that is meant where HEAD names one that is not there; None without branches."""
    form = "--format=%(refname) %(objectname)"
    listed = ask(folder, "for-each-ref", form, "refs/heads", "refs/remotes/origin") or ""
    heads = dict(line.split(" ", 1) for line in listed.split("\n") if line)
    for room in ("refs/heads/", "refs/remotes/origin/"):
        branches = {
            name.removeprefix(room): head for name, head in heads.items() if name.startswith(room)
        }
        usual = [name for name in ("HEAD", "main", "master") if name in branches]
        if usual or len(branches) == 1:
            return branches[usual[0]] if usual else next(iter(branches.values()))
        if branches:
            raise SourceError(
                f"HEAD names a branch that is not there, and there are {len(branches)} others",
                where=str(where),
                hint=f"choose one: git symbolic-ref HEAD {room}{min(branches)}",
            )
    return None


def _check_mailmap(folder: Path, head: str, where: Path) -> None:
    """Refuses a partial clone that lacks `.mailmap`: git would read on without it, and take one person for two."""
    missing = ask(folder, "cat-file", "-e", f"{head}^{{tree}}") is None
    named = missing or ask(folder, "rev-parse", "-q", "--verify", f"{head}:.mailmap") is not None
    if missing or (named and ask(folder, "cat-file", "-e", f"{head}:.mailmap") is None):
        raise SourceError(
            "a partial clone without the .mailmap of its newest commit, so persons would be counted twice",
            where=str(where),
            hint="fetch it with: git show HEAD:.mailmap; or clone without --filter",
        )
