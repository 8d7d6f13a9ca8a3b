"""JSON of stems, stem packs and receipts."""
