"""Structure from motion: a landmark in 3D from its photos alone, the baseline that needs no model."""
