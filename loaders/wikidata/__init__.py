"""Organisations and who owns them, from Wikidata."""
