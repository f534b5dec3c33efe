"""A report typed or pasted by a person, in the parts of Table A.1; processed like the row of a file."""
