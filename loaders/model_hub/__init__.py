"""Models and data sets of a model hub."""
