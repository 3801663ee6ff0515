"""Tables, figures and the HTML report of a run."""

from hepasome.report._calibration import calibration_table, coverage_table, write_calibration_figure
from hepasome.report._design import (
    analysis_words,
    assumption_lines,
    pareto_figure,
    power_figure,
    sample_size_sentences,
    sample_size_table,
    search_sentences,
    search_table,
    size_sentence,
    subjects_word,
)
from hepasome.report._explanation import part_tables, sensitivity_notes, sensitivity_table, write_explanation
from hepasome.report._figures import figures
from hepasome.report._forest import forest_plot, funnel_plot, pooled_file, pooled_files, write_pooled
from hepasome.report._pictures import pictures, write_pictures
from hepasome.report._pooling import (
    comparison_table,
    effect_rows,
    effects_table,
    egger_line,
    left_out_lines,
    pooled_lines,
    robustness_lines,
    terms_table,
)
from hepasome.report._prisma import prisma_flow, write_prisma_flow
from hepasome.report._product_sheet import product_pictures, render_product_sheet, write_product_sheet
from hepasome.report._protocol import protocol_draft
from hepasome.report._report import render_report, write_report
from hepasome.report._results import plain, run_results
from hepasome.report._scoreboard import (
    Directions,
    Line,
    Score,
    directions,
    read_scoreboard,
    score,
    scoreboard,
    scoreboard_page,
    translation_score,
)
from hepasome.report._tables import endpoint_table, identity_table, number, p_value, verdict_table
from hepasome.report._targets import (
    dose_table,
    target_notes,
    target_table,
    targets_figure,
    verdict_counts,
    write_targets,
)
from hepasome.report._translation import (
    against_trials,
    driver_table,
    translation_figure,
    translation_table,
    trial_table,
    write_translation,
)
from hepasome.report._write_design import design_files, option_table, power_table, write_design

__all__ = [
    "Directions",
    "Line",
    "Score",
    "against_trials",
    "analysis_words",
    "assumption_lines",
    "calibration_table",
    "comparison_table",
    "coverage_table",
    "design_files",
    "directions",
    "dose_table",
    "driver_table",
    "effect_rows",
    "effects_table",
    "egger_line",
    "endpoint_table",
    "figures",
    "forest_plot",
    "funnel_plot",
    "identity_table",
    "left_out_lines",
    "number",
    "option_table",
    "p_value",
    "pareto_figure",
    "part_tables",
    "pictures",
    "plain",
    "pooled_file",
    "pooled_files",
    "pooled_lines",
    "power_figure",
    "power_table",
    "prisma_flow",
    "product_pictures",
    "protocol_draft",
    "read_scoreboard",
    "render_product_sheet",
    "render_report",
    "robustness_lines",
    "run_results",
    "sample_size_sentences",
    "sample_size_table",
    "score",
    "scoreboard",
    "scoreboard_page",
    "search_sentences",
    "search_table",
    "sensitivity_notes",
    "sensitivity_table",
    "size_sentence",
    "subjects_word",
    "target_notes",
    "target_table",
    "targets_figure",
    "terms_table",
    "translation_figure",
    "translation_score",
    "translation_table",
    "trial_table",
    "verdict_counts",
    "verdict_table",
    "write_calibration_figure",
    "write_design",
    "write_explanation",
    "write_pictures",
    "write_pooled",
    "write_prisma_flow",
    "write_product_sheet",
    "write_report",
    "write_targets",
    "write_translation",
]
