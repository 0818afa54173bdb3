"""The meta-DAG (Airflow): from "we have a new data source" to a tested, approved, deployed pipeline.

Every task is a function of its inputs (``onboarding.operators.step``); people decide at the gates. A phase that
ends the run without a fault (rejected, blocked, superseded) skips what comes after it, and ``summary`` says how it
ended. Where a person wants a change, ``hand_over`` starts the next run of the onboarding with it.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, TaskGroup, TriggerRule

from onboarding.operators.gate import gate_task_group
from onboarding.operators.hand_over import HandOverOperator
from onboarding.operators.step import OnboardingStepOperator
from onboarding.operators.summary import SummaryOperator
from onboarding.operators.trigger_form import trigger_form

AGENTS = ("metadata", "transformation", "quality", "dag")
GATE_TIMEOUT_HOURS = 169
DOCUMENTATION = """
Onboards a data source. Trigger with the form (every field may stay empty but `source.location`), then answer the
three approvals in **Required Actions**: `approve_plan`, `confirm_profile`, `approve_deploy`. What else may be asked
there comes up only where there is something to decide.
"""

with DAG(
    dag_id="onboard_meta_dag",
    description="Onboard a data source: profile, propose, generate, test, approve, deploy.",
    schedule=None,
    catchup=False,
    is_paused_upon_creation=False,
    max_active_runs=200,
    default_args={"retries": 2, "retry_delay": timedelta(seconds=5)},
    tags=["onboarding"],
    doc_md=DOCUMENTATION,
) as dag:
    with TaskGroup("route", tooltip="Check the conf; does this workload exist already?"):
        validate_conf = OnboardingStepOperator(
            task_id="validate_conf", step="onboarding.operators.steps.route:validate_conf"
        )
        find_workload = OnboardingStepOperator(
            task_id="find_workload",
            step="onboarding.operators.steps.existing:find_workload",
            inputs={"conf": validate_conf.task_id},
            branches=["route.choose_found", "route.choose_partial", "route.check_quality", "route.query_gold"],
        )
        routed = {"conf": validate_conf.task_id, "found": find_workload.task_id}
        choose_found, found_chosen = gate_task_group(
            "choose_found",
            card="onboarding.operators.route_cards:found_card",
            inputs=routed,
            timeout_hours=GATE_TIMEOUT_HOURS,
        )
        choose_partial, partial_chosen = gate_task_group(
            "choose_partial",
            card="onboarding.operators.route_cards:partial_card",
            inputs=routed,
            timeout_hours=GATE_TIMEOUT_HOURS,
        )
        check_quality = OnboardingStepOperator(
            task_id="check_quality", step="onboarding.operators.steps.existing:check_quality", inputs=routed
        )
        query_gold = OnboardingStepOperator(
            task_id="query_gold", step="onboarding.operators.steps.existing:query_gold", inputs=routed
        )
        validate_conf >> find_workload >> [choose_found, choose_partial, check_quality, query_gold]
    with TaskGroup("phase_0_health", tooltip="Read-only look at what this environment has"):
        check_environment = OnboardingStepOperator(
            task_id="check_environment",
            step="onboarding.operators.steps.health:check_environment",
            branches=["phase_0_health.fix_environment"],
            trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS,
        )
        fix_environment, environment_fixed = gate_task_group(
            "fix_environment",
            card="onboarding.operators.environment_card:environment_card",
            inputs={"environment": check_environment.task_id},
            timeout_hours=GATE_TIMEOUT_HOURS,
        )
        check_environment >> fix_environment
    with TaskGroup("phase_1_discovery", tooltip="First look at the source; close every open question"):
        discover = OnboardingStepOperator(
            task_id="discover",
            step="onboarding.operators.steps.discovery:discover",
            inputs={"conf": validate_conf.task_id},
            branches=["phase_1_discovery.answer_discovery"],
            trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS,
        )
        answer_discovery, discovery_answered = gate_task_group(
            "answer_discovery",
            card="onboarding.operators.route_cards:questions_card",
            inputs={"conf": validate_conf.task_id, "discovery": discover.task_id},
            timeout_hours=GATE_TIMEOUT_HOURS,
        )
        discover >> answer_discovery
    discovered = {"conf": validate_conf.task_id, "discovery": discover.task_id}

    with TaskGroup("phase_2_validate", tooltip="Duplicates, connectivity, reuse, plan, approval"):
        detect_duplicates = OnboardingStepOperator(
            task_id="detect_duplicates",
            step="onboarding.operators.steps.validation:detect_duplicates",
            inputs=discovered,
            trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS,
        )
        check_connectivity = OnboardingStepOperator(
            task_id="check_connectivity",
            step="onboarding.operators.steps.validation:check_connectivity",
            inputs=discovered,
            trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS,
        )
        find_reusable_assets = OnboardingStepOperator(
            task_id="find_reusable_assets",
            step="onboarding.operators.steps.validation:find_reusable_assets",
            inputs=discovered,
            trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS,
        )
        planned = {
            **discovered,
            "connectivity": check_connectivity.task_id,
            "duplicates": detect_duplicates.task_id,
            "reuse": find_reusable_assets.task_id,
        }
        summarize_plan = OnboardingStepOperator(
            task_id="summarize_plan",
            step="onboarding.operators.steps.validation:summarize_plan",
            inputs=planned,
            branches=["phase_2_validate.approve_plan", "phase_2_validate.approve_overlap"],
            trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS,
        )
        approve_plan, plan_approved = gate_task_group(
            "approve_plan",
            card="onboarding.operators.cards:plan_card",
            inputs={**planned, "plan": summarize_plan.task_id},
            timeout_hours=GATE_TIMEOUT_HOURS,
        )
        approve_overlap, overlap_approved = gate_task_group(
            "approve_overlap",
            card="onboarding.operators.cards:overlap_card",
            inputs={**planned, "plan": summarize_plan.task_id},
            timeout_hours=GATE_TIMEOUT_HOURS,
        )
        [detect_duplicates, check_connectivity, find_reusable_assets] >> summarize_plan
        summarize_plan >> [approve_plan, approve_overlap]

    with TaskGroup("phase_3_profile", tooltip="Measure every row; propose types, key, roles, personal data"):
        measure = OnboardingStepOperator(
            task_id="measure",
            step="onboarding.operators.steps.profile:measure",
            inputs=discovered,
            basis="onboarding.operators.steps.profile:measured_conf",
            approvals=["phase_2_validate.approve_plan", "phase_2_validate.approve_overlap"],
            trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS,
        )
        profiled = {**discovered, "reuse": find_reusable_assets.task_id, "profile": measure.task_id}
        propose = OnboardingStepOperator(
            task_id="propose", step="onboarding.operators.steps.profile:propose", inputs=profiled
        )
        unproposed, profiled = profiled, {**profiled, "metadata": propose.task_id}
        render = OnboardingStepOperator(
            task_id="render", step="onboarding.operators.steps.profile:render", inputs=profiled
        )
        test_gate = OnboardingStepOperator(
            task_id="test_gate",
            step="onboarding.operators.steps.profile:test_gate",
            inputs={**profiled, "files": render.task_id},
        )
        second_attempt = OnboardingStepOperator(
            task_id="second_attempt",
            step="onboarding.operators.steps.second_attempt:profiling",
            inputs=unproposed,
            trigger_rule=TriggerRule.ONE_FAILED,
        )
        profiled = {**unproposed, "metadata": (second_attempt.task_id, propose.task_id)}
        confirm_profile, profile_confirmed = gate_task_group(
            "confirm_profile",
            card="onboarding.operators.cards:profile_card",
            inputs={**profiled, "tests": (second_attempt.task_id, test_gate.task_id)},
            timeout_hours=GATE_TIMEOUT_HOURS,
            trigger_rule=TriggerRule.ONE_SUCCESS,
        )
        measure >> propose >> render >> test_gate >> second_attempt
        [test_gate, second_attempt] >> confirm_profile

    with TaskGroup("phase_4_build", tooltip="Agents propose; we render and test; a person approves"):
        structure = OnboardingStepOperator(
            task_id="structure",
            step="onboarding.operators.steps.build:structure",
            inputs=profiled,
            approvals=["phase_3_profile.confirm_profile"],
        )
        known, drafts = dict(profiled), {"structure": structure.task_id}
        # Either attempt of the agent before is enough; it is the first of them to succeed that lets the next begin.
        previous = [structure]
        second_attempts = [second_attempt]
        for agent in AGENTS:
            with TaskGroup(agent):
                agent_propose = OnboardingStepOperator(
                    task_id="propose",
                    step=f"onboarding.operators.steps.build:propose_{agent}",
                    inputs=known,
                    trigger_rule=TriggerRule.ONE_SUCCESS,
                )
                before, known = (known, drafts), {**known, agent: agent_propose.task_id}
                agent_render = OnboardingStepOperator(
                    task_id="render",
                    step=f"onboarding.operators.steps.build:render_{agent}",
                    inputs={**known, **drafts},
                )
                drafts = {**drafts, f"{agent}_files": agent_render.task_id}
                agent_test_gate = OnboardingStepOperator(
                    task_id="test_gate",
                    step=f"onboarding.operators.steps.build:test_{agent}",
                    inputs={**known, **drafts},
                )
                agent_second_attempt = OnboardingStepOperator(
                    task_id="second_attempt",
                    step=f"onboarding.operators.steps.second_attempt:{agent}",
                    inputs={**before[0], **before[1]},
                    trigger_rule=TriggerRule.ONE_FAILED,
                )
                known = {**known, agent: (agent_second_attempt.task_id, agent_propose.task_id)}
                drafts = {**drafts, f"{agent}_files": (agent_second_attempt.task_id, agent_render.task_id)}
                previous >> agent_propose >> agent_render >> agent_test_gate >> agent_second_attempt
                previous = [agent_test_gate, agent_second_attempt]
                second_attempts.append(agent_second_attempt)
        with TaskGroup("ontology"):
            stage_ontology = OnboardingStepOperator(
                task_id="stage",
                step="onboarding.operators.steps.build:stage_ontology",
                inputs=known,
                trigger_rule=TriggerRule.ONE_SUCCESS,
            )
        resolve, resolved = gate_task_group(
            "resolve",
            card="onboarding.operators.escalation:resolve_card",
            inputs=known,
            timeout_hours=GATE_TIMEOUT_HOURS,
            trigger_rule=TriggerRule.ONE_FAILED,
        )
        confirm_edits, edits_confirmed = gate_task_group(
            "confirm_edits",
            card="onboarding.operators.escalation:edits_card",
            inputs=known,
            timeout_hours=GATE_TIMEOUT_HOURS,
        )
        review = OnboardingStepOperator(
            task_id="review",
            step="onboarding.operators.steps.build:review",
            inputs={**known, **drafts},
            trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS,
        )
        reviewed = {**known, "review": review.task_id}
        approve_deploy, deploy_approved = gate_task_group(
            "approve_deploy",
            card="onboarding.operators.cards:deploy_card",
            inputs=reviewed,
            timeout_hours=GATE_TIMEOUT_HOURS,
        )
        second_attempts >> resolve
        resolved >> confirm_edits
        previous >> stage_ontology
        # The last agent's files beside the optional group: a join needs one task that was not skipped.
        [agent_render, stage_ontology] >> review >> approve_deploy

    with TaskGroup("phase_5_deploy", tooltip="Files to the DAGs bucket, the DAG file last; verified or taken back"):
        deploy = OnboardingStepOperator(
            task_id="deploy",
            step="onboarding.operators.steps.deploy:deploy",
            inputs=reviewed,
            approvals=["phase_4_build.approve_deploy"],
        )
        verify = OnboardingStepOperator(
            task_id="verify",
            step="onboarding.operators.steps.deploy:verify",
            inputs={**reviewed, "deployment": deploy.task_id},
            execution_timeout=timedelta(minutes=20),
        )
        deploy >> verify

    decisions = [
        find_workload, found_chosen, partial_chosen, environment_fixed, discovery_answered, plan_approved,
        overlap_approved, profile_confirmed, resolved, edits_confirmed, deploy_approved,
    ]  # fmt: skip
    hand_over = HandOverOperator(
        task_id="hand_over",
        dag_id=dag.dag_id,
        decisions=[decision.task_id for decision in decisions],
        trigger_rule=TriggerRule.ALL_DONE,
    )
    summary = SummaryOperator(task_id="summary", trigger_rule=TriggerRule.ALL_DONE, retries=2)

    [find_workload, found_chosen, partial_chosen, check_quality, query_gold] >> check_environment
    [check_environment, environment_fixed] >> discover
    [discover, discovery_answered] >> detect_duplicates
    [discover, discovery_answered] >> check_connectivity
    [discover, discovery_answered] >> find_reusable_assets
    [plan_approved, overlap_approved] >> measure
    profile_confirmed >> structure
    deploy_approved >> deploy
    decisions >> hand_over
    [verify, hand_over] >> summary

# After the tasks: each of them would be made with a copy of the whole form, which every task that starts would pay for.
dag.params = trigger_form()
