"""Where things are: places, regions, frames, bearings, and the files that hold them.

Import from the module that has the concept, such as `from engine.geo.place import Place`; angles are degrees,
lengths metres, positions WGS84, and latitude comes before longitude.
"""
