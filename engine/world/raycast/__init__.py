"""The ray caster in pure torch: solids go in, a picture comes out, the same on every device."""
