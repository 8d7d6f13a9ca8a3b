"""JSON of remixes, their source links and shares."""
