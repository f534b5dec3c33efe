"""Rules of the codes: values in, values out."""
