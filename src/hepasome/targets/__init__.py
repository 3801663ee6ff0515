"""What delivered miRNAs could repress in the cells of the liver: occupancy, and two lanes of evidence side by side."""

from hepasome.targets._draws import Interval
from hepasome.targets._exposure import Exposure, chosen, exposures_from, exposures_of
from hepasome.targets._families import MirnaFamily, families, members_of
from hepasome.targets._find import Targets, find_targets, proxy_notes
from hepasome.targets._lanes import Lanes
from hepasome.targets._occupancy import (
    copies_needed,
    gain_ceiling,
    occupancy,
    occupancy_gain,
    relative_level,
    repression,
)
from hepasome.targets._tables import CELLS, TABLES, proxies
from hepasome.targets._user_files import lanes_from, read_mirtarbase, read_targetscan
from hepasome.targets._words import NEGLIGIBLE, SEEN, dose_words

__all__ = [
    "CELLS",
    "NEGLIGIBLE",
    "SEEN",
    "TABLES",
    "Exposure",
    "Interval",
    "Lanes",
    "MirnaFamily",
    "Targets",
    "chosen",
    "copies_needed",
    "dose_words",
    "exposures_from",
    "exposures_of",
    "families",
    "find_targets",
    "gain_ceiling",
    "lanes_from",
    "members_of",
    "occupancy",
    "occupancy_gain",
    "proxies",
    "proxy_notes",
    "read_mirtarbase",
    "read_targetscan",
    "relative_level",
    "repression",
]
