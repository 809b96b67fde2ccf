"""Ownership registers: GLEIF level 2, and statements of the Beneficial Ownership Data Standard."""
