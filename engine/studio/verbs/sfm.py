"""The verb `sfm`: a landmark in 3D from its photos alone."""

from dataclasses import dataclass, field
from pathlib import Path

import tyro

from engine.geo.place import Place
from engine.studio.jobs import CancelToken
from engine.studio.requests import SfmRequest
from engine.studio.verbs.reconstruct import MeshFlags, changes
from engine.studio.verbs.verb import Outcome, Verb, ctrl_c_asks, done


@dataclass(frozen=True, kw_only=True)
class Sfm(Verb):
    """Make a landmark in 3D of a collection of its photos by structure from motion, without a model. Needs pycolmap."""

    collection: tyro.conf.Positional[Path]
    """Folder of the collection."""
    out: Path
    """File to write: .glb (with a 3D Tiles tileset and a KML model beside it), .obj or .ply."""
    landmark: str
    """Name of the landmark."""
    centre: str
    """Where it stands: latitude and longitude, like 48.8738,2.2950."""
    radius_m: float
    """Photos farther away are left out."""
    min_distance_m: float = SfmRequest.min_distance_m
    """Nearer ones too: they may be taken inside it."""
    change: tuple[str, ...] = ()
    """Settings to change, each as NAME=VALUE, like photo_px=1600 or edge_m=80; a wrong name lists them."""
    seed: int = 0
    """The same seed and settings make nearly the same mesh."""
    mesh: tyro.conf.OmitArgPrefixes[MeshFlags] = field(default_factory=MeshFlags)
    """The mesh."""

    def run(self) -> Outcome:
        from engine.studio.studio import Studio

        request = SfmRequest(
            collection=self.collection,
            out=self.out,
            landmark=self.landmark,
            centre=Place.parse(self.centre),
            radius_m=self.radius_m,
            min_distance_m=self.min_distance_m,
            overrides=changes(self.change),
            seed=self.seed,
            **vars(self.mesh),
        ).validate()
        cancel = CancelToken()
        with ctrl_c_asks(cancel):
            artefact = done(Studio(), request, cancel=cancel)
        told = artefact.details
        text = (
            f"{artefact.path}, {told['faces']:,} triangles; {told['registered']} of {told['photos']} photos were "
            f"registered; its scale is {told['georeference']['scale_note']}"
        )
        return Outcome(text, artefact.to_dict())
