"""Tables, figures and the HTML report of a run."""

from hepasome.report._figures import figures
from hepasome.report._report import render_report, write_report
from hepasome.report._tables import endpoint_table, identity_table, number, p_value, verdict_table

__all__ = [
    "endpoint_table",
    "figures",
    "identity_table",
    "number",
    "p_value",
    "render_report",
    "verdict_table",
    "write_report",
]
