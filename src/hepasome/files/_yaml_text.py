"""Plain data as YAML text that is read back as it is."""

from __future__ import annotations

import re
from typing import Any

import yaml

_LIKE_NUMBER = re.compile(r"[-+.\d].*|nan|inf|infinity", re.IGNORECASE | re.DOTALL)


def yaml_text(content: Any) -> str:
    """Plain data as a YAML file: lines in the order of the data, nothing that `read_yaml` would read otherwise."""
    text: str = yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    return text


class _Dumper(yaml.SafeDumper):
    """Quotes what would not be read back as it is: what YAML 1.2 takes for a number (`1e10`, `08`), line ends."""


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    quoted = _LIKE_NUMBER.fullmatch(text) or not text.isprintable()
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, '"' if quoted else None)


_Dumper.add_representer(str, _text)
