"""The emulated AWS: moto's server in a process of its own, with a memory on disk.

S3 objects are written through (:mod:`.object_files`, :mod:`.bucket_mirror`); mutating calls to the Glue Data
Catalog, Lake Formation and SNS are journaled (:mod:`.journal`, :mod:`.calls`) and made again at start.
"""
