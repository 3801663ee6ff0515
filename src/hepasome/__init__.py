"""hepasome: in-silico trials of stem-cell-derived exosome therapy for the liver."""
