"""What of the reports is deleted after how long: reports with all that hangs on them, readings, files."""
