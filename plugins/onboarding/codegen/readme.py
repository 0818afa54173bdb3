"""The workload's README from the plans."""

from __future__ import annotations

from onboarding.codegen import schema
from onboarding.codegen.templating import render_template
from onboarding.spec.plans import WorkloadPlan


def readme(plan: WorkloadPlan) -> bytes:
    """``README.md``: what the workload is, its tables, its gates, how to run its tests, every decision."""
    return render_template(
        "README.md.j2",
        {
            "plan": plan,
            "silver": schema.silver_columns(plan.metadata, plan.transformation),
            "personal": [column for column in plan.metadata.columns if column.personal_data.type != "NONE"],
            "masking": plan.transformation.masking,
            "rules": {
                zone: [rule for rule in plan.quality.rules if rule.zone == zone]
                for zone in ("bronze", "silver", "gold")
            },
        },
    )
