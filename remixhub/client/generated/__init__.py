"""What is written by `scripts/client-api` from the OpenAPI document; nobody edits it."""
