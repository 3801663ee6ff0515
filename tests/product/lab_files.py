"""Small synthetic files in the form of instruments and programs whose real exports have no licence to be copied.

The forms were taken from real files that were read but not kept: ZetaView 8.05 (github irispota/EV-NTA), the columns
that the package nanotracking 0.0.6 reads of a ViewSizer, and the columns of blockades named in github kaiwhata/qNano.
Proteome Discoverer and DIA-NN are written from the documentation of their columns.
"""

import numpy as np

ZETA_CENTRES = np.arange(2.5, 600, 5.0)
ZETA_FACTOR = 3.855e4  # particles per cm3 in the measuring cell for each trace


def zeta_numbers(middle=100.0, width=25.0, traces=2000):
    shape = np.exp(-((ZETA_CENTRES - middle) ** 2) / (2 * width**2))
    return np.round(traces * shape / shape.sum())


def zetaview(numbers=None, *, comma=True, dilution="5000,000000", extra="", traces=None, measured="Size Distribution"):
    """A size run: two keys on some lines, `Dilution::`, bins of 5 nm, a row of -1, then logarithmic bins."""
    numbers = zeta_numbers() if numbers is None else numbers
    traces = int(numbers.sum()) if traces is None else traces
    d50 = np.interp(
        0.5, np.concatenate(([0], np.cumsum(numbers))) / max(numbers.sum(), 1), np.append(ZETA_CENTRES - 2.5, 597.5)
    )
    head = [
        "Original File:\tC:\\data\\run.avi\tSection:\t0,1 [0]",
        "Operator:\tZetaUser",
        "Software:\tZetaView (version 8.05.16 SP3)\tAnalyze:\t8.05.16 SP3",
        "Temperature:\t23,270000\tsensed",
        "Date:\t2023-04-19",
        "Sample Info 3:",
        "Particle Drift Check Result:\tGood",
        "Cell Check Result:\tVery Good",
        f"Type of Measurement:\t{measured}",
        f"Number of Traces:\t{traces}\t(at 0,100000)\tAverage Number of Particles:\t228,500000"
        + (f"\tDilution::\t{dilution}" if dilution else ""),
        "Camera Trigger Duration µs:\tShutter Duration",
        *([extra] if extra else []),
        "Results (Pos 0,100001):",
        f"Median Number (D50):\t{d50:.6f}".replace(".", ","),
        "Size Distribution",
        "Size / nm\tNumber\tConcentration / cm-3\tVolume / nm^3\tArea / nm^2",
    ]
    rows = [_zeta_row(c, n) for c, n in zip(ZETA_CENTRES, numbers, strict=True)]
    rows.append(_zeta_row(-1.0, -1.0))
    rows += [_zeta_row(c, 1.0) for c in np.geomspace(20, 600, 12)]
    text = "\n".join([*head, *rows]) + "\n"
    return text if comma else text.replace("0,1 [0]", "0.1 [0]").replace(",", ".")


def _zeta_row(centre, number):
    values = (centre, number, number * ZETA_FACTOR if number > 0 else number, number * centre**3, number * centre**2)
    return "\t".join(f"{value:.3E}".replace(".", ",").replace("E+0", "E+").replace("E-0", "E-") for value in values)


def viewsizer(density=None):
    """A table of constant bins: `<tab><space>` between the cells, as the instrument writes them."""
    lower = np.arange(0, 300, 5.0)
    density = 1e6 * np.exp(-((lower - 97.5) ** 2) / 800) if density is None else density
    head = "/LowerBinDiameter_[nm]\t UpperBinDiameter_[nm]\t PSD_[counts/mL/nm]\t PSD_corrected_[counts/mL/nm]"
    rows = [f"{a:g}\t {a + 5:g}\t {d / 2:.6g}\t {d:.6g}" for a, d in zip(lower, density, strict=True)]
    return "\n".join([head, *rows]) + "\n"


