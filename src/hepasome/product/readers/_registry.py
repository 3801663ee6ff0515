"""Which reader fits a file; seen from its content, never from its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from hepasome.files import input_error
from hepasome.product.readers._assay import assay, is_assay
from hepasome.product.readers._fcs import fcs, is_fcs
from hepasome.product.readers._file import LabFile, open_lab_file
from hepasome.product.readers._groups import groups, is_groups
from hepasome.product.readers._izon import is_izon, izon
from hepasome.product.readers._kinds import (
    Cytometry,
    LeftOut,
    ParticleSizes,
    ProteinAssay,
    ProteinTable,
    SampleGroups,
)
from hepasome.product.readers._nanosight import is_nanosight, nanosight
from hepasome.product.readers._proteins import is_protein_table, protein_table
from hepasome.product.readers._sizes import is_size_table, size_table
from hepasome.product.readers._small_rna import SmallRnaCounts, is_small_rna, small_rna
from hepasome.product.readers._spectra import diann_report, is_diann_report, is_peaks, peaks
from hepasome.product.readers._table import no_reader
from hepasome.product.readers._viewsizer import is_viewsizer, viewsizer
from hepasome.product.readers._zetaview import is_zetaview, zetaview

Measurement = ParticleSizes | SmallRnaCounts | ProteinTable | Cytometry | ProteinAssay | SampleGroups | LeftOut


@dataclass(frozen=True)
class Reader:
    """One format of laboratory files.

    Attributes:
        name: What it is called.
        fits: Whether a file is of this format.
        read: Reads it; raises `InputError` with every finding.
        ends: Whether a file of this format says where it ends, so that one that was cut off is seen.
    """

    name: str
    fits: Callable[[LabFile], bool]
    read: Callable[[LabFile], Measurement]
    ends: bool = False


READERS = (  # the first that fits reads, so formats that are known by little stand last
    Reader("flow cytometry (FCS)", is_fcs, fcs),
    Reader("NanoSight ExperimentSummary", is_nanosight, nanosight, ends=True),
    Reader("ZetaView size run", is_zetaview, zetaview, ends=True),
    Reader("ViewSizer table of bins", is_viewsizer, viewsizer),
    Reader("peptide spectra of PEAKS", is_peaks, peaks),
    Reader("report of DIA-NN", is_diann_report, diann_report),
    Reader("protein table (MaxQuant, Perseus, Proteome Discoverer, DIA-NN)", is_protein_table, protein_table),
    Reader("Izon table of particles", is_izon, izon),
    Reader("protein assay", is_assay, assay),
    Reader("small-RNA table", is_small_rna, small_rna),
    Reader("size table", is_size_table, size_table),
    Reader("table of samples and groups", is_groups, groups),
)

_NO_END = "The last line has no line end; if the file was cut off, its last row is wrong."


def reader_of(file: LabFile) -> Reader | None:
    """The reader that fits a file, or None."""
    return next((reader for reader in READERS if reader.fits(file)), None)


def read_lab_file(path: Path | str) -> Measurement:
    """Read one laboratory file, whatever it is.

    Raises:
        InputError: Every finding about the file; or that no reader knows it.
    """
    file = open_lab_file(path)
    reader = reader_of(file)
    if reader is None:
        known = "; ".join(reader.name for reader in READERS)
        problem = "No reader knows this file."
        raise input_error(file.path, problem, f"Known are: {known}.", line=1, value=no_reader(file.lines))
    read = reader.read(file)
    if file.binary or isinstance(read, LeftOut) or file.text.endswith("\n") or reader.ends:
        return read
    return replace(read, warnings=(*read.warnings, _NO_END))
