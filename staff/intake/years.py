"""Date arithmetic in whole years."""

from datetime import date


def years_after(day: date, years: int) -> date:
    """The same day so many calendar years later; 29 February falls to the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
