"""The register of people: members, groups, records of qualification (4.3, 4.4)."""
