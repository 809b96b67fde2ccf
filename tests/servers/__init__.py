"""Real servers for the tests: Neo4j and Fuseki, without containers."""
