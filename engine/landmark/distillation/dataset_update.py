"""Dataset update: a ring of views is denoised under its azimuths, a field fitted to it, and again with less noise.

After Instruct-NeRF2NeRF (Haque et al. 2023), which begins with photos; here the first pictures come out of noise. All
azimuths have the same few noises in every round, in turn: with one, pictures differ by their side and not by weather
and light; with several, neighbours have other clouds, which tells these from the landmark. Each lot of views lies all
around the ring, and is made from what was fitted before it.

Fields of the first views grow hairs that later ones do not cut, so in the end a new field is fitted to all of them,
after they were aligned with what the old one showed and cut out by it (`revision`); `passes` times.
"""

import math
from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from engine.landmark.camera import rays
from engine.landmark.distillation import border
from engine.landmark.distillation.alignment import UNMOVED, better_move, centred, moved, undone
from engine.landmark.distillation.annealing import falling
from engine.landmark.distillation.beginning import new_field, new_surroundings, ring
from engine.landmark.distillation.config import DistilConfig
from engine.landmark.distillation.drawing import drawn
from engine.landmark.distillation.framing import framed
from engine.landmark.distillation.growth import Grown, load_weights, weights_of
from engine.landmark.distillation.panorama import seen_beside
from engine.landmark.distillation.revision import revised
from engine.landmark.distillation.standpoint import (
    BELOW,
    filled,
    horizon,
    standing,
    standpoint_of,
    with_standpoint,
)
from engine.landmark.distillation.teacher import Teacher
from engine.landmark.fitting import FitConfig, Fitter, View
from engine.landmark.occupancy import Occupancy
from engine.landmark.rendering import Look, render_look

_LAST_RATE = 0.3
"""Part of the learning rate that is left at the end of a round, and of the rounds."""
_ENTROPY_WEIGHT = 0.01


def sky_of(pictures: Float[Tensor, "V 3 S S"]) -> Float[Tensor, "3 S S"]:
    """Mean of what is `border.behind` the landmark in those of the pictures that were made; the others are zero."""
    return border.behind(pictures[pictures.flatten(1).any(1)]).mean(0)


