"""What each command does, in the words of its options; ``cli`` chooses one and turns errors into messages."""
