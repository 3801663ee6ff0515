"""How a trial should be done: number of subjects, dose, route and schedule, by simulating it as it is analysed."""

from hepasome.design._allocation import allocation
from hepasome.design._assumed import Assumption, assumptions
from hepasome.design._design import TESTS, Design, Effect, Humane, Settled, Test, settle_design
from hepasome.design._material import Material, simulate_material, trivial_material, with_course
from hepasome.design._options import Choices, Regimen, fine_choices, is_open, option_studies, regimen_of, with_regimen
from hepasome.design._prepared import Prepared, prepare, read_prepared, subjects_to_simulate, write_prepared
from hepasome.design._search import Costs, Option, Search, Spot, check_costs, compare, search, within
from hepasome.design._sequential import SPENDINGS, boundaries, crossing
from hepasome.design._size import Curve, SampleSize, Sizing, sample_size
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
    "Prepared",
    "Regimen",
    "SampleSize",
    "Search",
    "Settled",
    "Sizing",
    "Spot",
    "Test",
    "Trials",
    "allocation",
    "anova",
    "assumptions",
    "blocked_between",
    "blocked_within",
    "boundaries",
    "check_costs",
    "compare",
    "contrast",
    "crossing",
    "dunnett",
    "dunnett_critical",
    "fine_choices",
    "is_open",
    "log_rank",
    "mann_whitney",
    "option_studies",
    "over_laboratories",
    "prepare",
    "read_prepared",
    "regimen_of",
    "sample_size",
    "search",
    "settle_design",
    "simulate_material",
    "subjects_to_simulate",
    "t_test",
    "trivial_material",
    "with_course",
    "with_regimen",
    "within",
    "write_prepared",
]
