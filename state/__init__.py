"""The graph at a date: edges in force, and the relations computed from them."""
