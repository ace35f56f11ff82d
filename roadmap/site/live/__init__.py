"""What a page says is done: its commands are run, and its checkpoints tested."""
