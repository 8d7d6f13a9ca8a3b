"""Pages on which an artist puts a work together."""

from remixhub.web.drafts import drafts, sheet, stems

BLUEPRINTS = (drafts.blueprint, stems.blueprint, sheet.blueprint)
