"""How a preparation was kept, and how much of it is left: of the vesicles that were counted fresh, how many act."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from hepasome.files import Quantity, Strict, parse_quantity, quantity_in, read_table
from hepasome.product._estimate import Estimate, Status

_THAW = "thaw"
_LEAST = 1e-6  # less than one vesicle in a million is none, and none has no logarithm


def _degrees(written: Any) -> Quantity:
    temperature = parse_quantity(written)
    if not temperature.fits("C"):
        raise ValueError("write the temperature as for example `-80 C`")
    return temperature


_Duration = quantity_in("h", zero=True)


class Storage(Strict):
    """How a preparation was kept between counting and giving it.

    Attributes:
        temperature: For example `-80 C`; None if it is not known or the preparation is fresh.
        duration: How long (written as `for`).
        freeze_thaws: How often it was frozen and thawed.
        tube: What it was kept in; vesicles stick to the wall of plain tubes.
        note: In words, for the reader.
    """

    temperature: Annotated[Quantity, BeforeValidator(_degrees), PlainSerializer(str)] | None = None
    duration: _Duration | None = Field(default=None, alias="for")  # type: ignore[valid-type] # made from its unit
    freeze_thaws: int = Field(default=0, ge=0, le=100)
    tube: Literal["plain", "low_binding", "not stated"] = "not stated"
    note: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Storage:
        if (self.temperature is None) != (self.duration is None):
            raise ValueError("write both `temperature` and `for`, or neither")
        if self.temperature is not None:
            _loss_at(self.temperature.to("C"), self.tube)
        return self

    def __str__(self) -> str:
        if self.temperature is None:
            return self.note or "not stated"
        tube = "" if self.tube == "not stated" else f", {self.tube.replace('_', ' ')} tube"
        times = "once" if self.freeze_thaws == 1 else f"{self.freeze_thaws} times"
        thaws = f", frozen and thawed {times}" if self.freeze_thaws else ""
        return f"{self.duration} at {self.temperature}{tube}{thaws}"

    def kept(self) -> Estimate:
        """Share of the vesicles that is left and acts, with its interval; exactly one for a fresh preparation."""
        value = low = high = 1.0
        sources, measured = [], True
        for row, times in self._losses():
            # a wall takes up vesicles until it is full: what it took within the time of the measurement is all
            wall = 1 - row.on_the_wall * (1 - row.kept)
            value *= wall ** min(times, 1) * (row.kept / wall) ** times
            low *= row.low**times
            high *= row.high ** min(times, 1)
            measured = measured and row.status == "measured" and times <= 1
            sources.append(row.source)
        if not sources:
            return Estimate(value=1, status="assumed", source="storage is not stated: nothing is taken off")
        return Estimate(
            value=max(value, _LEAST),
            low=max(low, _LEAST),
            high=max(high, _LEAST),
            status="derived" if measured else "assumed",
            source="; ".join(dict.fromkeys(sources)),
            derivation=str(self),
        )

    def _losses(self) -> list[tuple[Loss, float]]:
        """What takes vesicles away, and how many times over."""
        found = []
        if self.temperature is not None and self.duration is not None:
            row = _loss_at(self.temperature.to("C"), self.tube)
            found.append((row, self.duration.to("h") / row.hours))
        if self.freeze_thaws:
            found += [(row, float(self.freeze_thaws)) for row in _table() if row.condition == _THAW]
        return found


class Loss(Strict):
    """What one condition of storage leaves of the vesicles.

    Attributes:
        condition: What it is.
        warmest: C.
        coldest: C.
        tube: plain, low_binding or any.
        hours: After how long the share was read; without meaning for thawing.
        kept: Share that is left then.
        low: 5 % end.
        high: 95 % end.
        on_the_wall: Share of the loss that sticks to the tube.
        status: measured or assumed.
        source: Who says so.
    """

    condition: str
    warmest: float | None = None
    coldest: float | None = None
    tube: Literal["plain", "low_binding", "any"]
    hours: float = Field(default=1, gt=0)
    kept: float = Field(gt=0, le=1)
    low: float = Field(gt=0, le=1)
    high: float = Field(gt=0, le=1)
    on_the_wall: float = Field(ge=0, le=1)
    status: Status
    source: str = Field(min_length=8)


@cache
def _table() -> tuple[Loss, ...]:
    return tuple(read_table(Path(str(resources.files("hepasome.product") / "storage.csv")), Loss))


def _loss_at(temperature: float, tube: str) -> Loss:
    """The row of a temperature and tube; a tube that is not stated is a plain one.

    Raises:
        ValueError: If nothing is known about that temperature.
    """
    wanted = ("any", "plain" if tube == "not stated" else tube)
    for row in _table():
        if row.warmest is None or row.coldest is None or row.tube not in wanted:
            continue
        if row.coldest < temperature <= row.warmest:
            return row
    raise ValueError(f"nobody has told how vesicles keep at {temperature:g} C; known is 10 C and colder")
