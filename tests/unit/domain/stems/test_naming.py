from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remixhub.domain.musical_key import Mode, MusicalKey, parse_key
from remixhub.domain.stems.naming import (
    StemRole,
    guess_key,
    guess_role,
    guess_roles,
    guess_tempo_bpm,
    guess_title,
    guess_titles,
    name_of,
)

KEYS = st.builds(MusicalKey, st.integers(0, 11), st.sampled_from(Mode))


@pytest.mark.parametrize(
    ("filename", "role"),
    [
        ("01 drums 124bpm.wav", StemRole.DRUMS),
        ("Kick 2.wav", StemRole.KICK),
        ("Bass Drum.wav", StemRole.KICK),
        ("HiHats.flac", StemRole.HIHAT),
        ("hi-hat_closed.wav", StemRole.HIHAT),
        ("SNARE.WAV", StemRole.SNARE),
        ("shaker loop.aif", StemRole.PERCUSSION),
        ("BassGuitar.wav", StemRole.BASS),
        ("808_F#m_140.wav", StemRole.BASS),
        ("Synth Bass.wav", StemRole.BASS),
        ("Lead Guitar.wav", StemRole.GUITAR),
        ("LeadVox.wav", StemRole.LEAD_VOCALS),
        ("vox1.wav", StemRole.LEAD_VOCALS),
        ("03-backing_vocals.mp3", StemRole.BACKING_VOCALS),
        ("BGVs.wav", StemRole.BACKING_VOCALS),
        ("vocal chops.wav", StemRole.SAMPLE),
        ("E-Piano.wav", StemRole.KEYS),
        ("strings_Eb.mp3", StemRole.STRINGS),
        ("Pads (wide).wav", StemRole.PAD),
        ("lead.wav", StemRole.LEAD),
        ("Arp.wav", StemRole.SYNTH),
        ("riser fx.wav", StemRole.FX),
        ("Song (Instrumental).wav", StemRole.INSTRUMENTAL),
        ("Audio 7.wav", StemRole.OTHER),
        ("", StemRole.OTHER),
    ],
)
def test_the_role_is_read_from_the_name(filename: str, role: StemRole) -> None:
    assert guess_role(filename) is role


@pytest.mark.parametrize("role", [role for role in StemRole if role is not StemRole.OTHER])
def test_every_role_is_found_by_its_own_word(role: StemRole) -> None:
    assert guess_role(f"{role.value}.wav") is role


@pytest.mark.parametrize(
    ("filename", "tempo_bpm"),
    [
        ("drums 128bpm.wav", 128.0),
        ("drums_128_BPM_Am.wav", 128.0),
        ("Am-92.5bpm-bass.wav", 92.5),
        ("bpm120 keys.wav", 120.0),
        ("BPM_174.flac", 174.0),
        ("LeadVox_128_8A.wav", 128.0),
        ("128.5bpm", 128.5),
        ("loop 100 drums.wav", None),
        ("808.wav", None),
        ("drums 999bpm.wav", None),
        ("drums 12bpm.wav", None),
        ("Take 2 of 90 and 100 Am.wav", None),
        ("bass 127,5bpm.wav", 127.5),
        ("bpm_128_bass.wav", 128.0),
        ("Am_60.wav", 60.0),
        ("Am_59.wav", None),
        ("Am_200.wav", 200.0),
        ("Am_201.wav", None),
        ("Am_59_128.wav", 128.0),
        ("40bpm.wav", 40.0),
        ("300 bpm.wav", 300.0),
        ("39bpm.wav", None),
        ("301bpm.wav", None),
    ],
)
def test_the_tempo_is_read_from_the_name(filename: str, tempo_bpm: float | None) -> None:
    assert guess_tempo_bpm(filename) == tempo_bpm


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("bass Am.wav", "A minor"),
        ("Am_128bpm_bass.wav", "A minor"),
        ("bass-F#m.wav", "F# minor"),
        ("bass_Ebmaj.wav", "Eb major"),
        ("bass Bb major.wav", "Bb major"),
        ("C#min 120bpm.wav", "C# minor"),
        ("03_A-flat-minor.wav", "G# minor"),
        ("pad 8A.wav", "A minor"),
        ("12b_pad.wav", "E major"),
        ("pad_Eb.wav", "Eb major"),
        ("Verse A.wav", None),
        ("I am here.wav", None),
        ("drums.wav", None),
        ("Em.wav", "E minor"),
        ("pad_Bb_minor.wav", "Bb minor"),
        ("pad_A_flat_minor.wav", "G# minor"),
        ("pad 8a.wav", "A minor"),
    ],
)
def test_the_key_is_read_from_the_name(filename: str, name: str | None) -> None:
    found = guess_key(filename)
    assert (found.name if found else None) == name


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
@pytest.mark.parametrize("separator", [" ", "_", "-"])
def test_tokens_are_found_in_any_order(order: tuple[int, ...], separator: str) -> None:
    tokens = ("bass", "128bpm", "F#m")
    filename = separator.join(tokens[place] for place in order) + ".wav"
    found = guess_key(filename)
    assert (guess_role(filename), guess_tempo_bpm(filename)) == (StemRole.BASS, 128.0)
    assert found is not None
    assert found.name == "F# minor"


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_name_breaks_the_guesses(filename: str) -> None:
    guess_role(filename)
    guess_tempo_bpm(filename)
    guess_key(filename)
    guess_title(filename)


