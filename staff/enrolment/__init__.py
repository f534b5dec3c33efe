"""Accounts made in a batch: from the register of people, or from a list in a file.

Both become the same `Line`s; a plan says which become accounts and why others do not; a person looks at it,
and one action makes all of them or none. Passwords come later, on printed slips (staff/accounts).
"""
