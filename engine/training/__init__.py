"""Training: from geotagged photos to a model of the place, in one loop that can be stopped and resumed."""