@settings(deadline=None)
@given(KEYS)
def test_every_name_of_a_key_leads_back_to_it(key: MusicalKey) -> None:
    assert parse_key(key.name) == parse_key(key.short_name) == parse_key(key.camelot) == key


@settings(deadline=None)
@given(KEYS)
def test_relative_keys_share_their_camelot_number(key: MusicalKey) -> None:
    assert key.relative.camelot[:-1] == key.camelot[:-1]
    assert key.relative.relative == key


@pytest.mark.parametrize(
    ("name", "camelot"),
    [
        ("A minor", "8A"),
        ("C major", "8B"),
        ("E minor", "9A"),
        ("Ab minor", "1A"),
        ("F# major", "2B"),
        ("Db major", "3B"),
    ],
)
def test_the_camelot_wheel_is_the_known_one(name: str, camelot: str) -> None:
    key = parse_key(name)
    assert key is not None
    assert key.camelot == camelot


def test_titles_leave_out_what_is_said_elsewhere() -> None:
    assert guess_title("stems/01 Deep Bass 124bpm Am.wav") == "Deep Bass"
    assert guess_title("128bpm.wav") != ""


@pytest.mark.parametrize(
    ("filename", "title"),
    [
        ("Deep_Bass.wav", "Deep Bass"),
        ("Deep Bass-.WAV", "Deep Bass"),
        ("Deep_128bpm_Bass.wav", "Deep Bass"),
        ("Deep Bass - Am.wav", "Deep Bass"),
        ("XX Bass.wav", "XX Bass"),
        ("Bass XX - 8A.wav", "Bass XX"),
        ("Lead - F#m - Take 2.wav", "Lead Take 2"),
        ("Bass A minor.wav", "Bass"),
        ("2) Kick.wav", "Kick"),
        ("03.-Snare.wav", "Snare"),
        ("808.wav", "808"),
        ("Am.wav", "Am"),
        ("128bpm.wav", "128bpm"),
        ("a\\b\\Rim.flac", "Rim"),
        ("two-step.wav", "two-step"),
    ],
)
def test_a_title_is_what_is_left_in_words(filename: str, title: str) -> None:
    assert guess_title(filename) == title


SONGS = (
    "I Am Here",
    "Rap God",
    "Break My Heart",
    "Clap Your Hands",
    "Drum and Bass Anthem",
    "Piano Man",
    "Bass Face",
    "Ride",
)
WORDS_OF_ROLES = {
    "Kick": StemRole.KICK, "Snare": StemRole.SNARE, "Drums": StemRole.DRUMS, "Bass": StemRole.BASS,
    "Vocals": StemRole.LEAD_VOCALS,
    "Guitar": StemRole.GUITAR, "Piano": StemRole.KEYS, "Strings": StemRole.STRINGS, "Lead Vocals": StemRole.LEAD_VOCALS,
    "Backing Vocals": StemRole.BACKING_VOCALS, "Synth Bass": StemRole.BASS, "HiHat": StemRole.HIHAT,
}  # fmt: skip


