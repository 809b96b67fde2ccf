"""Measures: pure functions over arrays and tables. No module here reads a file, a store or a state."""
