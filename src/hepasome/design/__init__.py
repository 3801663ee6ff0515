"""How a trial should be done: number of subjects, dose, route and schedule, by simulating it as it is analysed."""

from hepasome.design._allocation import allocation
from hepasome.design._assumed import Assumption, assumptions
from hepasome.design._design import TESTS, Design, Effect, Humane, Settled, Test, settle_design
from hepasome.design._material import Material, simulate_material, trivial_material, with_course
from hepasome.design._search import Choices, Costs, Option, Search, Spot, search, within
from hepasome.design._sequential import SPENDINGS, boundaries, crossing
from hepasome.design._size import Curve, SampleSize, sample_size, size_of
from hepasome.design._tests import (
    anova,
    blocked_between,
    blocked_within,
    contrast,
    dunnett,
    dunnett_critical,
    log_rank,
    mann_whitney,
    over_laboratories,
    t_test,
)
from hepasome.design._trials import Power, Trials

__all__ = [
    "SPENDINGS",
    "TESTS",
    "Assumption",
    "Choices",
    "Costs",
    "Curve",
    "Design",
    "Effect",
    "Humane",
    "Material",
    "Option",
    "Power",
    "SampleSize",
    "Search",
    "Settled",
    "Spot",
    "Test",
    "Trials",
    "allocation",
    "anova",
    "assumptions",
    "blocked_between",
    "blocked_within",
    "boundaries",
    "contrast",
    "crossing",
    "dunnett",
    "dunnett_critical",
    "log_rank",
    "mann_whitney",
    "over_laboratories",
    "sample_size",
    "search",
    "settle_design",
    "simulate_material",
    "size_of",
    "t_test",
    "trivial_material",
    "with_course",
    "within",
]
