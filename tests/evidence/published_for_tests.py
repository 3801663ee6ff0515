"""A study file that holds, to be broken by tests."""

from hepasome.evidence import appraisal_items

_HEAD = """\
id: chen2024
publication: {authors: Chen, year: 2024, title: Vesicles in mice, doi: 10.1/x}
protocol:
  species: mouse
  disease: ccl4_fibrosis
  given: EV
  source_cell: adipose_msc
  dose: 250 ug
  route: intravenous
outcomes:
  - id: alt
    endpoint: ALT
    time: 9 wk
    unit: U/L
    treated: {arm: exosomes, n: 9, mean: 60, spread: 5, spread_kind: se}
    control: {arm: vehicle, n: 9, mean: 120, spread: 15, spread_kind: sd}
    where: figure 2b, digitised
    confidence: confirmed
  - id: alive
    endpoint: survival
    unit: share
    treated: {arm: exosomes, n: 12, events: 9}
    control: {arm: vehicle, n: 12, events: 5}
    where: text
    confidence: confirmed
"""


def study_text():
    lines = [
        "risk_of_bias:",
        *(f"  {row.item}: {{answer: unclear}}" for row in appraisal_items() if row.scheme == "syrcle"),
    ]
    for scheme in ("ev_metric", "misev"):
        lines += [f"{scheme}:", *(f"  {row.item}: 'yes'" for row in appraisal_items() if row.scheme == scheme)]
    return _HEAD + "\n".join(lines) + "\n"


def changed(text, *pairs):
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text
