"""Analytic reports you can audit: a claims ledger, notebooks, and one renderer for PDF and HTML."""

__version__ = "0.1.0"
