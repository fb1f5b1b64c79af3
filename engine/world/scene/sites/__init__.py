"""The paper's landmarks on their own sites, with what stands around them, so that no two sides look alike."""
