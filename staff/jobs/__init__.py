"""What the background jobs of every app share: heartbeats, the process at work, a second try."""
