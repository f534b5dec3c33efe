"""What a person corrects of what came in: outcomes until their sheet is signed, metadata of a report."""
