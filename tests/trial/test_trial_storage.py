"""Arms that differ only in how their vesicles were stored."""

import pytest

from hepasome.files import parse_yaml, validate
from hepasome.trial import Settings, Study, make_plan

STUDY = """\
id: small
title: Fresh against stored vesicles
subject: {species: mouse, body_weight: 22 g}
disease: {model: ccl4_acute, dose: 0.5 mL/kg}
arms:
  vehicle: {}
  fresh:
    treatment: {product: adipose_msc_exosome, dose: 1e9 particles, route: intravenous, schedule: {start: 1 h}}
  cold:
    treatment:
      product: {base: adipose_msc_exosome, stored: {temperature: 4 C, for: 48 h}}
      dose: 1e9 particles
      route: intravenous
      schedule: {start: 1 h}
control: vehicle
subjects_per_arm: 2
read_out: 2 d
endpoints: [ALT]
"""


@pytest.fixture(scope="module")
def plan():
    return make_plan(validate(Study, parse_yaml(STUDY, "study.yaml")), Settings(draws=30))


def given(plan, arm):
    """Particles that each typical animal of an arm gets."""
    worlds = [s for s in plan.subjects if s.role == "world" and (s.arm, s.variant) == (arm, "given")]
    return [dose.amount for s in worlds for dose in s.subject.doses if dose.amount > 1e6]


def test_stored_vesicles_are_fewer_by_what_was_lost(plan):
    fresh, cold = given(plan, "fresh"), given(plan, "cold")
    assert set(fresh) == {1e9}
    shares = sorted(amount / 1e9 for amount in cold)
    # Evtushenko 2020: 49 % left, 46 to 52 % within the error
    assert len(set(shares)) == 30
    assert shares[15] == pytest.approx(0.49, abs=0.015)
    assert 0.42 < shares[0] < 0.48 < 0.5 < shares[-1] < 0.56
