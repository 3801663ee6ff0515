"""The house as the design draws it: which package may know which, and what no file may do.

Each rule is a function from a source tree to sentences about what breaks it, so that the rules themselves can be
tested on small trees that break them.
"""

import ast
import graphlib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
PROJECT = "hepasome"
# From the bottom to the top: a package may import what lies in lower layers, never its neighbours.
LAYERS = (
    ("engine",),
    ("biology", "product", "evidence"),
    ("trial",),
    ("targets",),
    ("inference", "translation"),
    ("design",),
    ("report", "bench"),
    ("web",),
    ("cli",),
)
SCREENS = ("web", "cli")  # what users see; the command line opens the web application
FILES = "files"  # imports nothing of hepasome and may be imported by everyone except the engine
# hepasome/__init__.py and its private modules: public names, from any layer below the screens, for the screens
ROOT = ""
LONGEST = 400
SOURCES = {".py", ".ant", ".html", ".css", ".js"}


def may_import() -> dict[str, set[str]]:
    allowed: dict[str, set[str]] = {FILES: set()}
    below: set[str] = set()
    for layer in LAYERS:
        for package in layer:
            allowed[package] = below | (set() if package == "engine" else {FILES})
        below = below | set(layer)
    allowed[ROOT] = {FILES, *below}.difference(SCREENS)
    for screen in SCREENS:
        allowed[screen].add(ROOT)
    allowed["__main__"] = {"cli"}
    return allowed


@dataclass(frozen=True)
class Import:
    importer: str
    line: int
    target: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.importer}, line {self.line}: imports {self.target}{self.name and f'.{self.name}'}"


def package_of(module: str) -> str:
    package = [*module.split("."), ROOT][1]
    return ROOT if package.startswith("_") and package != "__main__" else package


def module_paths(src: Path) -> dict[str, Path]:
    """Dotted name of every module and its file."""
    found = {}
    for path in sorted((src / PROJECT).rglob("*.py")):
        parts = path.relative_to(src).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(src: Path) -> Iterator[Import]:
    """Every import of the project by itself, also those within functions and by importlib."""
    modules = module_paths(src)
    for module, path in modules.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for target, name in targets(node, module, is_package=path.name == "__init__.py"):
                if target.split(".")[0] == PROJECT:
                    whole = f"{target}.{name}" in modules
                    yield Import(module, node.lineno, f"{target}.{name}" if whole else target, "" if whole else name)


def targets(node: ast.AST, module: str, *, is_package: bool) -> list[tuple[str, str]]:
    match node:
        case ast.Import():
            return [(alias.name, "") for alias in node.names]
        case ast.ImportFrom():
            parts = module.split(".")
            base = parts[: len(parts) - node.level + is_package] if node.level else []
            target = ".".join([*base, *([node.module] if node.module else [])])
            return [(target, alias.name) for alias in node.names]
        case ast.Call(args=[ast.Constant(value=str(target)), *_]) if "import_module" in ast.unparse(node.func):
            return [(target, "")]
    return []


def against_the_arrows(src: Path) -> list[str]:
    allowed = may_import()
    broken = []
    for found in imports(src):
        importer, target = package_of(found.importer), package_of(found.target)
        if importer not in allowed:
            broken.append(f"{found.importer}: the design has no package of this name")
        elif importer != target and target not in allowed[importer]:
            broken.append(f"{found}, which lies beside or above it")
    return broken


def past_the_front_door(src: Path) -> list[str]:
    """Imports of another package that do not take a public name from its `__init__`."""
    modules = module_paths(src)
    broken = []
    for found in imports(src):
        target = package_of(found.target)
        if target in (ROOT, package_of(found.importer)):
            continue
        door = f"{PROJECT}.{target}"
        if found.target != door or (found.name and found.name not in public_names(modules.get(door))):
            broken.append(f"{found}, which is not among the public names of {door}")
    return broken


def public_names(path: Path | None) -> list[str]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body if path is not None else ():
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return []


def in_circles(src: Path) -> list[str]:
    graph: dict[str, set[str]] = {}
    for found in imports(src):
        graph.setdefault(found.importer, set()).add(found.target)
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return [" <- ".join(error.args[1])]
    return []


def too_long(src: Path) -> list[str]:
    lengths = {
        path: len(path.read_text(encoding="utf-8").splitlines())
        for path in sorted((src / PROJECT).rglob("*"))
        if path.suffix in SOURCES
    }
    return [f"{path.relative_to(src)} has {lines} lines" for path, lines in lengths.items() if lines > LONGEST]


RULES = [against_the_arrows, past_the_front_door, in_circles, too_long]

OF_A_MACHINE = re.compile(r"(?<![\w.])/(?:home|Users|root|work|mnt|opt|tmp)/[\w.]+")
UPWARDS = re.compile(r"(?:\.\./)+[\w-][\w.-]*")
GENERATED = {"site", "build", "dist", "runs", "__pycache__"}


def out_of_the_repository(root: Path) -> list[str]:
    """Paths that exist on somebody's machine only."""
    broken = []
    for path in texts(root):
        text = path.read_text(encoding="utf-8", errors="ignore")
        # the tests of bad input name such paths as bait
        upwards = [] if path.is_relative_to(root / "tests") else UPWARDS.findall(text)
        outside = [name for name in upwards if not (path.parent / name).resolve().is_relative_to(root.resolve())]
        broken += [f"{path.relative_to(root)} names {name}" for name in OF_A_MACHINE.findall(text) + outside]
    return broken


