"""Landmarks in 3D: a field that is grown from pictures of one thing, and the mesh that comes out of it."""
