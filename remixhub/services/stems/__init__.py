"""Stems and their packs: claimed from uploads, ingested and reviewed by jobs, played, downloaded, packed as a ZIP."""
