"""Files as answers: their media types, by ending, and how the description of the API lists them."""

from __future__ import annotations

from fastapi import Response

from hepasome.web._described import Answers
from hepasome.web._security import FILE_POLICY

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "md": "text/markdown; charset=utf-8",
    "omex": "application/zip",
    "parquet": "application/vnd.apache.parquet",
    "png": "image/png",
    "svg": "image/svg+xml",
    "xml": "application/sbml+xml",
    "yaml": "application/yaml",
    "zip": "application/zip",
}


def file_of(*endings: str) -> Answers:
    """An answer that is a file with one of these endings."""
    return {200: {"description": "The file.", "content": {MEDIA[ending]: {} for ending in endings}}}


def attachment(content: str | bytes, name: str) -> Response:
    """A file that a browser saves under a name."""
    headers = {"Content-Security-Policy": FILE_POLICY, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=MEDIA[name.rpartition(".")[2]], headers=headers)
