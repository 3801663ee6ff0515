"""The small XML files of a COMBINE archive: its manifest and its metadata."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

_COMBINE, _MEDIA = "http://identifiers.org/combine.specifications", "http://purl.org/NET/mediatypes"
_FORMATS = {
    ".xml": f"{_COMBINE}/sbml",
    ".sedml": f"{_COMBINE}/sed-ml",
    ".rdf": f"{_COMBINE}/omex-metadata",
    ".csv": f"{_MEDIA}/text/csv",
    ".md": f"{_MEDIA}/text/markdown",
}
_YAML = f"{_MEDIA}/application/yaml"
_RDF = {
    "xmlns:rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xmlns:dcterms": "http://purl.org/dc/terms/",
    "xmlns:vCard": "http://www.w3.org/2006/vcard/ns#",
}
_RESOURCE = {"rdf:parseType": "Resource"}
_FIXED_DATE = "2000-01-01T00:00:00Z"  # a date is asked for, and the same study gives the same bytes on any day


def xml_text(root: Element) -> str:
    """A whole file, indented."""
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def manifest(names: Sequence[str], master: str) -> str:
    """What an archive holds (OMEX 1; Bergmann 2014 BMC Bioinformatics 15:369).

    Args:
        names: All files but the manifest itself.
        master: The one that a program opens first.
    """
    root = Element("omexManifest", xmlns=f"{_COMBINE}/omex-manifest")
    SubElement(root, "content", location=".", format=f"{_COMBINE}/omex")
    SubElement(root, "content", location="./manifest.xml", format=f"{_COMBINE}/omex-manifest")
    for name in names:
        known = _FORMATS.get(Path(name).suffix.lower(), _YAML)
        content = SubElement(root, "content", location=f"./{name}", format=known)
        if name == master:
            content.set("master", "true")
    return xml_text(root)


def metadata(description: str) -> str:
    """What an archive is and who made it, in the form that libCOMBINE reads."""
    root = Element("rdf:RDF", _RDF)
    about = SubElement(root, "rdf:Description", {"rdf:about": "."})
    SubElement(about, "dcterms:description").text = description
    created = SubElement(about, "dcterms:created", _RESOURCE)
    SubElement(created, "dcterms:W3CDTF").text = _FIXED_DATE
    creator = SubElement(about, "dcterms:creator", _RESOURCE)
    name = SubElement(creator, "vCard:hasName", _RESOURCE)
    SubElement(name, "vCard:family-name").text = "hepasome"  # libCOMBINE takes a creator without one for nobody
    SubElement(creator, "vCard:organization-name").text = f"hepasome {importlib.metadata.version('hepasome')}"
    return xml_text(root)
