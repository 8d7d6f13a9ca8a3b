"""What the audio engine accepts, and every reason for which it refuses a file.

Refused (Invalid)
├── EmptyFile, NotAudio, PlaylistRefused, ContainerUnsupported, CodecUnsupported   what it is
├── ChainDiffers, EditsUnsupported                                                 which frames it means
├── TooManyChannels, SampleRateOutOfRange, BitDepthUnsupported, TooLong, TooShort, NoFrames  what it holds
├── HeaderLies, Truncated, Damaged, ImplausibleLevel                               whether it is whole
├── DecodeTimeout, DecoderOverLimit                                                what it costs to decode
└── PoisonFile                                                                     what it does to our programs
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from remixhub.domain.errors import Conflict, Invalid, Unavailable

LOWEST_RATE_HZ = 8_000
HIGHEST_RATE_HZ = 192_000
MOST_CHANNELS = 2
LONGEST_SECONDS = 2 * 3600
SHORTEST_FRAMES = 16
"""The shortest block of FLAC, and a third of a millisecond: less is no sound."""


class Container(StrEnum):
    """The containers we open; the value is also what JSON and tables say."""

    WAV = "wav"
    """RIFF, RF64 and BWF."""
    AIFF = "aiff"
    """AIFF and AIFF-C."""
    FLAC = "flac"
    MP3 = "mp3"
    OGG = "ogg"
    """Ogg with Vorbis or Opus."""
    MP4 = "mp4"
    """M4A with AAC or ALAC."""

    @property
    def media_type(self) -> str:
        return {"wav": "audio/wav", "aiff": "audio/aiff", "mp3": "audio/mpeg"}.get(self.value, f"audio/{self.value}")


class Refused(Invalid):
    """The file cannot become playable; the bytes are at fault, so trying again does not help."""

    code = "media_refused"
    title = "This file cannot be used"


class EmptyFile(Refused):
    code = "empty_file"
    title = "The file is empty"


class NotAudio(Refused):
    code = "not_audio"
    title = "This is not an audio file"


class PlaylistRefused(Refused):
    code = "playlist_refused"
    title = "This is a playlist, not audio"


class ContainerUnsupported(Refused):
    code = "unsupported_container"
    title = "This kind of audio file is not accepted"


class CodecUnsupported(Refused):
    code = "unsupported_codec"
    title = "This codec is not accepted"


class ChainDiffers(Refused):
    code = "chain_differs"
    title = "The file is a chain of different streams"


class EditsUnsupported(Refused):
    code = "unsupported_edits"
    title = "The file's edit list cannot be followed"


class TooManyChannels(Refused):
    code = "too_many_channels"
    title = "Only mono and stereo are accepted"


class SampleRateOutOfRange(Refused):
    code = "sample_rate_out_of_range"
    title = "The sample rate is out of range"


class BitDepthUnsupported(Refused):
    code = "unsupported_bit_depth"
    title = "This bit depth is not accepted"


class TooLong(Refused):
    code = "too_long"
    title = "The audio is too long"


class TooShort(Refused):
    code = "too_short"
    title = "The audio is too short"


class NoFrames(Refused):
    code = "no_audio_frames"
    title = "The file holds no audio"


class HeaderLies(Refused):
    code = "header_lies"
    title = "The header contradicts the file"


class Truncated(Refused):
    code = "truncated"
    title = "The end of the file is missing"


class Damaged(Refused):
    code = "damaged"
    title = "The audio is damaged"


class ImplausibleLevel(Refused):
    code = "implausible_level"
    title = "The samples cannot be audio"


class DecodeTimeout(Refused):
    code = "decode_timeout"
    title = "Decoding took too long"


class DecoderOverLimit(Refused):
    code = "decoder_over_limit"
    title = "Decoding needed more than it may use"


class NotAPicture(Invalid):
    code = "not_a_picture"
    title = "The file is not a picture that can be used"


class PictureTooLarge(Invalid):
    code = "picture_too_large"
    title = "The picture has too many pixels"


class PoisonFile(Refused):
    """Two workers ended with it in hand, by a crash or at a limit that was set."""

    code = "poison_file"
    title = "The file makes our programs crash"
    WORDS: ClassVar[str] = "Our programs crashed twice on this file. Export it again, in another format if you can."


class Cancelled(Conflict):
    """Long work stopped because its caller asked for it."""

    code = "cancelled"
    title = "The work was cancelled"


class FfmpegMissing(Unavailable):
    code = "ffmpeg_missing"
    title = "ffmpeg is not installed"


class DecoderUnavailable(Unavailable):
    """The machine is at fault, never the file: nothing may be refused for it."""

    code = "decoder_unavailable"
    title = "The decoder does not work here"


class DecoderTooOld(Unavailable):
    """The file is in order, and this machine's ffmpeg cannot read its kind: nothing may be refused for it."""

    code = "decoder_too_old"
    title = "This hub's decoder cannot read the file"


class EncoderFailed(Unavailable):
    """Our own PCM could not be written: a full disk, or an ffmpeg without the encoder."""

    code = "encoder_failed"
    title = "The audio could not be encoded"


def check_shape(sample_rate_hz: int, channels: int, *, frames: int | None, longest_seconds: int) -> None:
    """The limits that hold for every container. `frames` is None where the container does not say."""
    if channels < 1:
        raise HeaderLies(f"The header announces {channels} channels; audio has one or two.", channels=channels)
    if channels > MOST_CHANNELS:
        raise TooManyChannels(
            f"The file has {channels} channels. Export it in stereo, or each pair as a stem of its own.",
            channels=channels,
        )
    if not LOWEST_RATE_HZ <= sample_rate_hz <= HIGHEST_RATE_HZ:
        raise SampleRateOutOfRange(
            f"The sample rate is {sample_rate_hz} Hz; {LOWEST_RATE_HZ} to {HIGHEST_RATE_HZ} Hz are accepted.",
            sample_rate_hz=sample_rate_hz,
        )
    if frames is None:
        return
    if 0 < frames < SHORTEST_FRAMES:
        raise TooShort(f"The audio has {frames} frames; at least {SHORTEST_FRAMES} are needed.", duration_frames=frames)
    if frames > longest_seconds * sample_rate_hz:
        raise TooLong(
            f"The audio lasts {frames / sample_rate_hz:.0f} seconds; at most {longest_seconds} are accepted.",
            duration_frames=frames,
        )
