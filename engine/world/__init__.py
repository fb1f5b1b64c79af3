"""The built-in city: a Manhattan that can be photographed, and the paper's six landmarks beside it."""
