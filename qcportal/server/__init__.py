"""The server process: its data folder, its life, its checks."""
