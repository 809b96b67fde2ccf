"""Keeps README.md and docs/ true: runs every command in them and writes what it says.

python docs/refresh.py            rewrites the pages, or those that are named after it
python docs/refresh.py --check    changes nothing, and fails where a page differs from what the commands say

What is run, on the starter graph, from a folder where `examples` and `loaders` lie as in the repository:

* a fence ```console: each line after `$ `, continued by lines after `> `; stderr is shown where the line says `2>&1`;
* a fence ```pycon: each statement after `>>> `, all of a page in one interpreter;
* a fence after a comment `<!-- $ COMMAND -->`: its whole content;
* the lines between `<!-- questions -->` and `<!-- /questions -->`: written from the catalogue, then run like the rest.

A fence ```console no-run is left alone. Hashes, times and the
folders of the run are replaced by fixed ones.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import contextlib
import dataclasses
import datetime
import difflib
import doctest
import io
import itertools
import json
import os
import pty
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import ready

ROOT = Path(__file__).resolve().parent.parent
DAY = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
COLUMNS = 108
SECONDS = 300
HOME, WORK = "~/.local/share/stackholder", "~/work"
MASKS = (
    (re.compile(r"\b[0-9a-f]{32}\b"), "0123456789abcdef0123456789abcdef"),
    (re.compile(r"(?<=snapshot )[0-9a-f]{12}\b"), "0123456789ab"),
    (re.compile(r"\b\d+(\.\d+)? s\b"), "2.0 s"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d"), "2026-11-24 12:00"),
    (re.compile(r"(?<=yes)( +\d+\.\d+)$|(?<=no)( +\d+\.\d+)$"), lambda m: "0.100".rjust(len(m[0]))),
)
PEOPLE = {
    "ospo": "open-source programme offices",
    "regulator": "competition analysts",
    "investor": "investors",
    "cto": "CTOs",
    "researcher": "researchers",
}


class Failed(Exception):
    """A command in a page does not do what a page may show."""


@dataclasses.dataclass(frozen=True)
class Workshop:
    """Where the commands of the pages run.

    Attributes:
        folder: Holds `home`, `work` and `bin`.
    """

    folder: Path

    @classmethod
    @contextlib.contextmanager
    def open(cls) -> Iterator[Workshop]:
        """A folder with the starter graph, as of a fixed day; removed at the end."""
        from stackholder.graph.home import Home
        from stackholder.pipeline import build

        with tempfile.TemporaryDirectory(prefix="stackholder-docs-") as name:
            shop = cls(Path(name).resolve())
            (shop.folder / "work").mkdir()
            for linked in ("examples", "loaders"):
                (shop.folder / "work" / linked).symlink_to(ROOT / linked)
            script = shop.folder / "bin/stackholder"
            script.parent.mkdir()
            address = shop.folder / "ready"
            script.write_text(ready.SCRIPT.format(python=sys.executable, address=str(address)))
            script.chmod(0o755)
            command = [sys.executable, ready.__file__, str(address)]
            with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
                build(Home(shop.folder / "home"), now=DAY)
                while not address.exists():
                    if process.poll() is not None:
                        raise Failed("the process that runs the commands has ended")
                    time.sleep(0.01)
                yield shop

    def page(self, text: str) -> str:
        """A page with what its commands say now.

        Raises:
            Failed: A command fails; one that should fails with `2>&1`.
        """
        text = re.sub(
            r"(?<=<!-- questions -->\n).*(?=<!-- /questions -->)", _questions, text, flags=re.DOTALL
        )
        parts = _parts(text)
        home = self.folder / "home"
        run = [line for part in parts if part.kind == "console" for line in part.lines]
        if any(line.startswith("$ stackholder build") for line in run):
            home = Path(tempfile.mkdtemp(prefix="home-", dir=self.folder))
        sessions = iter(self._sessions([p for p in parts if p.kind == "pycon"], home))
        lines: list[str] = []
        for part in parts:
            if part.kind == "console":
                lines += self._console(part.lines, home)
            elif part.kind == "pycon":
                lines += next(sessions)
            elif part.kind.startswith("$ "):
                lines += self._run(part.kind[2:], home)
            else:
                lines += part.lines
        if home.name.startswith("home-"):
            shutil.rmtree(home)
        return "\n".join(lines) + "\n"

    def _console(self, lines: list[str], home: Path) -> Iterator[str]:
        place = 0
        while place < len(lines):
            line = lines[place]
            place += 1
            if not line.startswith("$ "):
                continue
            more = list(itertools.takewhile(lambda x: x.startswith("> "), lines[place:]))
            place += len(more)
            yield from (line, *more)
            yield from self._run("\n".join([line[2:], *(x[2:] for x in more)]), home)
            if any(x.startswith("$ ") for x in lines[place:]):
                yield ""

    def _run(self, command: str, home: Path) -> list[str]:
        """What a command writes to a terminal."""
        main, other = pty.openpty()
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                ["bash", "-o", "pipefail", "-c", command],
                stdin=subprocess.DEVNULL,
                stdout=other,
                stderr=errors,
                cwd=self.folder / "work",
                env=self._environment(home),
            )
            os.close(other)
            said = _read(main)
            code = process.wait(SECONDS)
            errors.seek(0)
            if code not in {0, 141} and "2>&1" not in command:
                raise Failed(f"$ {command}\nends with {code}: {errors.read().decode().strip()}")
        return self._masked(said, home)

    def _sessions(self, parts: list[Part], home: Path) -> list[list[str]]:
        """The fences of a page with what Python says, all in one interpreter."""
        if not parts:
            return []
        done = subprocess.run(
            [sys.executable, __file__, "--session"],
            input=json.dumps(["\n".join(p.lines) + "\n" for p in parts]),
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder / "work",
            env=self._environment(home),
            timeout=SECONDS,
        )
        if done.returncode:
            raise Failed(done.stderr)
        return [self._masked(text, home) for text in json.loads(done.stdout)]

    def _environment(self, home: Path) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("STACKHOLDER_")}
        return {
            **kept,
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "STACKHOLDER_HOME": str(home),
            "PYTHONIOENCODING": "utf-8",
            "COLUMNS": str(COLUMNS),
            "LINES": "40",
            "TERM": "dumb",
        }

    def _masked(self, text: str, home: Path) -> list[str]:
        for name, shown in ((home, HOME), (self.folder / "work", WORK)):
            text = text.replace(str(name), shown)
        lines = [line.rstrip() for line in text.replace("\r\n", "\n").split("\n")]
        for pattern, placeholder in MASKS:
            lines = [pattern.sub(placeholder, line) for line in lines]
        while lines and not lines[-1]:
            lines.pop()
        while lines and not lines[0]:
            lines.pop(0)
        return lines


@dataclasses.dataclass(frozen=True)
class Part:
    """Some lines of a page.

    Attributes:
        kind: `text`, `console`, `pycon`, or `$ COMMAND` whose output they are.
        lines: Without the fences.
    """

    kind: str
    lines: list[str]


def _parts(text: str) -> list[Part]:
    parts = [Part("text", [])]
    fence = ""
    for line in text.rstrip("\n").split("\n"):
        if fence:
            if line.startswith(fence):
                fence = ""
                parts.append(Part("text", [line]))
            else:
                parts[-1].lines.append(line)
            continue
        opened = re.match(r"(```+|~~~+)\s*(.*)", line)
        before = next((x for x in reversed(parts[-1].lines) if x), "")
        parts[-1].lines.append(line)
        if opened:
            fence = opened[1]
            command = re.fullmatch(r"<!-- (\$ .*) -->", before)
            kind = opened[2].strip()
            runs = kind if kind in {"console", "pycon"} else "text"
            parts.append(Part(command[1] if command else runs, []))
    return parts


def _read(terminal: int) -> str:
    pieces = []
    while True:
        try:
            piece = os.read(terminal, 65_536)
        except OSError:  # Linux says so when the other end is closed
            piece = b""
        if not piece:
            os.close(terminal)
            return b"".join(pieces).decode()
        pieces.append(piece)


def _questions(_: re.Match[str]) -> str:
    """The canned questions as Markdown, each with its example."""
    from stackholder.queries.catalogue import questions

    known = questions().values()
    lines = ["", "| who asks | questions |", "|---|---|"]
    for tag, people in PEOPLE.items():
        names = ", ".join(f"[{q.name}](#{q.name})" for q in known if tag in q.tags)
        lines.append(f"| {people} | {names} |")
    for question in known:
        needed = [p for p in question.parameters if p.default is None]
        given = " ".join(f"-p {p.name} {shlex.quote(p.example)}" for p in needed)
        lines += [
            "",
            f"## {question.name}",
            "",
            f"**{question.summary}** {question.description}",
            "",
        ]
        if question.parameters:
            lines += ["| parameter | type | default | says |", "|---|---|---|---|"]
            lines += [
                f"| `{p.name}` | {_one_of(p.kinds) or p.type} | "
                f"{'–' if p.default in {None, ''} else f'`{p.default}`'} | {p.about} |"
                for p in question.parameters
            ]
            lines.append("")
        lines += ["| column | type | unit |", "|---|---|---|"]
        lines += [f"| `{c.name}` | {c.type} | {c.unit or '–'} |" for c in question.columns]
        lines += ["", f"*How to read it.* {question.reading}", "", "```console"]
        lines += [f"$ stackholder ask {question.name} {given}".rstrip() + " --limit 5", "```"]
    return "\n".join(lines) + "\n\n"


def _one_of(kinds: tuple[str, ...]) -> str:
    return ", ".join(kinds[:-1]) + (" or " if len(kinds) > 1 else "") + "".join(kinds[-1:])


def session(blocks: list[str]) -> list[str]:
    """Runs the statements of some `>>>` blocks in one interpreter; gives the blocks with what it says.

    Raises:
        Exception: What a statement raises.
    """
    names: dict[str, object] = {}
    written = []
    for block in blocks:
        lines = []
        for example in doctest.DocTestParser().get_examples(block):
            head, *rest = example.source.rstrip("\n").split("\n")
            lines += [f">>> {head}", *(f"... {line}".rstrip() for line in rest)]
            said = io.StringIO()
            with contextlib.redirect_stdout(said):
                exec(compile(example.source, "<page>", "single"), names)  # noqa: S102 - our own pages
            lines += said.getvalue().rstrip("\n").split("\n") if said.getvalue() else []
        written.append("\n".join(lines))
    return written


def pages() -> list[Path]:
    """The pages that are kept true."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def schema_page() -> str:
    """docs/schema.md, which is made from the ontology as a whole."""
    from stackholder.exports.schema_formats import FORMS

    return FORMS["md"]().rstrip("\n") + "\n"


