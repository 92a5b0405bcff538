"""The document tree: one form for the dialect, one numbering, references, exhibits, tables, conditions."""
