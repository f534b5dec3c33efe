"""Files of reports and outcomes as frozen values: read by meaning, refused row by row with a sentence."""
