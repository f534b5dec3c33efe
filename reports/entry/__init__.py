"""A report typed or pasted by a person, in the parts of Table A.1; taken in like the row of a file."""
