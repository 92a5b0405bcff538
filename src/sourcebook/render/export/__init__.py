"""Executed cells on their way to Markdown: options applied, outputs chosen and cleaned."""
