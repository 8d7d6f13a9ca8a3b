"""The embedded stack (SeaweedFS, Valkey, web, workers in one command), the demo and its music.

For one machine without Docker: development, small self-hosting, tests.
Nothing above `dev` is imported by the service itself.
"""