@pytest.mark.parametrize("song", SONGS)
@pytest.mark.parametrize(
    "shape", ["{song} - {role}", "{song} ({role})", "01 {song} - {role} 120bpm", "Ada - {song} - {role}"]
)
def test_a_song_with_the_word_of_a_role_leaves_the_role_alone(song: str, shape: str) -> None:
    for word, role in WORDS_OF_ROLES.items():
        assert guess_role(shape.format(song=song, role=word) + ".wav") is role


@pytest.mark.parametrize("song", [song for song in SONGS if song != "Ride"])
@pytest.mark.parametrize(
    "shape", ["{song}_{role}", "{role}_{song}", "{song} {role}", "{role} - {song}", "{role} ({song})"]
)
def test_what_all_names_share_is_set_aside(song: str, shape: str) -> None:
    names = [shape.format(song=song, role=word) + f" {place:02}.wav" for place, word in enumerate(WORDS_OF_ROLES)]
    assert guess_roles(names) == list(WORDS_OF_ROLES.values())
    joined = [name.replace(song, song.title().replace(" ", "")) for name in names]
    assert guess_roles(joined) == list(WORDS_OF_ROLES.values())


WORD = st.sampled_from(
    ["Night", "Drive", "of", "Bass", "Kick", "Heart", "Piano", "Rap", "Ride", "Vocal", "7", "Solo", "Am"]
)


@settings(deadline=None)
@given(st.lists(WORD, min_size=1, max_size=4), st.lists(st.sampled_from([*WORDS_OF_ROLES]), min_size=3, unique=True))
def test_whatever_a_pack_is_called_its_parts_keep_their_roles(song: list[str], parts: list[str]) -> None:
    names = [f"{' '.join(song)} - {part}.wav" for part in parts]
    assert guess_roles(names) == [WORDS_OF_ROLES[part] for part in parts]
    if any(word.isalpha() for word in song):
        assert guess_titles(names) == parts


@settings(deadline=None)
@given(st.lists(st.text(max_size=30) | WORD, min_size=1, max_size=6), st.text(max_size=20), st.randoms())
def test_no_pack_breaks_the_guesses_and_its_order_does_not_matter(names: list[str], title: str, random: Random) -> None:
    roles = dict(zip(names, guess_roles(names, title), strict=True))
    assert all(shown or not name_of(name) for name, shown in zip(names, guess_titles(names, title), strict=True))
    random.shuffle(names)
    assert dict(zip(names, guess_roles(names, title), strict=True)) == roles


@pytest.mark.parametrize(
    ("names", "roles", "titles"),
    [
        (["Bass Face - Verse", "Bass Face - Kick", "Bass Face - Bass"], "other kick bass", "Verse|Kick|Bass"),
        (["Kick_BassFace", "Snare_BassFace", "Vox_BassFace"], "kick snare lead_vocals", "Kick|Snare|Vox"),
        (["Night_Drive_Kick_1", "Night_Drive_Kick_Sub"], "kick kick", "Kick 1|Kick Sub"),
        (["Song - Lead Vocals", "Song - Backing Vocals"], "lead_vocals backing_vocals", "Lead Vocals|Backing Vocals"),
        (["Ride_Piano", "Ride_Bass", "Ride_Lead"], "keys bass lead", "Ride Piano|Ride Bass|Ride Lead"),
        (["Kick 1", "Kick 2"], "kick kick", "Kick 1|Kick 2"),
        (["Vocals Lead", "Vocals Doubles"], "lead_vocals backing_vocals", "Vocals Lead|Vocals Doubles"),
        (["Kick Drum", "Snare Drum"], "kick snare", "Kick Drum|Snare Drum"),
        (["Bass Guitar", "Bass Synth", "Bass Drum"], "bass bass kick", "Bass Guitar|Bass Synth|Bass Drum"),
        (["Guitar Clean", "Guitar Dist"], "guitar guitar", "Guitar Clean|Guitar Dist"),
        (["Ada - Kick - Bass Face", "Ada - Hook - Bass Face"], "kick lead", "Kick|Hook"),
        (["2026-11-28 Rap God Kick 01", "2026-11-28 Rap God Bass 02"], "kick bass", "Kick 01|Bass 02"),
        (["My Bass Song", "My Bass Song (Kick)"], "other kick", "My Bass Song|Kick"),
        (["Bass.wav", "Bass.flac"], "bass bass", "Bass|Bass"),
    ],
)  # fmt: skip
def test_packs_are_read_as_a_whole(names: list[str], roles: str, titles: str) -> None:
    assert " ".join(guess_roles(names)) == roles
    assert guess_titles(names) == titles.split("|")


