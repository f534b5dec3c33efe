"""Accounts that come to an end: unused, expired, of people who left; and the hand-over of their open work."""
