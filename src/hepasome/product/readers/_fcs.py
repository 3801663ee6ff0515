"""FCS files of flow cytometers (2.0 to 3.1), read by flowio."""

from __future__ import annotations

import io
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
    channels = tuple(str(label).strip() for label in data.pnn_labels)
    stains = tuple(str(label).strip() or name for label, name in zip(data.pns_labels, channels, strict=True))
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
    from flowio.exceptions import FCSParsingError, MultipleDataSetsError

    def parsed(*, off_by_one: bool) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return FlowData(io.BytesIO(raw), ignore_offset_error=off_by_one)

    try:
        try:
            return parsed(off_by_one=False), []
        except FCSParsingError as error:  # many instruments count the last byte of the data wrongly
            if "off by 1" not in str(error):
                raise
            return parsed(off_by_one=True), ["The file counts the end of its data wrongly by one byte."]
    except FCSParsingError as error:
        why = str(error).replace("InMemoryFile", "The file").rstrip(". ")
        raise input_error(file.path, f"{why}.", f"The file is cut off or damaged. {_AGAIN}") from None
    except MultipleDataSetsError:
        raise input_error(file.path, "The file holds several data sets.", _AGAIN) from None
    except Exception as error:  # flowio trusts what a file says; whatever breaks, the file is damaged
        why = f"The file cannot be understood ({type(error).__name__})."
        raise input_error(file.path, why, f"It is cut off or damaged. {_AGAIN}") from None


def _events(file: LabFile, data: Any) -> NDArray[np.float64]:
    """Events, shape (n, channels)."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            events = np.asarray(data.as_array(), float)
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
