"""Who is answered, what may be sent, and what every answer carries."""

import json

import pytest

from hepasome.files import InputError
from hepasome.web import Limits, Serving, create_app, is_loopback

COPY = {"copy_of": "li2013", "id": "mine"}
TOKEN = "a-long-secret"  # noqa: S105 # of this test


@pytest.mark.parametrize("path", ["/studies", "/api/studies", "/static/base.css", "/nothing", "/api/nothing"])
def test_every_answer_has_the_headers(client, path):
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy  # nothing from elsewhere
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


def test_a_report_may_run_no_script_and_has_no_origin(finished):
    client, name = finished
    for path in ("report.html", "figures/animals.svg"):
        policy = client.get(f"/api/runs/{name}/{path}").headers["content-security-policy"]
        assert "sandbox" in policy
        assert "script" not in policy


def test_no_page_has_an_inline_script_or_style(finished):
    client, name = finished
    client.post("/api/studies", json=COPY)
    paths = ["/studies", "/studies/li2013", "/studies/mine/edit", "/runs", f"/runs/{name}", "/api", "/nothing"]
    for path in [*paths, f"/compare?a={name}&b={name}"]:
        page = client.get(path).text
        assert " style=" not in page
        assert "<style" not in page
        assert page.count("<script") == page.count('<script type="module" src="/static/')
        assert not any(f" on{event}=" in page for event in ("click", "load", "error", "submit", "change"))
        for sign in ('src="http', 'href="http', 'src="//', 'href="//'):
            assert sign not in page


def test_what_a_user_wrote_is_text_on_every_page(changed, client):
    attack = "\"><script>alert(1)</script>'<img src=x onerror=alert(1)>"
    saved = changed(lambda study: study.update(title=attack, notes=[attack]))
    assert saved.status_code == 200
    for path in ("/studies", "/studies/mine", "/studies/mine/edit"):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "alert(1)" in page


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8300", ""])
def test_another_name_for_this_machine_is_not_answered(client, host):
    assert client.get("/api/studies", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost:8300", "127.0.0.1:8300", "[::1]:8300", "LOCALHOST"])
def test_the_own_names_are_answered(client, host):
    assert client.get("/api/vocabulary", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_page_elsewhere_changes_nothing(client, tmp_path, headers):
    assert client.post("/api/studies", json=COPY, headers=headers).status_code == 403
    assert client.delete("/api/studies/li2013", headers=headers).status_code == 403
    assert not (tmp_path / "studies").exists()


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_form_of_a_page_elsewhere_is_no_body(client, kind):
    refused = client.post("/api/studies", content=json.dumps(COPY), headers={"content-type": kind})
    assert refused.status_code == 415


def test_a_body_is_limited_also_where_it_hides_its_size(client_of, tmp_path):
    with client_of(tmp_path, limits=Limits(body=1000)) as client:
        large = b"a: " + b"x" * 2000
        yaml = {"content-type": "application/yaml"}
        assert client.post("/api/study-files", content=large, headers=yaml).status_code == 413
        assert (
            client.post("/api/study-files", content=iter([large[:900], large[900:]]), headers=yaml).status_code == 413
        )
        assert client.post("/api/studies", json=COPY).status_code == 201


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "::", "example.org"])  # noqa: S104 # refused
def test_an_address_that_others_reach_needs_a_token(tmp_path, host):
    assert not is_loopback(host)
    with pytest.raises(InputError, match="--token"):
        create_app(Serving(tmp_path, host=host))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_this_machine_alone_is_a_loopback_address(host):
    assert is_loopback(host)


def test_with_a_token_nothing_is_told_without_it(client_of, tmp_path):
    with client_of(tmp_path, host="0.0.0.0", token=TOKEN) as client:  # noqa: S104 # that is what a token is for
        for path in ("/", "/studies", "/api/studies", "/static/base.css", "/api/openapi.json"):
            refused = client.get(path)
            assert refused.status_code == 401
            assert "hepasome serve" in refused.text
        assert client.get("/studies?token=wrong").status_code == 401
        assert client.get("/api/studies", headers={"authorization": "Bearer wrong"}).status_code == 401
        assert client.get("/api/studies", headers={"authorization": f"Basic {TOKEN}"}).status_code == 401
        assert client.get("/api/studies", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200
        assert client.post(f"/api/studies?token={TOKEN}", json=COPY).status_code == 401


def test_a_token_in_the_address_becomes_a_cookie_that_scripts_cannot_read(client_of, tmp_path):
    with client_of(tmp_path, host="0.0.0.0", token=TOKEN) as client:  # noqa: S104
        moved = client.get(f"/studies?token={TOKEN}&x=1")
        assert moved.status_code == 303
        assert moved.headers["location"] == "/studies?x=1"  # it does not stay in the address
        cookie = moved.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert client.get("/studies").status_code == 200


OUTSIDE = [
    "/api/runs/..%2f..%2fetc/report.html",
    "/api/runs/%2e%2e/report.html",
    "/api/runs/.index.duckdb/report.html",
    "/api/runs/.jobs/results",
    "/api/studies/..%2f..%2fetc%2fpasswd",
    "/api/studies/%2e%2e/study.yaml",
    "/studies/..%2f..",
    "/static/..%2f_app.py",
    "/static/../_app.py",
    "/static/%2e%2e/%2e%2e/__init__.py",
]


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_path_leaves_the_folders(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "import" not in answer.text


@pytest.mark.parametrize(
    "rest",
    [
        "figures/..%2freport.svg",
        "figures/..%2f..%2frun.json",
        "figures/%2e%2e%2freport.html",
        "figures/animals.json",
        "tables/..%2fchunks%2f00000.parquet",
        "tables/run.parquet",
    ],
)
def test_of_a_run_only_what_it_shows_is_given(finished, rest):
    client, name = finished
    assert client.get(f"/api/runs/{name}/{rest}").status_code in (404, 422)


def test_a_link_out_of_the_folder_is_not_followed(finished, tmp_path):
    client, name = finished
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    run = tmp_path / "served" / "runs" / name
    (run / "report.html").unlink()
    (run / "report.html").symlink_to(secret)
    (run / "figures" / "linked.svg").symlink_to(secret)
    for path in (f"/api/runs/{name}/report.html", f"/api/runs/{name}/figures/linked.svg"):
        assert client.get(path).status_code == 404
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "study.yaml").write_text(client.get("/api/studies/li2013").json()["text"])
    (tmp_path / "served" / "studies").mkdir()
    (tmp_path / "served" / "studies" / "linked").symlink_to(tmp_path / "elsewhere")
    assert client.get("/api/studies/linked").status_code == 404
    assert not any(one["own"] for one in client.get("/api/studies").json())
