"""What people photographed: reading and writing EXIF, and making a clean collection out of folders of photos.

Import from the module that has the concept: `exif` reads one photo, `stamp` writes one picture, `ingest` makes a
collection of photos, `collection` opens it.
"""
