"""Place-conditioned diffusion: condition tokens beside the text, guidance with one weight for each."""
