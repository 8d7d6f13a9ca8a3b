// The pages in frames on other sites: a player, or a ticket with its countdown. Nothing is kept, nothing else is loaded.
import { clockText } from "../clock_text";
import { CountDown } from "../contests/count_down";

const STEP_SECONDS = 5;

customElements.define("count-down", CountDown);
const deck = document.querySelector<HTMLElement>("[data-player]");
if (deck !== null) play(deck);

function play(deck: HTMLElement): void {
  const [audio, key, wave, clock] = ["audio", "button", ".wave", ".clock"].map((which) => deck.querySelector(which)) as [
    HTMLAudioElement, HTMLButtonElement, HTMLElement, HTMLOutputElement,
  ];
  const title = deck.dataset["player"] ?? "";
  const stated = Number(deck.dataset["seconds"] ?? 0);
  const seconds = (): number => (Number.isFinite(audio.duration) && audio.duration > 0 ? audio.duration : stated);

  const show = (): void => {
    const share = seconds() > 0 ? Math.min(audio.currentTime / seconds(), 1) : 0;
    wave.style.setProperty("--played", `${(share * 100).toFixed(2)}%`);
    wave.ariaValueMax = seconds().toFixed(0);
    wave.ariaValueNow = audio.currentTime.toFixed(0);
    wave.ariaValueText = `${clockText(audio.currentTime)} of ${clockText(seconds())}`;
    clock.value = `${clockText(audio.currentTime)} / ${clockText(seconds())}`;
    key.setAttribute("aria-label", `${audio.paused ? "Play" : "Pause"} ${title}`);
    key.toggleAttribute("data-playing", !audio.paused);
  };
  const toggle = (): void => {
    if (!audio.paused) return audio.pause();
    audio.play().catch((fault: unknown) => {
      if (audio.error !== null || (fault as DOMException).name === "NotSupportedError") clock.value = "It cannot be played now.";
    });
  };
  const seek = (to: number): void => {
    audio.currentTime = Math.min(Math.max(to, 0), seconds());
    show();
  };
  const seekTo = (event: PointerEvent): void => {
    const box = wave.getBoundingClientRect();
    seek(((event.clientX - box.left) / box.width) * seconds());
  };

  audio.hidden = true;
  for (const shown of [key, wave, clock]) shown.hidden = false;
  key.addEventListener("click", toggle);
  wave.addEventListener("pointerdown", (event) => {
    wave.setPointerCapture(event.pointerId);
    seekTo(event);
  });
  wave.addEventListener("pointermove", (event) => {
    if (wave.hasPointerCapture(event.pointerId)) seekTo(event);
  });
  wave.addEventListener("keydown", (event) => {
    const at = audio.currentTime;
    const steps: Record<string, number> = {
      ArrowRight: at + STEP_SECONDS, ArrowUp: at + STEP_SECONDS, ArrowLeft: at - STEP_SECONDS, ArrowDown: at - STEP_SECONDS,
      Home: 0, End: seconds(),
    };
    const to = steps[event.key];
    if (to !== undefined) seek(to);
    else if (event.key === " " || event.key === "Enter") toggle();
    else return;
    event.preventDefault();
  });
  for (const name of ["play", "pause", "timeupdate", "durationchange", "ended"]) audio.addEventListener(name, show);
  show();
}
