"""Manual corrections of imported data: outcomes until their sheet is signed, metadata of a report."""
