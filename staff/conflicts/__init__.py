"""Two people on one row: the error, the version a form carries, the page of a conflict."""
