"""The estate file: what the city has, declared in one YAML document.  ``read_estate`` reads and checks it."""

from workflows.estate.model import Estate
from workflows.estate.read import read_estate

__all__ = ["Estate", "read_estate"]
