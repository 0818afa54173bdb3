"""The meta-DAG (Airflow) whose agents have a defect each: every propose and second attempt runs with it planted."""

import os
import runpy

dag = runpy.run_path(os.environ["PLANTED_META_DAG"])["dag"]
for task in dag.tasks:
    if task.task_id.endswith((".propose", ".second_attempt")):
        real_step = task.step.replace(".", "__").replace(":", "__at__")
        task.step = f"planted_steps:{task.task_id.replace('.', '__')}__as__{real_step}"
