"""Uploads: multipart transfers straight to S3, checked by a job, claimed by what uses them."""
