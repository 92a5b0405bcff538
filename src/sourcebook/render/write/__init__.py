"""One writer per format; each takes the same numbered report."""
