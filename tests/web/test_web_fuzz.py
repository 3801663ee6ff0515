"""A study with anything in any place is checked, and nothing breaks."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="/?#"), max_size=30)
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
FEW = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def paths(study):
    """Places of a study, each as a tuple of keys."""
    for key, value in study.items() if isinstance(study, dict) else enumerate(study):
        yield (key,)
        if isinstance(value, (dict, list)):
            yield from ((key, *rest) for rest in paths(value))


@FEW
@given(data=st.data())
def test_a_study_with_anything_in_any_place_is_checked_and_never_breaks_the_server(client, data):
    if client.get("/api/studies/mine").status_code == 404:
        client.post("/api/studies", json={"copy_of": "qu2017", "id": "mine"})
    study = client.get("/api/studies/mine").json()["study"]
    *place, last = data.draw(st.sampled_from(sorted(paths(study), key=repr)))
    spot = study
    for key in place:
        spot = spot[key]
    spot[last] = data.draw(VALUE)
    body = json.dumps({"study": study})
    answer = client.post("/api/studies/mine/check", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (200, 422)
    if answer.status_code == 200:
        found = answer.json()
        assert found["ok"] != bool(found["findings"])
        assert not any("Traceback" in one["problem"] or "Error" in one["problem"] for one in found["findings"])
