"""A study as a COMBINE archive (OMEX; Bergmann 2014 BMC Bioinformatics 15:369), which other programs simulate."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hepasome.evidence import load_evidence
from hepasome.files import input_error, read_text, write_atomically
from hepasome.trial._archive_model import arm_models
from hepasome.trial._archive_readme import endpoint_table, readme
from hepasome.trial._archive_sedml import courses_of, sedml_of
from hepasome.trial._archive_xml import manifest, metadata
from hepasome.trial._study import Study

MASTER = "simulation.sedml"
_BESIDE = ("observations.csv", "claims.csv", "record.yaml")
_NO_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest of ZIP: the same study gives the same bytes whenever it is written


@dataclass(frozen=True)
class StudyArchive:
    """A study as a COMBINE archive.

    Attributes:
        study: The study.
        content: Bytes of the archive; the same study and version of hepasome give the same.
        arms: How many arms it simulates.
        states: State variables of its model.
    """

    study: Study
    content: bytes
    arms: int
    states: int

    def write(self, folder: Path | str) -> Path:
        """Write the archive as `ID.omex` into a folder; the path.

        Raises:
            InputError: If the folder is a file, or another file of that name is in it, which would be lost.
        """
        folder = Path(folder)
        path = folder / f"{self.study.id}.omex"
        if folder.exists() and not folder.is_dir():
            raise input_error(str(folder), "This is a file, not a folder.", "Choose another --out.")
        if path.is_dir():
            raise input_error(str(path), "This is a folder, not an archive.", "Choose another --out.")
        if path.exists():
            if path.read_bytes() == self.content:
                return path
            problem = "There is another file of this name, which would be lost."
            raise input_error(str(path), problem, "Move it away, or choose another --out.")
        return write_atomically(path, self.content)


def study_archive(study: Study, path: Path) -> StudyArchive:
    """The archive of a study: every arm as SBML, SED-ML that simulates them, and the files of the study.

    Args:
        study: The study.
        path: Its file; what was published about it lies beside.

    Raises:
        InputError: If a product cannot be resolved, or a file beside the study cannot be read.
        EngineError: If initial values of the model would follow what is given at time 0.
    """
    models = arm_models(study)
    courses = courses_of(study, models.protocol)
    sources = {arm: f"models/{arm}.xml" for arm in models.arms}
    beside = {"study.yaml": read_text(path), **_files_beside(study, path.parent)}
    files = {
        MASTER: sedml_of(study, sources, courses),
        "README.md": readme(study, models, courses, beside),
        "endpoints.csv": endpoint_table(study, courses),
        "model.xml": models.shared,
        **{sources[arm]: sbml for arm, sbml in models.arms.items()},
        **beside,
    }
    files["metadata.rdf"] = metadata(_description(study))
    files = {"manifest.xml": manifest(list(files), MASTER), **files}
    return StudyArchive(study, _zipped(files), len(models.arms), models.states)


def _files_beside(study: Study, folder: Path) -> dict[str, str]:
    """What was published about the study, and product files of its own."""
    found = {name: read_text(folder / name) for name in _BESIDE if (folder / name).is_file()}
    for arm in study.arms.values():
        own = arm.treatment.product.own_file if arm.treatment is not None else None
        if own is not None:
            found[own.relative_to(folder.resolve()).as_posix()] = read_text(own)
    return found


def _description(study: Study) -> str:
    published = [one for one in load_evidence().references if one.id == study.reference]
    source = "".join(f" {one.authors} {one.year}, {one.journal}." for one in published)
    return f"{study.id}: {study.title}.{source} In-silico trial; every arm as its typical subject."


def _zipped(files: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, _NO_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # the same on every system
            archive.writestr(entry, text.encode())
    return buffer.getvalue()
