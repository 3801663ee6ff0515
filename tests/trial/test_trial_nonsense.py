"""Studies that combine what makes no sense are refused, with the reason and the place."""

import pytest

from hepasome.files import InputError
from hepasome.trial import load_study

STUDY = """\
id: nonsense
title: What makes no sense
subject: {{{subject}}}
disease: {{{disease}}}
arms:
  vehicle: {{}}
  treated: {{{treated}}}
control: vehicle
subjects_per_arm: 4
read_out: 2 d
endpoints: [{endpoint}]
zones: {zones}
"""
SENSE = {
    "subject": "species: rat, body_weight: 200 g",
    "disease": "model: resection, share: 70 percent",
    "treated": "",
    "endpoint": "ALT",
    "zones": "1",
}
DISH = "species: rat, culture: {cells: 2e5 cells, medium: 1 mL}"
VESICLES = "treatment: {{product: adipose_msc_exosome, dose: 10 ug, route: {}, schedule: {{start: 1 h}}}}"
CASES = {
    "a hepatectomy in a culture": ({"subject": DISH}, "needs a whole animal"),
    "a toxin of the medium in an animal": (
        {"disease": "model: peroxide_culture, dose: 1 mmol/L"},
        "needs cells in culture",
    ),
    "a drug against tumours without a tumour": (
        {"treated": "agents: [{agent: sorafenib, dose: 10 mg/kg, schedule: {start: 1 h}}]"},
        "sorafenib acts on sorafenib, which resection of the liver has not",
    ),
    "an injection into a tumour that is not there": (
        {"treated": VESICLES.format("intratumoural")},
        "not given by this route",
    ),
    "an injection into medium in an animal": ({"treated": VESICLES.format("into_medium")}, "not given by this route"),
    "a read-out of a tumour that is not there": ({"endpoint": "tumour_volume"}, "is not read out of"),
    "an operation again and again": ({"disease": "model: resection, share: 70 percent, every: 3 d"}, "induced once"),
    "a chronic toxin once": ({"disease": "model: ccl4_fibrosis, dose: 1 mL/kg"}, "induced repeatedly"),
    "a disease that there is not": ({"disease": "model: gout"}, "not one of the allowed words"),
    "no disease": ({"disease": "share: 70 percent"}, "`model` is missing"),
    "a disease in a species that it is not modelled in": (
        {"disease": "model: hepatitis_failure, flare: 3 wk"},
        "is modelled in: human; not in rat",
    ),
    "a dish in zones": (
        {"subject": DISH, "disease": "model: peroxide_culture, dose: 1 mmol/L", "endpoint": "viability", "zones": "3"},
        "no zones",
    ),
    "an animal and a dish at once": ({"subject": DISH + ", body_weight: 200 g"}, "body_weight"),
}


@pytest.mark.parametrize("case", CASES)
def test_it_is_refused_with_the_reason(case, tmp_path):
    changed, words = CASES[case]
    path = tmp_path / "study.yaml"
    path.write_text(STUDY.format(**(SENSE | changed)))
    with pytest.raises(InputError) as refused:
        load_study(path)
    assert words in str(refused.value)
    assert list(tmp_path.iterdir()) == [path]


def test_the_study_behind_them_makes_sense(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text(STUDY.format(**SENSE))
    assert load_study(path).disease.model == "resection"
