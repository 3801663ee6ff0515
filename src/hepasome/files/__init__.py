"""Files in and out: safe reading, findings with their place, quantities with units, atomic writing."""

from hepasome.files._findings import Finding, FindingList, InputError, input_error, shorten
from hepasome.files._quantity import Quantity, parse_quantity, quantity_check, quantity_in
from hepasome.files._schema import Strict, did_you_mean, parse_table, read_table, validate
from hepasome.files._text import MEGABYTE, decode_text, inside, read_text
from hepasome.files._write import write_atomically
from hepasome.files._yaml import Document, parse_yaml, read_yaml
from hepasome.files._yaml_text import yaml_text

__all__ = [
    "MEGABYTE",
    "Document",
    "Finding",
    "FindingList",
    "InputError",
    "Quantity",
    "Strict",
    "decode_text",
    "did_you_mean",
    "input_error",
    "inside",
    "parse_quantity",
    "parse_table",
    "parse_yaml",
    "quantity_check",
    "quantity_in",
    "read_table",
    "read_text",
    "read_yaml",
    "shorten",
    "validate",
    "write_atomically",
    "yaml_text",
]
