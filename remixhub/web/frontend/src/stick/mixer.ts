// The small mixer: the stems of a work together, each with its gain, muted or solo. The players stay where there is none.
import { clockText } from "../clock_text";
import { Holder } from "./in_sync";

const LOOK_EVERY_MS = 40;
/** So near to each other stems are heard as they are, and are held to much less while they sound. */
const TOGETHER_SECONDS = 0.005;
/** Beyond, they are brought together before they are heard; for so long at most. */
const APART_SECONDS = 0.03;
const LONGEST_HUSH_MS = 3000;
/** A rehearsal that was so far apart is that of a browser which starts one after the other, each time. */
const HOPELESS_SECONDS = 0.25;
const LONGEST_REHEARSAL_MS = 2500;
/** A player that has got so far has begun; in Firefox its time runs a little before its sound does. */
const BEGUN_SECONDS = 0.03;
const SURELY_BEGUN_SECONDS = 0.2;
/** Looks in a row at which all are together, before they are heard. */
const LOOKS_TOGETHER = 4;
const QUIETEST_DB = -40;
const STEP_SECONDS = 5;
/** Chromium holds 75 players a page; beyond, the others do not sound. */
const MOST_STEMS = 64;

interface Lane {
  player: HTMLAudioElement;
  /** Of the artist, lowered so that the loudest stem is at full volume: players know no gain above 1. */
  ownDb: number;
  gainDb: number;
  isMuted: boolean;
  isSolo: boolean;
  show(): void;
}

export function startMixer(box: HTMLElement): void {
  const rows = [...box.querySelectorAll<HTMLElement>(".lane")].filter((row) => row.querySelector("audio") !== null);
  if (rows.length < 2 || rows.length > MOST_STEMS) return;
  const bar = made("div", "mixer-bar");
  const open = key("Mix these stems", "primary");
  const said = made("output", "mixer-said") as HTMLOutputElement;
  bar.append(open, said);
  box.prepend(bar);
  open.addEventListener("click", () => {
    bar.replaceChildren();
    mix(box, rows, bar, said);
  });
}

function mix(box: HTMLElement, rows: readonly HTMLElement[], bar: HTMLElement, said: HTMLOutputElement): void {
  const loudest = Math.max(...rows.map((row) => Number(row.dataset["gainDb"])));
  const seconds = Math.max(...rows.map((row) => Number(row.dataset["seconds"])));
  const play = key("Play", "primary");
  const place = made("input") as HTMLInputElement;
  const clock = made("output") as HTMLOutputElement;
  let isOn = false;
  let isHushed = false;
  let isDragged = false;
  let hushedAt = 0;
  let begunAt = 0;
  let hasBegun = false;
  let together = 0;
  let at = 0;
  let watch = 0;
  /** Of beginnings: what waited for the players goes on only if nobody has begun, moved or stopped since. */
  let turn = 0;

  const lanes = rows.map((row) => laneOf(row, loudest, apply));
  const players = lanes.map((lane) => lane.player);
  const holder = new Holder(players);
  Object.assign(place, { type: "range", min: "0", max: String(Math.ceil(seconds)), step: "any", value: "0" });
  place.setAttribute("aria-label", "Position in the mix");
  said.setAttribute("role", "status");
  bar.append(play, place, clock, said);
  box.toggleAttribute("data-mixing", true);
  for (const player of players) player.preload = "auto";
  play.addEventListener("click", () => (isOn ? pause(at) : void begin()));
  place.addEventListener("pointerdown", () => (isDragged = true));
  place.addEventListener("change", () => {
    isDragged = false;
    seek(Number(place.value));
  });
  place.addEventListener("keydown", (event) => {
    const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (way === undefined) return;
    event.preventDefault();
    seek(at + way * STEP_SECONDS);
  });
  apply();
  show();
  play.focus();

  function apply(): void {
    const hasSolo = lanes.some((lane) => lane.isSolo);
    for (const lane of lanes) {
      const isSilent = lane.isMuted || (hasSolo && !lane.isSolo) || lane.gainDb <= QUIETEST_DB;
      setGain(lane.player, isSilent || isHushed ? 0 : 10 ** ((lane.ownDb + lane.gainDb) / 20));
      lane.player.closest(".lane")?.toggleAttribute("data-silent", isSilent);
      lane.show();
    }
  }

  async function begin(): Promise<void> {
    rest();
    const own = turn;
    if (at >= seconds - 0.05) at = 0;
    isOn = isHushed = true;
    said.value = "";
    apply();
    show();
    await Promise.all(players.map(ready));
    await Promise.all(players.map((player) => moved(player, at)));
    if (own !== turn || !(await played(own))) return;
    const apart = await rehearsed(own);
    if (own !== turn) return;
    for (const player of players) player.pause();
    await Promise.all(players.map((player) => moved(player, at)));
    if (own !== turn) return;
    isHushed = apart > HOPELESS_SECONDS;
    hushedAt = performance.now();
    begunAt = at;
    hasBegun = false;
    together = 0;
    apply();
    if (!(await played(own))) return;
    watch = window.setInterval(look, LOOK_EVERY_MS);
  }

  /** All in one go, so that they begin together as nearly as the browser can; says whether they did. */
  async function played(own: number): Promise<boolean> {
    const begun = players.filter((player) => !(player.duration <= at)).map((player) => player.play());
    const fault = (await Promise.allSettled(begun)).find((one) => one.status === "rejected");
    if (own !== turn) return false;
    if (fault === undefined) return true;
    pause(at);
    said.value = "This browser does not play these files.";
    return false;
  }

  /** Unheard, from the same place: what is opened for each player stays open, and the next start is closer. */
  async function rehearsed(own: number): Promise<number> {
    const ends = performance.now() + LONGEST_REHEARSAL_MS;
    while (own === turn && performance.now() < ends && !haveBegun(at, SURELY_BEGUN_SECONDS)) await new Promise((resolve) => setTimeout(resolve, 20));
    return apartNow();
  }

  function playingNow(): HTMLAudioElement[] {
    return players.filter((player) => !player.paused && !player.ended);
  }

  function haveBegun(from: number, by: number): boolean {
    return playingNow().every((player) => player.currentTime > from + by);
  }

  function apartNow(): number {
    const times = playingNow().map((player) => player.currentTime);
    return Math.max(...times) - Math.min(...times);
  }

  function look(): void {
    const playing = playingNow();
    if (playing.length === 0) return pause(players.some((player) => player.ended) ? 0 : at);
    const now = performance.now();
    at = Math.max(...playing.map((player) => player.currentTime));
    show();
    if (!hasBegun) {
      hasBegun = haveBegun(begunAt, isHushed ? SURELY_BEGUN_SECONDS : BEGUN_SECONDS) || now - hushedAt > LONGEST_REHEARSAL_MS;
      if (!hasBegun) return;
      hushedAt = now;
      isHushed ||= apartNow() > APART_SECONDS;
      apply();
    }
    const off = holder.look(now / 1000, !isHushed);
    box.dataset["offMs"] = (off * 1000).toFixed(1);
    together = off < TOGETHER_SECONDS ? together + 1 : 0;
    if (isHushed && (together >= LOOKS_TOGETHER || now - hushedAt > LONGEST_HUSH_MS)) {
      isHushed = false;
      apply();
    }
  }

  function rest(): void {
    turn += 1;
    clearInterval(watch);
    for (const player of players) player.pause();
    holder.forget();
  }

  function pause(where: number): void {
    rest();
    isOn = false;
    at = where;
    show();
  }

  function seek(to: number): void {
    at = Math.min(Math.max(to, 0), seconds);
    show();
    if (isOn) void begin();
  }

  function show(): void {
    if (!isDragged) place.value = String(at);
    place.setAttribute("aria-valuetext", `${clockText(at)} of ${clockText(seconds)}`);
    clock.value = `${clockText(at)} / ${clockText(seconds)}`;
    play.textContent = isOn ? "Pause" : "Play";
    box.style.setProperty("--at", String(seconds > 0 ? at / seconds : 0));
  }
}

