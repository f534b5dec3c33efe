"""Views: fetch, form, act, answer."""
