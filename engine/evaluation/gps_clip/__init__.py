"""The GPS judge: how well a picture fits a place, and words, by what a collection of photos taught (GPS-CLIP)."""

from typing import Final

CARD_FILE: Final = "gps_clip.json"
"""The file by which a folder is known as a judge; here, so that to look for one loads no network."""
