"""Units: lengths, areas, times and numbers of things as people read them."""


def seconds(value: float) -> str:
    """A length of time with its unit."""
    if value < 10:
        return f"{value:.1f} s"
    if value < 90:
        return f"{value:.0f} s"
    return f"{value / 60:.0f} min"


def metres(value: float) -> str:
    """A length with its unit."""
    return f"{value:,.0f} m" if value < 10_000 else f"{value / 1000:,.1f} km"


def area(value_m2: float) -> str:
    """An area with its unit."""
    if value_m2 < 10_000:
        return f"{value_m2:,.0f} m²"
    return f"{value_m2 / 1e6:,.3g} km²" if value_m2 < 1e8 else f"{value_m2 / 1e6:,.0f} km²"


def count(number: int, one: str, many: str) -> str:
    """A number of things."""
    return f"{number:,} {one if number == 1 else many}"


def part_of_day(hour: float) -> str:
    """What people call the hour."""
    for until, name in (
        (5, "night"),
        (8, "dawn"),
        (12, "morning"),
        (14, "noon"),
        (18, "afternoon"),
        (21, "evening"),
    ):
        if hour < until:
            return name
    return "night"
