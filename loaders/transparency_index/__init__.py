"""Reports of the Foundation Model Transparency Index."""
