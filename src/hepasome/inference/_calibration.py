"""Calibrations: which observations of untreated subjects inform which parameters; one folder each, with protocols."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

from pydantic import Field, model_validator

from hepasome.biology import Parameter, parameters
from hepasome.files import FindingList, Strict, did_you_mean, input_error, read_yaml, validate
from hepasome.trial import Study, load_study

CALIBRATIONS = Path(str(resources.files("hepasome") / "calibrations"))
_FILE = "calibration.yaml"
_HEALTHY = "healthy"  # the disease of subjects that have none


class Experiment(Strict):
    """Where the observations of one condition are simulated.

    Attributes:
        study: Study file beside the calibration: the protocol.
        arm: Which of its arms was observed.
    """

    study: str
    arm: str


class Prior(Strict):
    """What was known of a parameter before these observations; without an interval, its row in the tables.

    Attributes:
        low: 5 %.
        high: 95 %.
        reason: Why not the row.
    """

    low: float | None = None
    high: float | None = None
    reason: str = ""

    @model_validator(mode="after")
    def _explained(self) -> Prior:
        if (self.low is None) != (self.high is None) or (self.low is not None) != bool(self.reason):
            raise ValueError("give `low`, `high` and the `reason` for them, or none of the three")
        return self


class Variation(Strict):
    """How much animals of one group differ, as SD of the logarithm, where a source gives no spread.

    The interval stands unless a calibration has its own: 0.35 (0.2 to 0.6) is about that of enzymes of mice after
    acetaminophen (Holland 2021).

    Attributes:
        low: 5 %.
        high: 95 %.
        reason: Why.
    """

    low: float = Field(default=0.2, gt=0)
    high: float = Field(default=0.6, gt=0)
    reason: str = "about that of enzymes of mice after acetaminophen (Holland 2021)"

    @model_validator(mode="after")
    def _ordered(self) -> Variation:
        if not self.low < self.high:
            raise ValueError("`low` must be below `high`")
        return self


class Observable(Strict):
    """An endpoint that is computed from several outputs of the model.

    Attributes:
        of: Outputs or states that are added up.
        over: What they are divided by; empty for nothing.
        factor: What that is multiplied by, from the unit of the model to that of the endpoint.
        time_course: `value` at the time of the observation, `area` under the course until then, or
            `mean_residence_time` until then (area of time times value over area).
    """

    of: tuple[str, ...] = Field(min_length=1)
    over: tuple[str, ...] = ()
    factor: float = Field(default=1.0, gt=0)
    time_course: str = Field(default="value", pattern="^(value|area|mean_residence_time)$")


class Remaining(Strict):
    """An endpoint that says what is left of an output since an earlier time.

    Attributes:
        of: Output or state.
        since: h.
    """

    of: str
    since: float = Field(ge=0)


class LongCourses(Strict):
    """How the time is kept short where courses last months; the conditions of one arm are then read off one course.

    Attributes:
        steps: Of each ensemble, instead of the usual number.
        relative_tolerance: Of the integration; small beside the error of any observation.
        absolute_tolerance: Of the integration.
    """

    steps: int = Field(ge=20)
    relative_tolerance: float = Field(gt=0, le=1e-3)
    absolute_tolerance: float = Field(gt=0, le=1e-5)


class Calibration(Strict):
    """One calibration.

    Attributes:
        id: Name of its folder.
        title: For readers.
        species: Whose parameters.
        experiments: Condition of the observations -> where it is simulated.
        parameters: What is calibrated, with its prior; `disease/symbol` for a row of that disease's own table.
        observables: Endpoints that are computed from several outputs, or from one at two times.
        long_courses: How the time is kept short where courses last months.
        between_animals: How much animals differ.
        scaled_to: Species whose rows were derived from these by scaling: the draws hold there too, scaled alike.
        notes: Cautions, which the results repeat.
    """

    id: str
    title: str
    species: str
    experiments: dict[str, Experiment] = Field(min_length=1)
    parameters: dict[str, Prior] = Field(min_length=1)
    observables: dict[str, Observable | Remaining] = Field(default_factory=dict)
    long_courses: LongCourses | None = None
    between_animals: Variation = Variation()
    scaled_to: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def rows(self) -> dict[str, Parameter]:
        """The prior of every parameter as a row of a table, by the name it has here."""
        found = {}
        for name, prior in self.parameters.items():
            disease, _, symbol = name.rpartition("/")
            row = parameters(self.species, disease)[symbol]
            scale = "log" if row.scale == "linear" and prior.low is not None else row.scale
            ends = {} if prior.low is None else {"low": prior.low, "high": prior.high, "scale": scale}
            found[name] = Parameter.model_validate({**row.model_dump(), **ends})
        return found

    def read_together(self) -> list[list[str]]:
        """Conditions that are read off one course: those of one arm where courses are long, else each its own."""
        if self.long_courses is None:
            return [[condition] for condition in self.experiments]
        found: dict[tuple[str, str], list[str]] = {}
        for condition, one in self.experiments.items():
            found.setdefault((one.study, one.arm), []).append(condition)
        return list(found.values())

    def diseases(self) -> list[str]:
        """Diseases in which the draws hold: those of the experiments; none named where subjects were healthy."""
        found = {self.study(condition).disease.model for condition in self.experiments}
        return [] if found == {_HEALTHY} else sorted(found)

    def study(self, condition: str) -> Study:
        """The protocol of a condition."""
        return load_study(CALIBRATIONS / self.id / self.experiments[condition].study)


@cache
def calibration_ids() -> tuple[str, ...]:
    """Ids of all calibrations."""
    return tuple(sorted(path.parent.name for path in CALIBRATIONS.glob(f"*/{_FILE}")))


@cache
def load_calibration(name: str) -> Calibration:
    """A calibration by its id.

    Raises:
        InputError: If there is none, or every finding about its file.
    """
    if name not in calibration_ids():
        raise input_error(
            "calibration", "There is no such calibration.", did_you_mean(name, calibration_ids()), value=name
        )
    path = CALIBRATIONS / name / _FILE
    read = validate(Calibration, read_yaml(path))
    found = FindingList(str(path))
    for parameter in read.parameters:
        disease, _, symbol = parameter.rpartition("/")
        table = parameters(read.species, disease)
        if symbol not in table:
            found.add("There is no such parameter.", did_you_mean(symbol, table), field="parameters", value=parameter)
    found.raise_if_any()
    return read
