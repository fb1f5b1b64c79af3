"""The built-in city on paper, at true coordinates: the scene is built and the offline map drawn from it."""
