"""The target: what the UNet is to predict from noisy latents."""

from diffusers.schedulers.scheduling_utils import SchedulerMixin
from jaxtyping import Float, Int
from torch import Tensor

from engine.errors import BadRequest


def target(
    scheduler: SchedulerMixin,
    latents: Float[Tensor, "B C h w"],
    noise: Float[Tensor, "B C h w"],
    timesteps: Int[Tensor, " B"],
) -> Float[Tensor, "B C h w"]:
    """What the UNet is to predict, by the scheduler's prediction_type. Raises BadRequest for one that is not known."""
    kind = scheduler.config.prediction_type
    if kind == "epsilon":
        return noise
    if kind == "v_prediction":
        return scheduler.get_velocity(latents, noise, timesteps)
    raise BadRequest(
        f"the base predicts {kind!r}, but only epsilon and v_prediction are known here; take another base"
    )