class DatasetUpdate:
    """A field on its way, with the pictures that it is fitted to. A step makes one lot of views and fits to all; in the
    passes after the last round it only fits.

    Where the config's standpoint is to be pictured, cameras begin where a first look at all sides says, and each pass
    moves them to where the landmark fills the cube.

    It can be kept after each round and pass. Random numbers come from `generator`, on the CPU.
    """

    def __init__(self, teacher: Teacher, config: DistilConfig, generator: torch.Generator) -> None:
        self.teacher, self.config, self.generator = teacher, config, generator
        self.field = new_field(config).to(teacher.device)
        self.background = new_surroundings(config.empty == "learned")
        if self.background is not None:
            self.background.to(teacher.device)
        self.occupancy = Occupancy().to(teacher.device)
        self.cameras = ring(config.ring_views, config)
        self.noise = (
            torch.randn(config.noises, *teacher.latent_shape, generator=generator) * config.noise_scale
        )
        """What views come out of in turn, (N, C, h, w)."""
        size = (config.render_px, config.render_px)
        self.pictures: Float[Tensor, "V 3 S S"] = torch.zeros(config.ring_views, 3, *size)
        """The views as they were made last."""
        self.alphas: Float[Tensor, "V S S"] = torch.zeros(config.ring_views, *size)
        self.moves: Float[Tensor, "V 3"] = torch.tensor([UNMOVED] * config.ring_views)
        """What aligns the pictures with each other."""
        self.distance_share = config.distance_shares[-1]
        """The one of `config.distance_shares` that views are told."""
        self.steps_done = 0
        self._fitter: Fitter | None = None
        self._foot = math.inf
        """Row of the pictures below which nothing of the landmark is."""
        self._apart: tuple[Tensor, ...] | None = None
        """What `_told_apart` says of the last round's pictures, once they are there."""

    @property
    def sky(self) -> Float[Tensor, "3 S S"] | None:
        """Mean of what is `border.behind` the landmark in the pictures so far; None where surroundings are learned."""
        return None if self.background is not None else sky_of(self.pictures)

    @property
    def lots(self) -> int:
        """Steps in a round, and in a pass."""
        return self.config.ring_views // self.config.views_per_step

    @property
    def resumable(self) -> bool:
        return self.steps_done % self.lots == 0

    def step(self) -> Grown:
        """Makes the next lot of views where there is a round, and fits the field to all that there are."""
        if not self.steps_done:
            self._begin()
        number, lot = divmod(self.steps_done, self.lots)
        if number < self.config.rounds:
            views = list(range(lot, self.config.ring_views, self.lots))
            self._make(views, number)
            fitter = self._shown(views, number, lot)
        else:
            fitter = self._fitter if lot and self._fitter else self._anew()
        steps = [fitter.step() for _ in range(self.config.fit_steps)]
        self.steps_done += 1
        if self.resumable and number + 1 >= self.config.rounds and self.config.empty == "border":
            self.occupancy.drop_crumbs()
            self._told_apart()  # here, so that the next step takes no longer than others
        return Grown(sum(step.loss for step in steps) / len(steps))

    def tensors(self) -> dict[str, Tensor]:
        return weights_of(self._parts) | {
            "noise": self.noise,
            "pictures": self.pictures,
            "alphas": self.alphas,
            "moves": self.moves,
            "generator": self.generator.get_state(),
            "distance_share": torch.tensor(self.distance_share, dtype=torch.float64),
            "standpoint": standpoint_of(self.config),
            "foot": torch.tensor(self._foot),
            "apart": torch.zeros(0) if self._apart is None else torch.stack(self._apart),
            "steps_done": torch.tensor(self.steps_done),
        }

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        load_weights(self._parts, tensors)
        self.noise, self.pictures, self.alphas, self.moves = (
            tensors[name].clone() for name in ("noise", "pictures", "alphas", "moves")
        )
        self.generator.set_state(tensors["generator"])
        self.distance_share = tensors["distance_share"].item()
        if len(self.config.distance_shares) > 1:
            self.teacher.tell_distance(self.distance_share)
        if self.config.standpoint == "pictured":
            self._stand(with_standpoint(self.config, *tensors["standpoint"].tolist()))
        self._foot = tensors["foot"].item()
        own_others_alphas = tensors["apart"].clone()
        self._apart = tuple(own_others_alphas) if len(own_others_alphas) else None
        self.steps_done, self._fitter = int(tensors["steps_done"]), None

    @property
    def _parts(self) -> dict[str, torch.nn.Module | None]:
        return {"field": self.field, "occupancy": self.occupancy, "background": self.background}

    def _begin(self) -> None:
        """Looks around, where it has to be learned how far away and how high the cameras are."""
        config, pictured = self.config, self.config.standpoint == "pictured"
        if len(config.distance_shares) > 1 or pictured:
            self.distance_share, seen = framed(self.teacher, config, self.noise[:1])
            if pictured:
                ground = horizon(seen)
                self._foot = (ground + BELOW) * config.render_px
                self._stand(standing(config, ground))

    def _stand(self, config: DistilConfig) -> None:
        """From now on cameras are where `config` says."""
        self.config, self.cameras = config, ring(config.ring_views, config)

    def _make(self, views: list[int], number: int) -> None:
        """New pictures of these views: out of noise in the first round, then out of what the field shows of them."""
        config, teacher = self.config, self.teacher
        before, strength = None, 1.0
        if number:
            strength = falling(number - 1, config.rounds - 1, *config.strengths)
            with torch.no_grad():
                before = teacher.encode(self.rendered(views).to(teacher.device)).cpu()
        cameras = [self.cameras[view] for view in views]
        noise = self.noise[[view % config.noises for view in views]]
        made = drawn(teacher, config, cameras, noise, before, strength)
        self.pictures[views] = made
        if config.empty == "border":
            there = [view for view in range(config.ring_views) if number or view % self.lots <= views[0]]
            self.alphas[views] = self._above_ground(border.matte(made, self.pictures[there]))
        else:
            self.alphas[views] = 1.0

    def _anew(self) -> Fitter:
        """The fitter of a pass: a new field, and the pictures aligned and cut out anew by what the old one shows."""
        if self.config.empty == "border":
            shown = self._shown_all()
            # Not the last alphas, or the last moves would be found again.
            own, others, alphas = self._told_apart()
            each = zip(self.pictures, alphas, shown, self.moves, strict=True)
            self.moves = centred(torch.stack([better_move(*view) for view in each]))
            shown = moved(shown, undone(self.moves))
            self.alphas = revised(self.pictures, shown, own, others, self._foot)
            if self.config.standpoint == "pictured":
                self._stand(filled(self.config, self.occupancy))
        self.field = new_field(self.config).to(self.teacher.device)
        self.occupancy = Occupancy().to(self.teacher.device)
        return self._fitting(range(self.config.ring_views), None)

    def _told_apart(self) -> tuple[Tensor, ...]:
        """How far pixels are `border.apart`, and the matte of that without what is seen beside the landmark as well."""
        if self._apart is None:
            own, others = border.apart(self.pictures, self.pictures)
            alphas = self._above_ground(border.matte_of(own, others))
            alphas = alphas * (1 - seen_beside(self.pictures, alphas, self.cameras))
            self._apart = own, others, alphas
        return self._apart

    def _above_ground(self, alphas: Float[Tensor, "B S S"]) -> Float[Tensor, "B S S"]:
        return alphas * (torch.arange(self.config.render_px)[:, None] <= self._foot)

    def _shown_all(self) -> Float[Tensor, "V 4 S S"]:
        """What the field shows of all views, colours multiplied by opacity, and the opacity."""
        looks = (self._look(view) for view in range(self.config.ring_views))
        return torch.stack(
            [torch.cat([look.colour.permute(2, 0, 1), look.opacity[None]]).cpu() for look in looks]
        )

    def rendered(self, views: list[int]) -> Float[Tensor, "B 3 S S"]:
        """What the field shows of these views, before the sky and ground of the ring's mean picture."""
        size = self.config.render_px
        looks = [self._look(view) for view in views]
        colour = torch.stack([look.colour for look in looks]).permute(0, 3, 1, 2).cpu()
        free = 1 - torch.stack([look.opacity for look in looks])[:, None].cpu()
        if self.background is None:
            return colour + free * sky_of(self.pictures)
        rays_d = rays(self.cameras[0], size, size)[1].to(self.teacher.device)
        with torch.no_grad():  # it knows heights alone, so it is the same behind every view
            around = self.background(rays_d).T.reshape(1, 3, size, size).cpu()
        return colour + free * around

    def _look(self, view: int) -> Look:
        """What the field shows of this view."""
        size = self.config.render_px
        return render_look(
            self.field,
            self.cameras[view],
            size,
            size,
            num_samples=self.config.num_samples,
            occupancy=self.occupancy,
            device=self.teacher.device,
        )

    def _shown(self, views: list[int], number: int, lot: int) -> Fitter:
        """The fitter of this round, with the new pictures; in the first round it begins anew as views are added."""
        if number and lot and self._fitter is not None:
            for view in views:
                self._fitter.show(view, self._view(view))
            return self._fitter
        # A fitter's memory of the gradients is not kept with the state, so every round begins without.
        there = [view for view in range(self.config.ring_views) if number or view % self.lots <= lot]
        return self._fitting(there, number)

    def _fitting(self, views: Sequence[int], number: int | None) -> Fitter:
        shown = [self._view(view) for view in views]
        fitter = Fitter(self.field, shown, self._fit_config(number), self.generator, self.background)
        if fitter.occupancy is not None:
            fitter.occupancy.load_state_dict(self.occupancy.state_dict())
            self.occupancy = fitter.occupancy
        self._fitter = fitter
        return fitter

    def _view(self, view: int) -> View:
        whole = torch.cat([self.pictures[view], self.alphas[view][None]])
        picture, alpha = moved(whole[None], self.moves[view][None])[0].split([3, 1])
        return View(self.cameras[view], picture.permute(1, 2, 0), alpha[0])

    def _fit_config(self, number: int | None) -> FitConfig:
        """Of a round, or without its number of a pass, which begins and ends a field."""
        config, rate, last = self.config, self.config.learning_rate, _LAST_RATE**2
        if number is not None:
            rate, last = falling(number, config.rounds, rate, rate * _LAST_RATE), _LAST_RATE
        return FitConfig(
            max_train_steps=self.lots * config.fit_steps,
            rays_per_step=config.rays_per_step,
            num_samples=config.num_samples,
            learning_rate=rate,
            final_learning_rate=rate * last,
            entropy_weight=_ENTROPY_WEIGHT,
        )
