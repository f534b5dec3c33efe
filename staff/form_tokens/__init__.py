"""One-time form tokens: a form sent twice (double click, back and send again) changes things once."""
