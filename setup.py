"""The packages: the root is `stackholder` itself, and every room below it that holds a module."""

from setuptools import find_packages, setup

ROOMS = ("audit", "cli", "control", "graph", "loaders", "pictures", "queries", "web")

setup(
    packages=[
        "stackholder",
        *(f"stackholder.{found}" for found in find_packages(include=[f"{r}*" for r in ROOMS])),
    ],
)
