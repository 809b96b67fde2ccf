"""The Python face: a graph that is opened, asked, walked and compared, and the answers that it gives."""
