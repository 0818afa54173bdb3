import sys, time
from pathlib import Path
from tests.mwaa.image import *
from tests.mwaa.running import *
t=time.time()
def say(x): print(f"{time.time()-t:6.0f} {x}", flush=True)
import shutil
folder=Path("/tmp/wt/mwaa-scratch/try"); shutil.rmtree(folder, ignore_errors=True)
image=make_image(folder,"3.3.1"); say("base")
files=install_package(image); say("package")
with running(image) as env:
    say("running")
    from tests.mwaa.dags_sync import DagsSync
    s3=env.s3()
    from onboarding.local_platform import account_names as names
    for n,d in files.items():
        if n.startswith("dags/"): s3.put_object(Bucket=names.DAGS_BUCKET,Key=n,Body=d)
    from onboarding.cli.airflow_client import *
    from onboarding.cli.follow import *
    req, rev = AirflowClient(env.info,"requester"), AirflowClient(env.info,"reviewer")
    with DagsSync(s3, names.DAGS_BUCKET, names.DAGS_PREFIX, image.home/"dags") as sync:
        while req.api.dag("onboard_meta_dag") is None or req.api.dag("onboard_gate_approve_plan") is None: time.sleep(1)
        say("listed")
        req.trigger("onboard_meta_dag","smoke",{"source.location":"s3://onboarding-landing/sales/","workload":"sales_orders"})
        st=follow_meta_run(req,rev,"smoke",answer=approving_answer,progress=say,timeout_seconds=1500)
        say(st)
        say(req.run("onboard_meta_dag","smoke"))
        for x in req.tasks("onboard_meta_dag","smoke"):
            if x["state"]!="success": say((x["task_id"],x["state"]))
        if st=="success":
            req.trigger("sales_orders","first",{})
            say(wait_for_run(req,"sales_orders","first",progress=say,timeout_seconds=600))
        say(env.api.calls)
        if len(sys.argv)>1: time.sleep(float(sys.argv[1]))