def texts(root: Path) -> Iterator[Path]:
    for path in sorted(root.iterdir()):
        hidden = path.name.startswith(".") and path.name != ".ci"
        if hidden or path.name in GENERATED or path.is_symlink():
            continue
        if path.is_dir():
            yield from texts(path)
        else:
            yield path


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_source_keeps_the_rule(rule):
    assert rule(REPOSITORY / "src") == []


def test_no_file_names_a_path_of_somebodys_machine():
    assert out_of_the_repository(REPOSITORY) == []


def test_every_dependency_has_its_reason_in_the_docs():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    page = (REPOSITORY / "docs" / "dependencies.md").read_text()
    lists = [project["build-system"]["requires"], project["project"]["dependencies"]]
    lists += [*project["dependency-groups"].values(), *project["project"]["optional-dependencies"].values()]
    names = {re.split(r"[<>=~!\[; ]", requirement)[0] for requirements in lists for requirement in requirements}
    explained = set(re.findall(r"^\| `([\w-]+)` \|", page, flags=re.MULTILINE))
    assert explained == names


# The rules can fail: small trees, each breaking one rule.

HOUSE = {
    "__init__.py": "from hepasome.trial import run\n__all__ = ['run']",
    "files/__init__.py": "from hepasome.files._text import read\n__all__ = ['read']",
    "files/_text.py": "def read(): ...",
    "engine/__init__.py": "__all__ = ['Compiled']\nclass Compiled: ...",
    "biology/__init__.py": "__all__ = ['assemble']\ndef assemble(): ...",
    "product/__init__.py": "__all__ = []",
    "trial/__init__.py": "from hepasome.trial._run import run\n__all__ = ['run']",
    "trial/_run.py": "from hepasome.biology import assemble\nfrom hepasome.engine import Compiled\nrun = assemble",
    "cli.py": "import hepasome.trial\nfrom hepasome import trial\nfrom hepasome.files import read",
}


@pytest.fixture
def house(tmp_path):
    def build(**changed):
        for name, text in (HOUSE | {name.replace("__", "/") + ".py": text for name, text in changed.items()}).items():
            path = tmp_path / PROJECT / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return build


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_house_as_designed_breaks_no_rule(house, rule):
    assert rule(house()) == []


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("engine___solve", "from hepasome.files import read"),
        ("engine___solve", "from hepasome.biology import assemble"),
        ("files___csv", "from hepasome.engine import Compiled"),
        ("biology___zone", "from hepasome.product import x"),
        ("biology___zone", "import hepasome.trial"),
        ("biology___zone", "from hepasome import trial"),
        ("biology___zone", "from .. import trial"),
        ("biology___zone", "from ..trial import run"),
        ("biology___zone", "def later():\n    from hepasome.trial import run"),
        ("biology___zone", "import importlib\nimportlib.import_module('hepasome.trial')"),
        ("biology___zone", "from hepasome import run"),
        ("trial___more", "import hepasome.cli"),
        ("utils___more", "from hepasome.files import read"),
    ],
)
def test_an_import_against_the_arrows_is_found(house, module, text):
    (broken,) = against_the_arrows(house(**{module: text}))
    assert broken.startswith(f"{PROJECT}.{module.replace('__', '.', 1)}")


@pytest.mark.parametrize(
    "text",
    [
        "from hepasome.files._text import read",
        "from hepasome.files import _text",
        "import hepasome.files._text",
        "from hepasome.biology import _hidden",
        "from hepasome.biology import forgotten",
    ],
)
def test_an_import_past_the_front_door_is_found(house, text):
    assert len(past_the_front_door(house(trial___more=text))) == 1


def test_modules_that_import_each_other_are_found(house):
    src = house(trial___a="from hepasome.trial import _b", trial___b="from hepasome.trial._a import x")
    assert len(in_circles(src)) == 1
    assert len(in_circles(house(trial___a="", trial___b="from . import run", trial___run="from ._b import x"))) == 1


def test_a_long_file_is_found_whatever_its_language(house):
    src = house(trial___long="\n" * (LONGEST + 1))
    (src / PROJECT / "model.ant").write_text("\n" * (LONGEST + 1))
    (src / PROJECT / "table.csv").write_text("\n" * (LONGEST + 1))
    (src / PROJECT / "limit.ant").write_text("\n" * LONGEST)
    assert too_long(src) == ["hepasome/model.ant has 401 lines", "hepasome/trial/_long.py has 401 lines"]


def test_a_path_of_somebodys_machine_is_found(tmp_path):
    (tmp_path / "docs").mkdir()
    fine = f"See [this](../README.md), https://example.org{'/'}home/page and src{'/'}work/x."
    (tmp_path / "docs" / "a.md").write_text(fine)
    assert out_of_the_repository(tmp_path) == []
    (tmp_path / "docs" / "b.md").write_text(f"Read {'/'}home/ana/study.yaml, then ../../notes/a.csv.")
    assert out_of_the_repository(tmp_path) == [
        f"docs/b.md names {'/'}home/ana",
        "docs/b.md names ../../notes",
    ]
