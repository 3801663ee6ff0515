"""The scoreboard in the documentation: no claim is dropped, and every one has a verdict."""

from collections import Counter
from pathlib import Path

from hepasome.evidence import load_evidence

PAGE = Path(__file__).parents[2] / "docs" / "scoreboard.md"
LABELS = ("reproduced", "conditional", "not reproduced", "not judged")


def claims_of_page():
    """Study -> statement and verdict of every line below its heading."""
    found, study = {}, ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            study = line[3:]
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if study and len(cells) == 5 and cells[1] in LABELS:
            found.setdefault(study, []).append((cells[0], cells[1]))
    return found


def test_every_claim_of_the_evidence_stands_on_the_page_once():
    claims = Counter((claim.study, claim.statement.replace("|", "/")) for claim in load_evidence().claims)
    page = Counter((study, said) for study, rows in claims_of_page().items() for said, _ in rows)
    assert {key: page[key] for key in claims} == dict(claims), "run: hepasome reproduce --page docs/scoreboard.md"


def test_every_system_of_the_review_is_on_the_page():
    systems = {line.split("|")[1].strip() for line in PAGE.read_text(encoding="utf-8").splitlines() if "](#" in line}
    assert {f"S{number:02d}" for number in range(1, 30)} <= systems


def test_the_counts_of_the_page_are_those_of_its_lines():
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if "](#" not in line:
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        study = cells[1].split("]")[0].strip("[")
        counts = Counter(label for _, label in claims_of_page()[study])
        assert [int(cell or 0) for cell in cells[3:7]] == [counts[label] for label in LABELS], study
