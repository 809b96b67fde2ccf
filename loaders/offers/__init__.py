"""Offers of clouds."""
