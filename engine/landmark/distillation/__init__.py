"""Distillation: a diffusion model that knows a landmark's sides becomes a field that can be turned."""
