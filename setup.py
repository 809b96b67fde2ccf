"""The packages: the root is `stackholder` itself, and every folder of its rooms that holds a module."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
ROOMS = (
    "answers",
    "audit",
    "cli",
    "exports",
    "graph",
    "loaders",
    "measures",
    "pictures",
    "queries",
    "state",
    "stores",
    "web",
)
PAGE = Path("web/static/index.html")


class Build(build_py):
    """Builds, and says so where the web page is not there to go with the rest."""

    def run(self) -> None:
        """Copies modules and data."""
        if not self.editable_mode and not (ROOT / PAGE).is_file():
            self.warn(
                f"no web page: {PAGE} is not there; `make web` makes it (Node 20.19 or newer)"
            )
        super().run()


def packages() -> list[str]:
    """The root, and each folder that holds a module, however deep; a page's own tools are none."""
    files = (file for room in ROOMS for file in (ROOT / room).rglob("*.py"))
    folders = {file.parent.relative_to(ROOT) for file in files if "node_modules" not in file.parts}
    return ["stackholder", *sorted(".".join(("stackholder", *f.parts)) for f in folders)]


setup(packages=packages(), cmdclass={"build_py": Build})
