"""Benchmarks: commands that print our figures, those of a named peer, and the ratio.

Each runs on its own, for instance `python -m benchmarks.graphml --nodes 100000 --edges 500000`.
"""
