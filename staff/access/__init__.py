"""Who may do and see what: permissions, `visible_to`, withheld reports, fetch and run_action for views."""
