"""Earlier versions of a report (再次修改, 4.5), readable in the layout of Table A.1, with what changed."""