function laneOf(row: HTMLElement, loudestDb: number, apply: () => void): Lane {
  const name = row.dataset["name"] ?? "";
  const player = row.querySelector("audio") as HTMLAudioElement;
  const mute = toggle("M", `Mute ${name}`);
  const solo = toggle("S", `Solo ${name}`);
  const fader = made("input") as HTMLInputElement;
  const figure = made("output") as HTMLOutputElement;
  Object.assign(fader, { type: "range", min: String(QUIETEST_DB), max: "0", step: "0.5", value: "0" });
  fader.setAttribute("aria-label", `Gain of ${name}`);
  const lane: Lane = {
    player, ownDb: Number(row.dataset["gainDb"]) - loudestDb, gainDb: 0, isMuted: false, isSolo: false,
    show() {
      mute.setAttribute("aria-pressed", String(lane.isMuted));
      solo.setAttribute("aria-pressed", String(lane.isSolo));
      const said = lane.gainDb <= QUIETEST_DB ? "silent" : lane.gainDb === 0 ? "0 dB" : `−${(-lane.gainDb).toFixed(1)} dB`;
      figure.value = said;
      fader.setAttribute("aria-valuetext", said);
    },
  };
  const change = (act: () => void) => () => {
    act();
    apply();
  };
  mute.addEventListener("click", change(() => (lane.isMuted = !lane.isMuted)));
  solo.addEventListener("click", change(() => (lane.isSolo = !lane.isSolo)));
  fader.addEventListener("input", change(() => (lane.gainDb = Number(fader.value))));
  player.preservesPitch = false; // a nudge of its speed is heard less than what keeps its pitch
  const tools = made("div", "lane-mix");
  tools.append(solo, mute, fader, figure);
  player.parentElement?.append(tools);
  return lane;
}

/**
 * What is silent plays on at −80 dB: Firefox closes the output of a player at zero, and has it late when it comes back.
 * Where pages may change no volume (iOS) it is muted.
 */
function setGain(player: HTMLMediaElement, gain: number): void {
  player.volume = Math.min(1, Math.max(gain, 1e-4));
  player.muted = gain === 0 && player.volume > 0.5;
}

/** Once it can play without waiting, or cannot at all: then playing says so. */
function ready(player: HTMLMediaElement): Promise<unknown> {
  if (player.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA || player.error !== null) return Promise.resolve();
  const done = once(player, "canplay", "error");
  if (player.networkState !== HTMLMediaElement.NETWORK_LOADING) player.load();
  return done;
}

function moved(player: HTMLMediaElement, to: number): Promise<unknown> {
  if (Math.abs(player.currentTime - to) < 1e-6 || player.readyState === 0) return Promise.resolve();
  const done = once(player, "seeked", "error");
  player.currentTime = Math.min(to, player.duration);
  return done;
}

function once(player: HTMLMediaElement, ...names: readonly string[]): Promise<unknown> {
  return Promise.race(names.map((name) => new Promise((resolve) => player.addEventListener(name, resolve, { once: true }))));
}

function made(kind: string, className = ""): HTMLElement {
  return Object.assign(document.createElement(kind), { className });
}

function key(words: string, className: string): HTMLButtonElement {
  return Object.assign(document.createElement("button"), { type: "button", className, textContent: words });
}

function toggle(letter: string, words: string): HTMLButtonElement {
  const button = key(letter, "mini");
  button.setAttribute("aria-label", words);
  return button;
}
