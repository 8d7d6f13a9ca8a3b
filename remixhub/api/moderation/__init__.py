"""JSON of reports, takedowns and notices."""
