"""The GPS judge: how well a picture fits a place, and words, by what a collection of photos taught (GPS-CLIP)."""