def refreshed(shop: Workshop, path: Path) -> str:
    """What a page should be."""
    if path.name == "schema.md":
        return schema_page()
    return shop.page(path.read_text(encoding="utf-8"))


def main() -> int:
    """Rewrites or checks the pages; gives 1 where one differs."""
    parser = argparse.ArgumentParser(description="Keep README.md and docs/ true.")
    parser.add_argument("pages", nargs="*", type=Path, help="default: README.md and docs/*.md")
    parser.add_argument("--check", action="store_true", help="change nothing; fail on a difference")
    parser.add_argument("--session", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.session:
        written = session(json.load(sys.stdin))
        json.dump(written, sys.stdout)
        return 0
    chosen = [p.resolve() for p in given.pages] or pages()
    with Workshop.open() as shop, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        tasks = [pool.submit(refreshed, shop, path) for path in chosen]
    differs = failed = 0
    for path, task in zip(chosen, tasks, strict=True):
        name = path.relative_to(ROOT).as_posix()
        if (error := task.exception()) is not None:
            if not isinstance(error, Failed):
                raise error
            failed += 1
            print(f"{name}: {error}", file=sys.stderr)
            continue
        before, text = path.read_text(encoding="utf-8"), task.result()
        if before == text:
            continue
        differs += 1
        if given.check:
            marked = difflib.unified_diff(
                before.splitlines(), text.splitlines(), name, f"{name} as it should be", lineterm=""
            )
            print("\n".join(marked))
        else:
            path.write_text(text, encoding="utf-8")
            print(f"{name}: rewritten")
    if differs and given.check:
        print(f"{differs} pages differ: python docs/refresh.py", file=sys.stderr)
    return 1 if failed or (differs and given.check) else 0


if __name__ == "__main__":
    sys.exit(main())