def test_the_title_of_the_work_is_set_aside_for_a_first_stem() -> None:
    assert guess_role("Kick_BassFace.wav") is StemRole.KICK
    assert guess_role("Bass_of_Faces.wav", title="Bass of Faces") is StemRole.BASS, "nothing else is left"
    assert guess_role("Verse_BassFace.wav", title="Bass Face") is StemRole.OTHER
    assert guess_role("Ride_Piano.wav", title="Ride") is StemRole.KEYS
    assert guess_role("Ride_1.wav", title="Ride") is StemRole.PERCUSSION
    assert guess_role("Bass Guitar.wav", title="Bass") is StemRole.BASS
    assert guess_title("Kick_BassFace.wav", title="Bass Face") == "Kick"
    assert guess_title("Bass Face - 02 Mic 1A.wav", title="Bass Face") == "Mic 1A"
    assert guess_title("Bass Face 02.wav", title="Bass Face") == "Bass Face 02"


@pytest.mark.parametrize(
    ("filename", "role"),
    [
        ("Schlagzeug.wav", StemRole.DRUMS), ("Gesang_1.wav", StemRole.LEAD_VOCALS),
        ("Chœurs.wav", StemRole.BACKING_VOCALS),
        ("Choeurs.wav", StemRole.BACKING_VOCALS), ("Grosse caisse.wav", StemRole.KICK),
        ("Bater\u00eda.wav", StemRole.DRUMS),
        ("Bateri\u0301a.wav", StemRole.DRUMS), ("Guitare basse.wav", StemRole.BASS), ("Chitarra.wav", StemRole.GUITAR),
        ("Voz principal.wav", StemRole.LEAD_VOCALS), ("Streicher.wav", StemRole.STRINGS),
        ("Tastiere.wav", StemRole.KEYS),
        ("Vocals - Lead.wav", StemRole.LEAD_VOCALS), ("Guitar - Solo.wav", StemRole.GUITAR),
        ("Backing - Vocals.wav", StemRole.BACKING_VOCALS), ("Back to Black - Vocals.wav", StemRole.LEAD_VOCALS),
        ("Kick - Bass Face.wav", StemRole.KICK), ("Drums (Overheads).wav", StemRole.DRUMS),
        ("Kick808.wav", StemRole.KICK),
        ("Voice of Reason_Bass.wav", StemRole.BASS), ("Hat Trick - Synth.wav", StemRole.SYNTH),
        ("Bass Down Low - Synth.wav", StemRole.SYNTH), ("Ride Piano.wav", StemRole.KEYS),
        ("HeartBreak_Piano.wav", StemRole.KEYS), ("Kick Drum.wav", StemRole.KICK),
        ("KickAss_GtrL.wav", StemRole.GUITAR), ("Kick_BassFace.wav", StemRole.KICK),
        ("Vox Lead.wav", StemRole.LEAD_VOCALS),
        ("Pad Thai – 808.wav", StemRole.BASS), ("808 Kick.wav", StemRole.KICK), ("Vocals Chops.wav", StemRole.SAMPLE),
        ("Drum Sample.wav", StemRole.SAMPLE), ("Piano Chords.wav", StemRole.KEYS),
        ("Choir Pad.wav", StemRole.BACKING_VOCALS),
    ],
)  # fmt: skip
def test_roles_are_read_in_other_languages_and_beside_titles(filename: str, role: StemRole) -> None:
    assert guess_role(filename) is role


