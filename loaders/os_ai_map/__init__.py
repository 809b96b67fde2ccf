"""Organisations and products of the open-source AI map."""
