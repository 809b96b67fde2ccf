"""The packages: the root is `stackholder` itself, and every room below it that holds a module."""

from setuptools import find_packages, setup

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

setup(
    packages=[
        "stackholder",
        *(f"stackholder.{found}" for found in find_packages(include=[f"{r}*" for r in ROOMS])),
    ],
)
