"""Evaluation: how well a model keeps to its words and its place, measured by judges that learned from the truth."""
