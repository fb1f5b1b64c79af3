"""Which builder belongs to which landmark."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from engine.world.scene.landmarks.halls import charging_bull, grand_central, moma, the_met, washington_arch
from engine.world.scene.landmarks.liberty import statue_of_liberty
from engine.world.scene.landmarks.skyscrapers import (
    chrysler,
    empire_state,
    flatiron,
    one_world_trade,
    united_nations,
)
from engine.world.scene.mason import Mason

CITY_BUILDERS: Mapping[str, Callable[[Mason], None]] = MappingProxyType(
    {
        "statue-of-liberty": statue_of_liberty,
        "empire-state-building": empire_state,
        "chrysler-building": chrysler,
        "flatiron-building": flatiron,
        "one-world-trade-center": one_world_trade,
        "united-nations": united_nations,
        "the-met": the_met,
        "moma": moma,
        "washington-square-arch": washington_arch,
        "grand-central-terminal": grand_central,
        "charging-bull": charging_bull,
    }
)
"""The Brooklyn Bridge is not among them: the plan has it as a bridge."""
