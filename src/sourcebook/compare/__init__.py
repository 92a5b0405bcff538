"""What changed between two states of a project: first a list of changes, drawn elsewhere. Renders nothing."""
