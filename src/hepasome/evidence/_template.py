"""A study file to fill in."""

from __future__ import annotations

from typing import get_args

from hepasome.evidence._load import endpoint_names
from hepasome.evidence._published import Scheme, Told, appraisal_items

_HEAD = """\
# A published study for the evidence. Fill in what stands behind each colon; what may stay empty is said.
# Then: hepasome evidence check FILE, and hepasome evidence add FILE

id:                    # as chen2024: small letters, digits and _

publication:
  authors:
  year:
  title:
  journal:             # these three may stay empty
  doi:
  url:

protocol:
  species:             # mouse, rat, rabbit, guinea_pig, pig, human or culture
  strain:              # may stay empty
  sex:                 # male, female, both, or empty
  disease:             # as ccl4_fibrosis
  induction:           # may stay empty, as all below but `given`
  given:               # EV (vesicles), CM (conditioned medium) or CELL (living cells)
  source_cell:         # as umbilical_cord_msc
  isolation:
  dose:                # one dose with its unit, as 250 ug
  route:
  schedule:
  doses:               # how many

outcomes:              # one block for each endpoint at each time
  - id:                # as alt_9wk
    endpoint:          # {endpoints}
    # not_modelled: true   # for an endpoint that is not among these
    time:              # from the start of the study, as 9 wk; may stay empty
    unit:
    treated: {{arm: , n: , mean: , spread: , spread_kind: }}   # spread_kind: sd or se
    control: {{arm: , n: , mean: , spread: , spread_kind: }}   # or for counts: {{arm: , n: , events: }}
    where:             # as figure 2b, digitised
    confidence:        # confirmed (read in the paper), secondary (read elsewhere) or recalled (never pooled)
    note:              # may stay empty"""
_BLOCKS: dict[Scheme, str] = {
    "syrcle": "\nrisk_of_bias:          # SYRCLE: yes (low risk), no (high risk), or unclear; yes and no need a reason",
    "ev_metric": "\nev_metric:             # {}; for vesicles only",
    "misev": "\nmisev:                 # {}; for vesicles only",
}


def study_template() -> str:
    """The text of an empty study file, with every question of SYRCLE, EV-METRIC and MISEV."""
    shown = [name for name in ("ALT", "AST", "collagen_area", "survival") if name in endpoint_names()]
    lines = [_HEAD.format(endpoints=f"{', '.join(shown)} ... (hepasome evidence query --table endpoints)")]
    for scheme, title in _BLOCKS.items():
        lines.append(title.format(", ".join(get_args(Told))))
        for row in appraisal_items():
            if row.scheme == scheme:
                blank = "{answer: , reason: }" if scheme == "syrcle" else ""
                lines.append(f"  {row.item + ':':<25} {blank:<23}# {row.question}?")
    return "\n".join([*lines, "", "notes:                 # a list of cautions; may stay empty", ""])
