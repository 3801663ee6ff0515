"""FCS files of flow cytometers (2.0 to 3.1), read by flowio."""

from __future__ import annotations

import io
import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepasome.files import MEGABYTE, input_error
from hepasome.product.readers._file import LabFile
from hepasome.product.readers._kinds import Cytometry

_LIMIT = 300 * MEGABYTE
_AGAIN = "Export the events again as FCS 3.0 or 3.1, one data set to a file."
_SPILL = ("spillover", "spill", "$spillover", "comp")


def is_fcs(file: LabFile) -> bool:
    """Whether a file is that of a flow cytometer."""
    return file.binary


def fcs(file: LabFile) -> Cytometry:
    """Read the events of a cytometer, with the gain and the scale of each channel applied; not compensated.

    Raises:
        InputError: If the file is too large, cut off, or contradicts itself.
    """
    raw = _bytes(file)
    data, said = _parsed(file, raw)
    names = [data.channels.get(str(number), {}) for number in range(1, data.channel_count + 1)]
    channels = tuple(str(name.get("PnN", "")).strip() for name in names)
    stains = tuple(str(name.get("PnS", "")).strip() or own for name, own in zip(names, channels, strict=True))
    if len(channels) != data.channel_count or len(set(channels)) < len(channels):
        raise input_error(file.path, "The channels are not named one by one.", _AGAIN, value=", ".join(channels))
    events = _events(file, data)
    if any(data.text.get(key, "").strip() not in ("", "0") for key in _SPILL):
        said.append("The file has a compensation matrix; it is not applied, gates are on the signals as recorded.")
    instrument = str(data.text.get("cyt", "")).strip() or "flow cytometer"
    return Cytometry(file.path, instrument, channels, stains, events, tuple(said))


def _bytes(file: LabFile) -> bytes:
    path = Path(file.path)
    try:
        if path.stat().st_size > _LIMIT:
            problem = f"The file is larger than {_LIMIT / MEGABYTE:g} MB."
            raise input_error(file.path, problem, "Export fewer events.")
        return path.read_bytes()
    except OSError as error:
        raise input_error(file.path, f"The file cannot be read: {error.strerror}.", "Check its permissions.") from None


def _parsed(file: LabFile, raw: bytes) -> tuple[Any, list[str]]:
    from flowio import FlowData  # takes a while, and few read cytometers' files

    def parsed(*, off_by_one: bool) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return FlowData(io.BytesIO(raw), ignore_offset_error=off_by_one)

    said = []
    try:
        try:
            data = parsed(off_by_one=False)
        except ValueError as error:  # many instruments count the last byte of the data wrongly
            if "off by 1" not in str(error):
                raise
            data = parsed(off_by_one=True)
            said.append("The file counts the end of its data wrongly by one byte.")
        more, mode = int(data.text.get("nextdata", "0")), data.text.get("mode", "L").strip().upper()
    except Exception as error:  # flowio trusts what a file says; whatever breaks, the file is damaged
        why = f"The file cannot be understood ({type(error).__name__})."
        raise input_error(file.path, why, f"It is cut off or damaged. {_AGAIN}") from None
    if more:
        raise input_error(file.path, "The file holds several data sets.", _AGAIN)
    if mode != "L" or data.events is None:
        raise input_error(file.path, "The file does not list its events one by one.", _AGAIN, value=f"mode {mode}")
    return data, said


def _events(file: LabFile, data: Any) -> NDArray[np.float64]:
    """Events, shape (n, channels)."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            events = _scaled(np.reshape(np.asarray(data.events, float), (-1, data.channel_count)), data.text)
    except Exception as error:  # as above
        why = f"The events cannot be understood ({type(error).__name__})."
        raise input_error(file.path, why, f"The file is cut off or damaged. {_AGAIN}") from None
    if events.shape != (data.event_count, data.channel_count):
        problem = f"The file names {data.event_count} events, but holds {len(events)}."
        raise input_error(file.path, problem, f"It is cut off or damaged. {_AGAIN}")
    if len(events) == 0:
        raise input_error(file.path, "The file holds no event.", "Give one with events.")
    if not np.isfinite(events).all():
        broken = int((~np.isfinite(events).all(axis=1)).sum())
        raise input_error(file.path, f"{broken} events are no numbers.", f"The file is damaged. {_AGAIN}")
    return events


def _scaled(events: NDArray[np.float64], text: dict[str, str]) -> NDArray[np.float64]:
    """Signals from stored numbers by the rules of FCS 3.1: bits beyond the range, decades, gain, steps of time."""
    whole = text["datatype"].strip().upper() == "I"
    for i in range(events.shape[1]):
        key, column = f"p{i + 1}", events[:, i]
        full = float(text[f"{key}r"])
        if whole:  # an instrument may use the bits above the range for itself
            column = column % 2 ** math.ceil(math.log2(full))
        decades, lowest = (float(part) for part in text.get(f"{key}e", "0,0").split(","))
        if decades > 0:
            column = 10 ** (decades * column / full) * (lowest or 1.0)
        events[:, i] = column / (float(text.get(f"{key}g", "").strip() or 1) or 1.0)
        if text[f"{key}n"].strip().lower() == "time":
            events[:, i] *= float(text.get("timestep", "").strip() or 1)
    return events