def izon(diameters=(90.0, 100.0, 110.0, 120.0), *, about=True, column="Particle Diameter (nm)"):
    """One row per particle, below lines about the sample."""
    head = ["Izon Control Suite", "Raw Concentration (particles/mL),2.5e9", "Dilution,20", ""] if about else []
    rows = [f"{0.1 * i:g},0.05,0.2,120.5,{d:g}" for i, d in enumerate(diameters)]
    return "\n".join([*head, f"Start Time (s),FWHM (ms),Magnitude (nA),Baseline (nA),{column}", *rows]) + "\n"


def size_table():
    """Bins of 10 nm, two runs in particles/mL, and a column of spreads that is not read."""
    rows = [
        f"{d};{n};{2 * n};0" for d, n in zip(range(35, 205, 10), range(1_000_000, 18_000_000, 1_000_000), strict=True)
    ]
    return "\n".join(["Diameter (nm);run 1 (particles/mL);run 2 (particles/mL);SD", *rows]) + "\n"


def discoverer():
    """Proteome Discoverer: one protein of vesicles, human and bovine albumin, one protein that is not there."""
    return (
        "\n".join(
            [
                "Protein FDR Confidence: Combined\tMaster\tAccession\tDescription\tContaminant\tGene Symbol\t# PSMs"
                "\tAbundance: F1: Sample\tAbundance: F2: Sample\tAbundance Ratio: (F2) / (F1)",
                "High\tIsMasterProtein\tP08962\tCD63 antigen OS=Homo sapiens\tFALSE\tCD63\t12\t2.0e6\t1.0e6\t0.5",
                "High\tIsMasterProtein\tP02768\tSerum albumin OS=Homo sapiens\tTRUE\tALB\t50\t1.0e6\t\t",
                "High\tIsMasterProtein\tP02769\tAlbumin OS=Bos taurus\tTRUE\tALB\t40\t5.0e5\t5.0e5\t1",
                "High\tIsMasterProtein\tP60709\tActin OS=Homo sapiens\tFALSE\tACTB\t9\t\t\t",
            ]
        )
        + "\n"
    )


def diann_matrix():
    """DIA-NN pg_matrix: a column per run, named by its path."""
    return (
        "\n".join(
            [
                "Protein.Group\tProtein.Ids\tProtein.Names\tGenes\tFirst.Protein.Description\tD:\\raw\\a.raw\tD:\\raw\\b.raw",
                "P21926\tP21926\tCD9_HUMAN\tCD9\tCD9 antigen\t1000000\t3000000",
                "P02647\tP02647\tAPOA1_HUMAN\tAPOA1\tApolipoprotein A-I\t500000\t",
            ]
        )
        + "\n"
    )


def diann_report():
    """DIA-NN report.tsv: a row per precursor, one of them above a false discovery rate of 1 %."""
    return (
        "\n".join(
            [
                "File.Name\tRun\tProtein.Group\tGenes\tPG.MaxLFQ\tQ.Value\tPG.Q.Value\tPrecursor.Id",
                "a.raw\ta\tP21926\tCD9\t1000000\t0.001\t0.001\tAAK2",
                "a.raw\ta\tP21926\tCD9\t1000000\t0.002\t0.001\tCCK2",
                "b.raw\tb\tP21926\tCD9\t3000000\t0.001\t0.001\tAAK2",
                "a.raw\ta\tP02647\tAPOA1\t500000\t0.2\t0.3\tDDK2",
            ]
        )
        + "\n"
    )


def peaks_proteins():
    """PEAKS proteins.csv: one row per protein, an area per sample."""
    return (
        "Protein Group,Accession,-10lgP,Coverage (%),#Peptides,Area S1,Area S2\n1,P60033|CD81_HUMAN,90.1,20,5,1e6,2e6\n"
    )


def pairs():
    """BCA and particles of the same three samples."""
    return "sample,BCA protein (mg/mL),particles/mL,dilution\na,0.1,2e10,5\nb,0.2,4e10,5\nc,0.1,4e10,5\n"


def write(path, text, encoding="latin-1"):
    path.write_bytes(text.encode(encoding))
    return path
