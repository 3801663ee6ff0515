"""The API keeps to its own description: schemathesis, a program apart, asks a running server."""

import shutil
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("schemathesis")
# What a schema cannot say: a study that fits the schema may still be refused, with findings.
REFUSED = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", 404, 409, 422]
"""
# What is there, so that more is asked for than what is not.
KNOWN = """
[[operations]]
include-path-regex = "/api/runs/.name./"
exclude-method = "DELETE"
parameters = {{ name = "{run}", drawing = "time_courses" }}

[[operations]]
include-path-regex = "/api/studies/.name."
parameters = {{ name = "li2013" }}
"""


def test_every_answer_is_one_that_the_description_lists(made, serve, tmp_path):
    folder, run = made
    shutil.copytree(folder, tmp_path / "served")
    _, address = serve(tmp_path / "served")
    for phases, settings in (("coverage,fuzzing", REFUSED + KNOWN.format(run=run)), ("stateful", REFUSED)):
        (tmp_path / "schemathesis.toml").write_text(settings)
        command = [PROGRAM, "run", f"{address}api/openapi.json", "--no-color", "--phases", phases, "--checks", "all"]
        command += ["--max-examples", "8", "--seed", "1", "--continue-on-failure"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
