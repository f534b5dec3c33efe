"""What waits for a person: counts in the navigation, the page 待我处理, the daily digest; one registry.

It counts what somebody may do next, by role or by name; staff.access.open_work lists what is assigned to one
person, with who may take it over, and must be known below the apps that assign it.
"""
