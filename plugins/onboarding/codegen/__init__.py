"""The generator: typed plans in, files of a workload out."""

from __future__ import annotations

from onboarding.codegen.dag import dag_file
from onboarding.codegen.errors import CodegenError
from onboarding.codegen.render import Workload, build_workload, render
from onboarding.codegen.scripts import script_order

__all__ = ["CodegenError", "Workload", "build_workload", "dag_file", "render", "script_order"]
