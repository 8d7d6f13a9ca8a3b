// What every page loads: polling of progress (htmx), waveform players and the deck that plays stems together.
import "htmx.org";
import { StemDeck } from "./stem_deck";
import { submitOnce } from "./submit_once";
import { WavePlayer } from "./wave_player";

customElements.define("wave-player", WavePlayer);
customElements.define("stem-deck", StemDeck);
submitOnce();
