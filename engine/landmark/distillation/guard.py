"""The guard: when a distillation has gone wrong, and says so instead of going on."""

from engine.errors import EmptyField, TrainingDiverged

_MOST_FAILURES = 3
_EMPTY = 0.002
"""Mean opacity of views below which there is nothing to see."""


class Guard:
    """Counts gradients in a row that were not finite."""

    def __init__(self) -> None:
        self.failures = 0

    def passed(self, finite: bool, step: int, learning_rate: float) -> None:
        """Nothing, after counting. Raises TrainingDiverged at the third failure in a row."""
        self.failures = 0 if finite else self.failures + 1
        if self.failures == _MOST_FAILURES:
            raise TrainingDiverged(
                f"the gradient was not finite at step {step}, three times in a row; use a learning rate below "
                f"{learning_rate:g}, or go on from the last state with another seed"
            )


def check_opacity(opacity: float, step: int, last_good: str | None) -> None:
    """Nothing, where views show something. Raises EmptyField naming the state `last_good`, if there is one."""
    if opacity >= _EMPTY:
        return
    offer = f"the last good state is {last_good}" if last_good else "no state was kept before"
    raise EmptyField(
        f"the field is empty at step {step:,}: views have a mean opacity of {opacity:.4f}; {offer}; "
        "try another seed, or lower opacity_weight or the learning rate"
    )