@pytest.mark.parametrize(
    "name",
    ["I Am Here - Vocals", "I_Am_Here_Vocals", "Here I Am (Vocals)", "Who I Am", "Am I Wrong - Bass",
     "Am Meer - Gitarre",
     "Am_Meer_Gitarre", "Abend am Meer", "Just a minor thing - bass", "A Minor Thing - Bass", "A Major Lazer",
     "E minor thing",
     "A Minor Key - Vocals", "Ab durch die Mitte - Gesang", "Guitar Take 2B", "Mic 1A", "Take_2B", "Guitar Take 12A",
     "Verse 3A Vox",
     "Apollo 11A - Kick", "Mic 3 - 1A", "1A", "3 am - Vocals", "AM Radio - Bass", "So Am I - Guitar",
     "B Minor Threat - Bass", "Gm Drums - Kick", "Blink 182 - Bass", "Guitar 1A",
     "1A_Kick", "Stairway 4B", "Song in C - Keys", "Dm Me - Vocals", "La Isla - Voz",
     "C# Tutorial - Vocals", "Room 101 Am I - Bass", "Do Re Mi", "Solo", "B - Kick", "Deep 8A Blue"],
)  # fmt: skip
def test_what_only_looks_like_a_key_is_none_and_stays_in_the_title(name: str) -> None:
    assert guess_key(f"{name}.wav") is None
    assert guess_title(f"{name}.wav") == name.replace(" - ", " ").replace("_", " ").strip(" -")


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("Pad (Am).wav", "A minor"), ("Pad [8A].wav", "A minor"), ("Song - 8A - Lead.wav", "A minor"),
        ("Song - 2B.wav", "F# major"),
        ("Kick_2A_124bpm.wav", "Eb minor"), ("Bass 8A 128.wav", "A minor"), ("128 Am Strings.wav", "A minor"),
        ("a-Moll Bass.wav", "A minor"), ("H-Moll_Gitarre.wav", "B minor"), ("B-Moll.wav", "Bb minor"),
        ("Fis-Dur 90bpm.wav", "F# major"),
        ("Strings in A minor.wav", "A minor"), ("C minor keys.wav", "C minor"), ("Am_bass.wav", "A minor"),
        ("Song_Ab_Kick.wav", "Ab major"),
        ("Bass, Dm, 90.wav", "D minor"),
        ("(128bpm, Am) Kick.wav", "A minor"), ("kick_128bpm_am.wav", "A minor"), ("Pad 8A - wet.wav", "A minor"),
        ("Bass in Fm.wav", "F minor"), ("[128 Am] Kick.wav", "A minor"), ("Bajo_Re_menor_120bpm.wav", "D minor"),
        ("Kick.Em.wav", "E minor"), ("Lead F♯m wet.wav", "F# minor"),
        ("Pad La bemolle minore.wav", "G# minor"),
    ],
)  # fmt: skip
def test_a_key_counts_where_it_is_written_as_one(filename: str, name: str) -> None:
    found = guess_key(filename)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    ("filename", "title"),
    [
        ("7 Rings - Vocals.wav", "7 Rings Vocals"), ("808 Bass.wav", "808 Bass"),
        ("99 Problems (Bass).wav", "99 Problems (Bass)"),
        ("12. Kick.wav", "Kick"), ("2026-11-28 Kick.wav", "Kick"), ("Strings in A minor.wav", "Strings"),
        ("Pad (Am).wav", "Pad"),
        ("(Kick).wav", "Kick"), ("Bass_key_of_Am.wav", "Bass"),
        ("(128bpm, Am) Kick.wav", "Kick"), ("Bass @128bpm.wav", "Bass"),
        ("Größe.wav", "Größe"), ("E\u0301te\u0301 Am.wav", "Été"),
        ("LeadVox_128_8A.wav", "LeadVox"),
    ],
)  # fmt: skip
def test_a_suggested_title_keeps_the_numbers_of_names(filename: str, title: str) -> None:
    assert guess_title(filename) == title
