"""Whether an earlier result still stands: what it rests on, and where it is kept."""
