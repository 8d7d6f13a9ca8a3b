// What every page loads: polling of progress (htmx), waveform players and the deck that plays stems together.
import "htmx.org";
import { CountDown } from "./contests/count_down";
import { EntryPlayer } from "./contests/entry_player";
import { StemDeck } from "./playback/stem_deck";
import { submitOnce } from "./submit_once";
import { guardUnsaved } from "./unsaved";
import { WavePlayer } from "./playback/wave_player";

customElements.define("wave-player", WavePlayer);
customElements.define("stem-deck", StemDeck);
customElements.define("count-down", CountDown);
customElements.define("entry-player", EntryPlayer);
guardUnsaved(); // first: a form that is held back is not sent yet
submitOnce();
