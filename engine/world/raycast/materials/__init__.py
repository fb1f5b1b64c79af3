"""Materials by formula: each turns points on surfaces into colour, glow and gloss, already smoothed over a pixel."""
