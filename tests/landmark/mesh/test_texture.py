"""The texture: each quarter of the compass its colour, and what the mesh shows equals what the field's render shows."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.ndimage import map_coordinates

from bench.mesh import difference, held_out_cameras, pictures
from engine.errors import MissingExtra
from engine.landmark.camera import Camera
from engine.landmark.fields.voxels import VoxelField
from engine.landmark.fitting import FitConfig, View, fit
from engine.landmark.mesh.atlas import TexturedMesh, texels_of, texture_places
from engine.landmark.mesh.meshing import MeshSettings, make_mesh
from engine.landmark.mesh.raster import seen_by
from engine.landmark.mesh.stills import require_opengl
from engine.landmark.mesh.texture import bake_texture
from engine.landmark.occupancy import Occupancy
from engine.landmark.rendering import render_look

SIZE_PX = 96


def test_each_quarter_has_its_colour(mesh, quarters) -> None:
    texels = texels_of(mesh)
    east, north, up = texels.values(mesh.faces, mesh.vertices).T
    bearing_deg = np.degrees(np.arctan2(east, north)) % 360
    for middle_deg, colour in quarters.items():
        off_deg = abs((bearing_deg - middle_deg + 180) % 360 - 180)
        inner = (off_deg < 30) & (abs(up) < 0.45)
        painted = mesh.texture[texels.row[inner], texels.column[inner]].astype(float)
        assert inner.sum() > 300
        assert abs(painted - colour).max() <= 2


def test_no_reader_finds_another_colour_beside_a_chart(mesh) -> None:
    """Texels that belong to no face repeat the nearest that does."""
    texels = texels_of(mesh)
    bare = np.ones(mesh.texture.shape[:2], bool)
    bare[texels.row, texels.column] = False
    assert bare.any()
    assert mesh.texture[bare].max(axis=1).min() > 100  # none is left black


def test_what_no_camera_sees_has_the_nearest_colour_that_one_sees(compass, mesh, quarters) -> None:
    from_north = [Camera(0.0, 0.0, distance=3.0, fovy_deg=70.0)]
    baked = bake_texture(compass(), mesh, from_north)
    texels = texels_of(baked)
    south = texels.values(baked.faces, baked.vertices)[:, 1] < -0.4
    colours = baked.texture[texels.row[south], texels.column[south]].astype(int)
    far = {bearing: abs(colours - colour).max(axis=1) for bearing, colour in quarters.items()}
    assert far[180].min() > 100  # the field's own colour there, which nobody saw
    assert np.mean(np.minimum.reduce([far[0], far[90], far[270]]) <= 2) > 0.7


def test_what_is_no_part_of_the_mesh_does_not_stain_it(compass) -> None:
    class WithFlag(compass):
        """A black ball hangs in the south; it is a component too small to be kept."""

        flag = compass(0.12, (0.0, -0.85, 0.0))

        def density(self, points: torch.Tensor) -> torch.Tensor:
            return torch.maximum(super().density(points), self.flag.density(points))

        def __call__(self, points: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            density, _ = super().__call__(points)
            black = (self.flag.density(points) > 1e-3)[:, None]
            return density, torch.where(black, 0.0, torch.full_like(points, 100 / 255))

    mesh = make_mesh(WithFlag(), MeshSettings(resolution=32, num_faces=600, texture_px=128))
    assert mesh.vertices[:, 1].min() > -0.65
    assert mesh.texture.min() > 80


def test_a_field_without_colour_differences_is_baked_exactly(compass) -> None:
    class Grey(compass):
        def __call__(self, points: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            return self.density(points), torch.full_like(points, 100 / 255)

    grey = make_mesh(Grey(), MeshSettings(resolution=16, num_faces=300, texture_px=64))
    assert (grey.texture == 100).all()


@pytest.fixture(scope="module")
def fitted(compass) -> tuple[VoxelField, Occupancy]:
    """A small field that has learned a ball of smooth colours from pictures of it, and where it is empty."""

    class Smooth(compass):
        def __call__(self, points: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            return self.density(points), points / 2 + 0.5

    views = []
    for azimuth_deg in range(0, 360, 30):
        for elevation_deg in (-20, 15, 50):
            camera = Camera(azimuth_deg + elevation_deg, elevation_deg)
            look = render_look(Smooth(), camera, 48, 48)
            views.append(View(camera, look.colour / look.opacity.clamp_min(1e-6)[..., None], look.opacity))
    field = VoxelField(24)
    config = FitConfig(max_train_steps=250, rays_per_step=1024, distortion_weight=0.1)
    occupancy = fit(field, views, config, torch.Generator().manual_seed(0))
    assert occupancy is not None
    return field, occupancy


@pytest.fixture(scope="module")
def exported(fitted) -> TexturedMesh:
    field, occupancy = fitted
    settings = MeshSettings(resolution=64, num_faces=4_000, texture_px=192)
    return make_mesh(field, settings, occupancy=occupancy)


def texture_error(fitted: tuple[VoxelField, Occupancy], mesh: TexturedMesh) -> float:
    """Mean difference of 255 from cameras of no bake, without OpenGL, where the field covers the pixel wholly."""
    field, occupancy = fitted
    errors = []
    for camera in held_out_cameras(4):
        look = render_look(field, camera, SIZE_PX, SIZE_PX, num_samples=128, occupancy=occupancy)
        pixels = seen_by(camera, mesh.vertices, mesh.faces, SIZE_PX)
        column, row = texture_places(mesh, pixels.values(mesh.faces, mesh.uv)).T
        texture = mesh.texture.astype(float)
        shown = [map_coordinates(texture[..., channel], [row, column], order=1) for channel in range(3)]
        opaque = look.opacity.numpy()[pixels.row, pixels.column] > 0.99
        assert opaque.sum() > 1_000
        wanted = look.colour.numpy()[pixels.row, pixels.column] * 255
        errors.append(abs(np.stack(shown, axis=1) - wanted)[opaque].mean())
    return float(np.mean(errors))


def test_the_texture_shows_the_render_from_cameras_it_was_not_baked_with(fitted, exported) -> None:
    error = texture_error(fitted, exported)
    assert error < 2
    # The measure knows a texture of which one camera saw one side, and one that lies two texels beside its charts.
    field, occupancy = fitted
    from_north = bake_texture(field, exported, [Camera(0.0, 0.0, 3.0, 70.0)], occupancy=occupancy)
    assert texture_error(fitted, from_north) > 2 * error
    beside = replace(exported, texture=np.roll(exported.texture, 2, axis=1))
    assert texture_error(fitted, beside) > error + 0.5


def test_the_export_equals_the_render_from_cameras_it_was_not_baked_with(fitted, exported) -> None:
    try:
        require_opengl()
    except MissingExtra as missing:
        pytest.skip(str(missing))
    field, occupancy = fitted
    cameras = held_out_cameras(4)
    drawn, rendered, covered = pictures(field, occupancy, exported, cameras, SIZE_PX)
    found = difference(drawn, rendered, covered)
    assert found.both < 2
    assert found.all < 2
