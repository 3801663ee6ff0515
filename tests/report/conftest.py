"""Small runs and their pages, made once: three shipped studies and one of a user with files of a laboratory."""

import dataclasses
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path

import pytest

from hepasome.inference import judge
from hepasome.report import figures, write_report
from hepasome.trial import Computing, Run, Settings, load_study, run_study

STUDIES = ("li2013", "qu2017", "hyun2015")
ATTACK = "<script>alert(1)</script>"

STUDY = f"""\
id: my_trial
title: {ATTACK}
system: "<i>S99</i>"
subject: {{species: mouse, body_weight: {{low: 20 g, high: 24 g, reason: "<b>scales</b> & 'ruler'"}}}}
disease: {{model: ccl4_fibrosis, dose: 0.5 mL/kg, every: 3.5 d, for: 2 wk}}
arms:
  healthy: {{disease: none}}
  vehicle: {{}}
  recovery: {{disease: {{stop_at: 1 wk}}}}
  exosome:
    treatment: {{product: lab.yaml, dose: 40 ug, route: intravenous, schedule: {{start: 1 wk}}}}
control: vehicle
subjects_per_arm: 3
read_out: 2 wk
endpoints: [collagen_I, ALT at 10 d]
notes: ['<img src="https://example.org/x.png" onerror=alert(2)>']
"""

PRODUCT = """\
id: lab_exosome
name: 'Our "<em>own</em>" exosomes'
kind: vesicles
source_cell: umbilical_cord_msc
particles_per_ug:
  value: 2.0e9
  low: 1.5e9
  high: 2.5e9
  unit: particles/ug
  status: derived
  source: NTA of 3 <u>March</u>
  derivation: 4e11 particles/mL / 200 ug/mL of protein & dilution 1000
diameter: {bin_centres: [80, 100, 120, 140], counts: [0.2, 0.4, 0.3, 0.1], source: "summary<1>.csv"}
cargo:
  - name: miR-122-5p
    kind: miRNA
    location: cytosolic
    copies_per_vesicle: {value: 0.004, status: derived, source: "counts.csv", derivation: "0.4 of 0.01 copies"}
notes: ["</div></body><iframe src='https://example.org'></iframe>"]
assumptions:
  - All particles that the instrument counted are taken for <vesicles>.
  - The most abundant miRNA has the published number of copies.
"""

UNTREATED = STUDY[: STUDY.index("  exosome:")] + STUDY[STUDY.index("control:") :]


class Page(HTMLParser):
    """What a browser would find in a page: faults of nesting, ids, links, tables."""

    VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})

    def __init__(self, html):
        super().__init__()
        self.html, self.faults, self.tags, self.attributes, self.ids = html, [], [], [], []
        self.headings, self.tables, self.text, self._open = [], [], "", []
        self._cell = None
        self.feed(html)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self._open]
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag, attrs):
        self.handle_startendtag(tag, attrs)
        if tag in self.VOID:
            return
        self._open.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self._cell = []
        elif tag in ("h1", "h2", "h3"):
            self.headings.append("")

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")
        if tag in ("td", "th"):
            self.tables[-1][-1].append(" ".join(" ".join(self._cell).split()))
            self._cell = None

    def handle_data(self, data):
        if "style" in self._open or "svg" in self._open:
            return
        self.text += " " + data
        if self._cell is not None:
            self._cell.append(data)
        if {"h1", "h2", "h3"} & set(self._open):
            self.headings[-1] += data

    def rows(self, first):
        """The rows of every table whose header starts with a word, by header."""
        return [
            dict(zip(table[0], row, strict=True)) for table in self.tables if table[0][0] == first for row in table[1:]
        ]


@dataclasses.dataclass
class Report:
    run: Run
    path: Path
    page: Page

    @property
    def figures(self):
        return self.path.parent / "figures"

    @cached_property
    def drawn(self):
        """The figures as Matplotlib has them; nobody changes them."""
        return figures(self.run, judge(self.run))


def simulate(study, subjects, draws):
    return run_study(load_study(study), Settings(subjects=subjects, draws=draws), computing=Computing(workers=1))


def written(run, folder):
    path = write_report(run, folder / "report.html", folder / "figures")
    return Report(run, path, Page(path.read_text()))


@pytest.fixture(scope="session")
def parse():
    return Page


@pytest.fixture(scope="session")
def attack():
    return ATTACK


@pytest.fixture(scope="session")
def shipped(tmp_path_factory):
    made = {}

    def report(study):
        if study not in made:
            made[study] = written(simulate(study, 2, 2), tmp_path_factory.mktemp(study))
        return made[study]

    return report


@pytest.fixture(params=STUDIES)
def report(request, shipped):
    return shipped(request.param)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """The folder of a user with a study file and the product that was read from laboratory files."""
    path = tmp_path_factory.mktemp("laboratory")
    (path / "study.yaml").write_text(STUDY)
    (path / "untreated.yaml").write_text(UNTREATED)
    (path / "lab.yaml").write_text(PRODUCT)
    return path


@pytest.fixture(scope="session")
def mine(folder):
    return written(simulate(folder / "study.yaml", 3, 1), folder / "out")


@pytest.fixture(scope="session")
def untreated(folder):
    return simulate(folder / "untreated.yaml", 2, 0)
