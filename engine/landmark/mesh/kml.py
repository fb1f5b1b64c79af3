"""KML: the mesh on a globe, as a model (COLLADA) and a placemark that says where it stands."""

from urllib.parse import quote

import numpy as np

from engine.geo.formats import markup
from engine.landmark.mesh.atlas import TexturedMesh
from engine.landmark.mesh.georeference import Georeference

_KML, _COLLADA = "http://www.opengis.net/kml/2.2", "http://www.collada.org/2005/11/COLLADASchema"
_WRITTEN = "1980-01-01T00:00:00Z"  # COLLADA wants a date; the same mesh is to be the same bytes


def kml(stem: str, mesh: TexturedMesh, georeference: Georeference, name: str) -> dict[str, bytes]:
    """The files by their names: STEM.kml, which shows STEM.dae on the ground, with STEM-texture.png.

    A KML's model has to be COLLADA; no globe shows a GLB that a KML names. `name` is what the globe calls it.
    """
    model, texture = f"{stem}.dae", f"{stem}-texture.png"
    root = markup.Element("kml", xmlns=_KML)
    placemark = markup.add(root, "Placemark")
    markup.add(placemark, "name", name)
    markup.add(placemark, "description", f"Scale: {georeference.scale_note}")
    element = markup.add(placemark, "Model", id="landmark")
    markup.add(element, "altitudeMode", "relativeToGround")
    place = georeference.place
    _add_all(element, "Location", longitude=place.longitude, latitude=place.latitude, altitude=0.0)
    _add_all(element, "Orientation", heading=0.0, tilt=0.0, roll=0.0)
    _add_all(element, "Scale", x=1.0, y=1.0, z=1.0)
    markup.add(markup.add(element, "Link"), "href", quote(model))
    collada = _collada(georeference.metres(mesh.vertices), mesh, quote(texture))
    return {
        f"{stem}.kml": markup.serialise(root),
        model: markup.serialise(collada),
        texture: mesh.texture_png(),
    }


def _add_all(parent: markup.Element, tag: str, **numbers: float) -> None:
    element = markup.add(parent, tag)
    for name, number in numbers.items():
        markup.add(element, name, f"{number:.10g}")


def _collada(metres: np.ndarray, mesh: TexturedMesh, texture: str) -> markup.Element:
    """The model: metres, x east, y north, z up (COLLADA 1.4.1)."""
    root = markup.Element("COLLADA", xmlns=_COLLADA, version="1.4.1")
    asset = markup.add(root, "asset")
    markup.add(asset, "created", _WRITTEN)
    markup.add(asset, "modified", _WRITTEN)
    markup.add(asset, "unit", name="meter", meter="1")
    markup.add(asset, "up_axis", "Z_UP")
    image = markup.add(markup.add(root, "library_images"), "image", id="texture")
    markup.add(image, "init_from", texture)
    _add_effect(root)
    material = markup.add(markup.add(root, "library_materials"), "material", id="baked")
    markup.add(material, "instance_effect", url="#effect")
    _add_geometry(root, metres, mesh)
    scene = markup.add(markup.add(root, "library_visual_scenes"), "visual_scene", id="scene")
    instance = markup.add(markup.add(scene, "node", id="node"), "instance_geometry", url="#landmark")
    common = markup.add(markup.add(instance, "bind_material"), "technique_common")
    bound = markup.add(common, "instance_material", symbol="surface", target="#baked")
    markup.add(bound, "bind_vertex_input", semantic="UV", input_semantic="TEXCOORD", input_set="0")
    markup.add(markup.add(root, "scene"), "instance_visual_scene", url="#scene")
    return root


def _add_effect(root: markup.Element) -> None:
    """The texture on something matt."""
    profile = markup.add(
        markup.add(markup.add(root, "library_effects"), "effect", id="effect"), "profile_COMMON"
    )
    surface = markup.add(markup.add(profile, "newparam", sid="picture"), "surface", type="2D")
    markup.add(surface, "init_from", "texture")
    sampler = markup.add(markup.add(profile, "newparam", sid="sampler"), "sampler2D")
    markup.add(sampler, "source", "picture")
    lambert = markup.add(markup.add(profile, "technique", sid="common"), "lambert")
    markup.add(markup.add(lambert, "diffuse"), "texture", texture="sampler", texcoord="UV")


def _add_geometry(root: markup.Element, metres: np.ndarray, mesh: TexturedMesh) -> None:
    geometry = markup.add(markup.add(root, "library_geometries"), "geometry", id="landmark")
    element = markup.add(geometry, "mesh")
    _add_source(element, "positions", metres, "XYZ", 4)
    _add_source(element, "normals", mesh.normals, "XYZ", 4)
    _add_source(element, "uv", mesh.uv, "ST", 6)
    vertices = markup.add(element, "vertices", id="vertices")
    markup.add(vertices, "input", semantic="POSITION", source="#positions")
    triangles = markup.add(element, "triangles", count=str(len(mesh.faces)), material="surface")
    markup.add(triangles, "input", semantic="VERTEX", source="#vertices", offset="0")
    markup.add(triangles, "input", semantic="NORMAL", source="#normals", offset="0")
    markup.add(triangles, "input", semantic="TEXCOORD", source="#uv", offset="0", set="0")
    markup.add(triangles, "p", " ".join(map(str, mesh.faces.ravel().tolist())))


def _add_source(mesh: markup.Element, name: str, values: np.ndarray, axes: str, digits: int) -> None:
    source = markup.add(mesh, "source", id=name)
    numbers = " ".join(f"{value:.{digits}f}" for value in values.ravel().tolist())
    markup.add(source, "float_array", numbers, id=f"{name}-array", count=str(values.size))
    accessor = markup.add(
        markup.add(source, "technique_common"),
        "accessor",
        source=f"#{name}-array",
        count=str(len(values)),
        stride=str(len(axes)),
    )
    for axis in axes:
        markup.add(accessor, "param", name=axis, type="float")
