"""From what was gathered to the whole bundle: its values completed by what was read, and the files written of them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace

from PIL import Image

from remixhub.compose import Parts
from remixhub.domain.bundles import checksums, manifest
from remixhub.domain.bundles.contents import Bundle, BundledFile, BundledStem, BundledWork
from remixhub.domain.bundles.names import LARGEST_BYTES, faults_of
from remixhub.domain.bundles.papers import README_NAME, readme_text
from remixhub.domain.covers.envelope import columns_of
from remixhub.domain.covers.printed import print_cover
from remixhub.services.bundles import pages, paper
from remixhub.services.bundles.gathering import Gathered
from remixhub.services.bundles.paper.words import Picture
from remixhub.services.bundles.signing import HubKeys, key_url
from remixhub.services.works.link_pictures import printed_png

_PICTURES_LIMIT = 60
_PICTURE_PIXELS = 800
"""As wide as a J-card at 300 dots an inch."""
Envelopes = Mapping[str, Sequence[int]]
"""By the stems' ids."""


def read_envelopes(parts: Parts, gathered: Gathered) -> Envelopes:
    """From the peaks in the storage; outside of any transaction."""
    return {
        stem_id: tuple(round(100 * level) for level in columns_of(parts.store.get_bytes(key)))
        for stem_id, key in gathered.peaks.items()
    }


def completed(bundle: Bundle, sums: Mapping[str, str], envelopes: Envelopes) -> Bundle:
    """`sums` are the SHA-256 by path of what was stored."""

    def summed(file: BundledFile | None) -> BundledFile | None:
        return None if file is None else replace(file, sha256=sums.get(file.path, file.sha256))

    def stem(one: BundledStem) -> BundledStem:
        return replace(one, preview=summed(one.preview), envelope=envelopes.get(one.id, ()))

    def work(one: BundledWork) -> BundledWork:
        pack = one.pack and replace(one.pack, stems=tuple(map(stem, one.pack.stems)))
        whole, original = summed(one.whole), summed(one.whole_original)
        return replace(one, cover=summed(one.cover), whole=whole, whole_original=original, pack=pack)

    return replace(bundle, works=tuple(map(work, bundle.works)))


def texts_of(
    parts: Parts, gathered: Gathered, bundle: Bundle, sums: Mapping[str, str], keys: HubKeys
) -> dict[str, bytes]:
    """Every file beside the stored ones, by path in their order; the checksums and the signature over them last."""
    printed = paper.written(bundle, pictures_of(parts, gathered))
    bundle = replace(bundle, papers=tuple(_paper(path, body) for path, body in printed.items()))
    texts = {
        **gathered.texts,
        **pages.written(bundle),
        **printed,
        README_NAME: readme_text(bundle, keys.id, key_url(parts, keys.id)),
        manifest.NAME: manifest.dump(bundle),
        checksums.KEY_NAME: keys.pem,
    }
    _require_fit(gathered, texts)
    every = {**sums, **{path: hashlib.sha256(text).hexdigest() for path, text in texts.items()}}
    listed = checksums.written(sorted(every.items()))
    texts[checksums.NAME] = listed
    texts[checksums.SIGNATURE_NAME] = keys.signing.sign(listed)
    return texts


def _paper(path: str, body: bytes) -> BundledFile:
    return BundledFile(path, hashlib.sha256(body).hexdigest(), len(body), "application/pdf")


def pictures_of(parts: Parts, gathered: Gathered) -> Picture:
    """Covers of artists, or what the house prints, of the first works: a thousand would be held in memory at once."""
    keys = {file.name: file.key for file in gathered.stored}
    first = {work.id for work in gathered.bundle.works[:_PICTURES_LIMIT]}

    def picture(work: BundledWork) -> bytes | None:
        if work.id not in first or work.cover is None:
            return None
        if (score := gathered.prints.get(work.id)) is not None:
            return printed_png(print_cover(score))
        return _for_paper(parts.store.get_bytes(keys[work.cover.path])) if work.cover.path in keys else None

    return picture


def _for_paper(cover: bytes) -> bytes:
    """As JPEG, which PDF holds as it is; the cover is WebP of the hub's own making."""
    with Image.open(io.BytesIO(cover)) as opened:
        picture = opened.convert("RGB")
    picture.thumbnail((_PICTURE_PIXELS, _PICTURE_PIXELS))
    picture.save(body := io.BytesIO(), "JPEG", quality=85)
    return body.getvalue()


def _require_fit(gathered: Gathered, texts: Mapping[str, bytes]) -> None:
    """What we name ourselves is safe; if it is not, nothing is given out. Raises AssertionError."""
    paths = [*(file.name for file in gathered.stored), *texts, checksums.NAME, checksums.SIGNATURE_NAME]
    faults = list(faults_of(paths))
    faults += [f"{path!r} is too large." for path, text in texts.items() if len(text) > LARGEST_BYTES]
    assert not faults, faults[0]
