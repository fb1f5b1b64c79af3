"""The plan of the built-in city at true coordinates: what the scene is built from and the offline map is drawn from."""
