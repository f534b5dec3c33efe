"""Each module brings one part of the demonstration into the database, by the actions that the pages use."""
