"""Every write of sheets, evidence notes, sign-off, grants and packet files."""
