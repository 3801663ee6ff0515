"""Whatever is sent, the answer is one that the description of the API lists, and nothing breaks."""

import json
import string
from urllib.parse import quote

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


@FEW
@given(data=st.data())
def test_any_operation_with_anything_in_its_place_is_answered_as_described(client, data):
    described = client.get("/api/openapi.json").json()
    operations = [(p, m, one) for p, methods in described["paths"].items() for m, one in methods.items()]
    path, method, one = data.draw(st.sampled_from(operations))
    for parameter in one.get("parameters", []):
        name = parameter["name"]
        if parameter["in"] == "path":
            written = data.draw(TEXT | st.text(string.ascii_lowercase, min_size=1)) or "x"
            path = path.replace("{" + name + "}", quote(written, safe=""))
    query = data.draw(
        st.dictionaries(st.sampled_from(["study", "state", "limit", "offset", "download"]), TEXT, max_size=2)
    )
    kind = data.draw(st.sampled_from(["application/json", "application/yaml"]))
    body = json.dumps(data.draw(VALUE)).encode() if method in ("post", "put") else None
    headers = {"content-type": kind} if body else {}
    answer = client.request(method, path, params=query, content=body, headers=headers)
    assert answer.status_code < 500
    known = {int(code) for code in one["responses"]} | {307, 404, 405, 422}
    assert answer.status_code in known
    if answer.status_code >= 400:
        assert answer.json()["sentence"]
