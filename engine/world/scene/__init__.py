"""The scenes of the built-in city: the plan turned into solids, and a tourist's shot turned into a picture."""
