"""Which engine takes a source, by its size: known from the listing, before a byte of it is moved."""

from __future__ import annotations

from collections.abc import Sequence

from onboarding.discovery.errors import DiscoveryError
from onboarding.spec.conf import Conf
from onboarding.spec.profile import SourceFile
from shared.pipeline.errors import TooLargeForLocalError
from shared.pipeline.resources import Resources, measure_resources

#: The embedded engine takes sources up to this many times the memory of one connection: it spills to disk, and
#: deduplication of CSV needs about three times the file. Beyond that a run would spend its time on spilling.
LOCAL_BYTES_PER_MEMORY_BYTE = 4
#: What a gzip file may unpack to, in the middle of what tables do (3 to 10).
UNPACKED_BYTES_PER_GZIP_BYTE = 6


def unpacked_bytes(files: Sequence[SourceFile]) -> int:
    """Bytes to process: sizes as listed, of gzip files what they probably unpack to."""
    return sum(file.bytes * (UNPACKED_BYTES_PER_GZIP_BYTE if file.uri.endswith(".gz") else 1) for file in files)


def local_reason(conf: Conf, files: Sequence[SourceFile], *, resources: Resources | None = None) -> str:
    """Why the embedded engine takes the source; empty when a person chose the engine.

    :param resources: memory of one connection of this worker; measured when absent.
    :raises TooLargeForLocalError: it would not fit. Not handed to the engine aws: onboarding profiles it here.
    """
    if conf.deployment.engine in ("local", "aws"):
        return ""
    size = unpacked_bytes(files)
    limit = (resources or measure_resources()).memory_bytes * LOCAL_BYTES_PER_MEMORY_BYTE
    if size > limit:
        raise TooLargeForLocalError(
            "the source is too large for the embedded engine on this worker",
            where="deployment.engine: auto",
            expected=f"at most {_megabytes(limit)} of source: {LOCAL_BYTES_PER_MEMORY_BYTE} times the memory that one "
            "task may take here",
            given=f"{_megabytes(size)} in {len(files)} file(s)",
            remedy="use aws (deployment.engine: aws: the pipeline's jobs run on Glue), give the worker more memory or "
            "run fewer tasks on it at a time, or deliver less at once (source.load: new_files). With deployment.engine "
            "aws or local onboarding itself still reads the source on this worker, which is slow, and ends with a "
            "clear error when it does not fit",
        )
    return (
        f"{_megabytes(size)} of source fit the embedded engine's limit, "
        f"{LOCAL_BYTES_PER_MEMORY_BYTE} times its share of the worker's memory"
    )


def check_aws(conf: Conf, *, dags_uri: str, lake_uri: str, glue_role_arn: str) -> None:
    """Refuse the engine aws where its jobs could not run.

    :raises DiscoveryError: an option of the installation is missing, or names a place that only a worker has.
    """
    if conf.deployment.engine != "aws":
        return
    options = {"dags_uri": dags_uri, "lake_uri": lake_uri}
    wrong = [f"{name} = {uri}" for name, uri in options.items() if not uri.startswith("s3://")]
    wrong += [] if glue_role_arn else ["no glue_role_arn"]
    if wrong:
        raise DiscoveryError(
            "the engine aws is not set up here",
            where="deployment.engine; airflow.cfg [onboarding]",
            expected="dags_uri and lake_uri on S3, and glue_role_arn: the role that AWS Glue runs the jobs with",
            given=", ".join(wrong),
            remedy="set the options, or leave `deployment.engine` out; the local platform has no Glue that runs jobs",
        )


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"
