"""Object storage: S3 by boto3, the key scheme, presigned URLs.

Takes and gives keys, paths and streams; knows neither rows nor audio.
Imports `domain` and `config` only; vendor errors leave it as `StorageUnavailable` or `ObjectMissing`.
"""
