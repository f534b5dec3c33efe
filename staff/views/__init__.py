"""Pages of sign-in, accounts, departments and the trail."""
