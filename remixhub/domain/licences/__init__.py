"""Licences: which there are, what each permits, and what a remix may stand under over all that it comes from.

Rules alone: rows, texts of contest licences and what an account holds are in `services/licences`.
"""
