"""Small prints of the gallery's pictures, for pins and contact sheets; each is made once and kept."""

from pathlib import Path

from engine.atomic import writing_file
from engine.errors import DiskFull
from engine.studio.gallery import Artefact

SIDE_PX = 160


class Prints:
    """A folder of WEBP thumbnails by the picture's id."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def forget(self, id: str) -> None:
        """Remove the print of a picture that is no more."""
        self._path(id).unlink(missing_ok=True)

    def of(self, artefact: Artefact) -> Path:
        """The print of a picture, cut to a square; the picture's own file where no print can be written."""
        path = self._path(artefact.id)
        if path.is_file() and path.stat().st_mtime >= artefact.path.stat().st_mtime:
            return path
        from PIL import Image, ImageOps

        try:
            with Image.open(artefact.path) as image:
                small = ImageOps.fit(image.convert("RGB"), (SIDE_PX, SIDE_PX))
            with writing_file(path) as half_done:
                small.save(half_done, "WEBP", quality=80)
        except (OSError, DiskFull):
            return artefact.path
        return path

    def _path(self, id: str) -> Path:
        return self.folder / f"{id}.webp"
