"""The sights of the city, each a few dozen solids that make it known from every side."""
