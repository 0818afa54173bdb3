"""The first look at a source: where it is, how it is read, which files and columns it has. Nothing is measured."""

from __future__ import annotations

from onboarding.discovery.answers import read_options
from onboarding.discovery.errors import DiscoveryError
from onboarding.discovery.source_filter import check_filter
from onboarding.spec.conf import Conf, Format
from onboarding.spec.profile import ReadOptions, SourceFile, SourceLook


def source_location(conf: Conf) -> str:
    """The location of the source.

    :raises DiscoveryError: the conf names none.
    """
    if conf.source.location:
        return conf.source.location
    raise DiscoveryError(
        "the conf names no source",
        where="source.location",
        expected="s3://bucket/key, s3://bucket/prefix/, file:///path or db://connection/schema.table",
        given="nothing",
        remedy="set source.location",
    )


def first_look(conf: Conf) -> SourceLook:
    """Open the source of a conf and detect what is not given.

    :raises DiscoveryError: the conf names no source, or has a filter that cannot be computed.
    :raises SourceError: the source is missing, empty or unreadable.
    """
    from shared.pipeline.source import open_source

    given = conf.source.format.value if conf.source.format else None
    with open_source(source_location(conf), given, read_options(conf)) as source:
        source.check_not_empty()
        options = source.options
        if conf.source.filter:
            check_filter(conf.source.filter, source.columns)
        return SourceLook(
            location=source.location,
            format=Format(source.format),
            read_options=ReadOptions(
                delimiter=options.delimiter,
                quote=options.quote,
                escape=options.escape,
                header=options.header,
                encoding=options.encoding or "utf-8",
                null_values=list(options.null_values),
            ),
            files=[SourceFile(uri=file.uri, bytes=file.bytes, etag=file.etag) for file in source.files],
            source_columns=[column.name for column in source.columns],
        )


def list_files(conf: Conf) -> list[SourceFile]:
    """The files of the source, listed without reading them; of a database table its location and size.

    The etag of a local file is empty: it would be a digest of the content.

    :raises DiscoveryError: the conf names no source.
    :raises SourceError: there is nothing at the location.
    """
    from shared.pipeline.database import describe, is_database, reading
    from shared.pipeline.reading.files import find_source_files, with_content

    location = source_location(conf)
    if is_database(location):
        with reading(location) as connection:
            return [SourceFile(uri=location, bytes=describe(connection, location).bytes, etag="")]
    found = with_content(find_source_files(location, digest=False))
    return [SourceFile(uri=file.uri, bytes=file.bytes, etag=file.etag) for file in found]
