"""Executed notebooks -> PDF, HTML and Markdown; judges no facts and runs no code."""
