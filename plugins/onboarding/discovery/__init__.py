"""Phases 1 and 3: the first look at a source, a plan in which nothing is open, and the profile."""

from onboarding.discovery.errors import DiscoveryError
from onboarding.discovery.first_look import first_look, list_files
from onboarding.discovery.profiling import OpenLook, look_at_source, looking_at_source
from onboarding.discovery.resolve import resolve

__all__ = [
    "DiscoveryError",
    "OpenLook",
    "first_look",
    "list_files",
    "look_at_source",
    "looking_at_source",
    "resolve",
]
