"""The script of a workload's job in AWS Glue: deployed beside the workload, with the data plane as a zip."""

import sys

from shared.pipeline.spark.job import run

if __name__ == "__main__":
    run(sys.argv)
