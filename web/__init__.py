"""What is served over HTTP: SPARQL, Cypher, a JSON API and the page, each request from one snapshot."""
