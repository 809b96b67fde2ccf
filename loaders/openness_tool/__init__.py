"""Descriptions of models by the Model Openness Tool."""
