"""Tables, figures and the HTML report of a run."""

from hepasome.report._figures import figures
from hepasome.report._report import render_report, write_report
from hepasome.report._scoreboard import Directions, Score, directions, scoreboard, scoreboard_page
from hepasome.report._tables import endpoint_table, number, p_value, verdict_table

__all__ = [
    "Directions",
    "Score",
    "directions",
    "endpoint_table",
    "figures",
    "number",
    "p_value",
    "render_report",
    "scoreboard",
    "scoreboard_page",
    "verdict_table",
    "write_report",
]
