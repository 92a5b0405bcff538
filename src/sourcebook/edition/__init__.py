"""The published edition: publish it, check it, take it out of its PDF again."""
