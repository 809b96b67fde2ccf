"""Assets of the Ecosystem Graphs."""
