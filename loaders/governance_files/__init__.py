"""Files in which projects write down who may decide."""
