"""Ansible content only; this module says where the playbooks lie once the application is installed."""

from pathlib import Path

BASELINE = Path(__file__).parent / "baseline.yml"
