"""What is rendered: project file, chapters in their several forms, parameters, shortcodes, places for messages."""
