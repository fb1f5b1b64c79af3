"""Radiance fields: what stands at a point of the cube around a landmark."""
