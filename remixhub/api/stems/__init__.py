"""JSON of stems, stem packs and receipts."""

from remixhub.api.stems import packs, receipts, stems

BLUEPRINTS = (stems.blueprint, packs.blueprint, receipts.blueprint)
