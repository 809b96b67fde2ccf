"""The graph: schema, claims, identity, snapshot, state, stores and exports."""
