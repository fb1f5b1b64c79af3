"""Judges: small networks that read a picture's place, hour, weather, subject, style and heading out of its pixels."""
