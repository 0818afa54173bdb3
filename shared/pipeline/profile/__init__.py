"""Profiling: what is in a source, measured over all of its rows."""

from shared.pipeline.profile.measurement import Measurement, measure, measure_view, measuring

__all__ = ["Measurement", "measure", "measure_view", "measuring"]
