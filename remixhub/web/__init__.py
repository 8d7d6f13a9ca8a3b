"""Pages: Jinja templates over the same services that the API calls.

Each view calls services and renders; pages work without script except upload and playing.
Front-end sources are in `frontend/`, built by esbuild into `static/build/`.
"""
