"""Notebook -> executed notebook; converts nothing."""
