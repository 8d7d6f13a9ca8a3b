// Plays a mix from its stems as they stream in. The page's side: what is asked for, what is heard and what hinders it; the
// mixing itself is the player's (mix_player.ts), in the audio thread.
import type { Mix } from "../document/mix";
import type { Hindrance } from "./chunks";
import { Heard } from "./heard";
import type { Braces, Order, Told } from "./mix_player";
import { openOutput, type Output, rampTo } from "./output";
import { planMix, type StemShape } from "./plan";
import { ReferenceSound } from "./reference";
import type { Levels, Loudness, Reference, Sound } from "./sound";
import { StayingOn } from "./staying_on";
import { type FromWorker, startWorker } from "./workers";

export interface StemSound extends StemShape {
  /** Addresses of the FLAC and of its index. */
  readonly sound: string;
  readonly index: string;
}

const IDLE_MS = 3_000;
const HINDRANCES: Readonly<Record<Hindrance, string>> = {
  "": "",
  lost: "The connection is lost. What is loaded plays on; it goes on by itself when it is back.",
  unprepared: "Stems are still being prepared for playing together. It goes on by itself when they are there.",
  refused: "The stems cannot be loaded right now. It tries again by itself.",
};
const SILENT: Levels = { lanes: [], left: -Infinity, right: -Infinity, shortTermLufs: -Infinity, integratedLufs: -Infinity, truePeakDbtp: -Infinity, isClipped: false };

export class Engine extends EventTarget implements Sound {
  readonly #heard: Heard;
  readonly #staying = new StayingOn();
  #mix: Mix | null = null;
  #frames = 0;
  #output: Output | null = null;
  #mixGain: GainNode | null = null;
  #opening: Promise<Output> | null = null;
  #told: Told | null = null;
  #serial = 0;
  /** Of the command that the player plays by. */
  #playSerial = Infinity;
  #isWanted = false;
  #hindrance: Hindrance = "";
  #fault = "";
  #state = "";
  #idle = 0;
  #isClosed = false;
  #compared: Reference | null = null;
  #reference: { of: string; sound: ReferenceSound } | null = null;
  #measured: { mix: Mix; loudness: Loudness } | null = null;
  #measuring = new AbortController();

  constructor(
    private readonly rateHz: number,
    private readonly stems: readonly StemSound[],
  ) {
    super();
    this.#heard = new Heard(rateHz);
  }

  setMix(mix: Mix): void {
    this.#mix = mix;
    this.#frames = planMix(mix, this.stems).frames;
    this.#send({ kind: "mix", mix });
  }

  async play(): Promise<void> {
    if (this.#isClosed) return;
    this.#isWanted = true;
    this.#playSerial = Infinity;
    this.#fault = "";
    if (this.position >= this.#frames) this.seek(0);
    this.#changed();
    try {
      this.#opening ??= this.#open();
      const { context } = await this.#opening;
      if (!this.#isWanted) return;
      clearTimeout(this.#idle);
      this.#staying.set(true);
      await context.resume();
    } catch (fault) {
      this.#opening = null;
      this.#isWanted = false;
      this.#fault = "This browser cannot play sound right now. Try again in a moment.";
      this.#changed();
      throw fault;
    }
    if (!this.#isWanted) return;
    this.#send({ kind: "play" });
    this.#playSerial = this.#serial;
  }

  pause(): void {
    if (!this.#isWanted) return;
    const heard = this.position;
    this.#isWanted = false;
    this.#send({ kind: "pause" });
    this.seek(heard); // what was on its way to the ears comes again
    this.#rest();
    this.#changed();
  }

  seek(frame: number): void {
    const place = Math.max(0, Math.round(frame));
    this.#send({ kind: "seek", frame: place });
    this.#heard.moved(place, this.#serial);
  }

  setLoop(braces: Braces | null): void {
    this.#heard.braces = braces;
    this.#send({ kind: "loop", braces });
  }

  get isPlaying(): boolean {
    return this.#isWanted;
  }

  get isWaiting(): boolean {
    return this.#isWanted && this.#told?.isSounding !== true;
  }

  get position(): number {
    const context = this.#output?.context;
    if (context === undefined) return this.#heard.position(0, 1, this.#frames);
    const heardAt = (context.currentTime - (context.outputLatency || context.baseLatency || 0)) * context.sampleRate;
    return this.#heard.position(heardAt, context.sampleRate, this.#frames);
  }

  get trouble(): string {
    return this.#fault || HINDRANCES[this.#hindrance];
  }

  get note(): string {
    return this.#output?.note ?? "";
  }

  get levels(): Levels {
    const told = this.#told;
    if (told === null) return SILENT;
    const lanes = Array.from({ length: told.lanes.length / 2 }, (_, lane) => ({
      left: decibels(told.lanes[2 * lane]!),
      right: decibels(told.lanes[2 * lane + 1]!),
    }));
    return {
      lanes,
      left: decibels(told.left),
      right: decibels(told.right),
      shortTermLufs: told.shortTermLufs,
      integratedLufs: told.integratedLufs,
      truePeakDbtp: decibels(told.truePeak),
      isClipped: told.samplePeak > 1,
    };
  }

  forgetPeaks(): void {
    this.#send({ kind: "forget" });
  }

  measure(signal: AbortSignal): Promise<Loudness> {
    const mix = this.#mix;
    return new Promise((resolve, reject) => {
      if (mix === null || signal.aborted) {
        reject(signal.reason ?? new Error("there is no mix"));
        return;
      }
      const stems = this.stems.map(({ id, frames, channels }) => ({ id, frames, channels }));
      const worker = startWorker({ kind: "measure", files: this.#files, stems, mix }, [], (message) => {
        if (message.kind !== "measured" && message.kind !== "fault") return;
        worker.terminate();
        if (message.kind === "fault") reject(new Error(message.fault));
        else {
          this.#measured = { mix, loudness: message.loudness };
          resolve(message.loudness);
        }
      });
      signal.addEventListener("abort", () => {
        worker.terminate();
        reject(signal.reason);
      });
    });
  }

  compare(reference: Reference | null): void {
    this.#compared = reference;
    this.#measuring.abort();
    this.#measuring = new AbortController();
    this.#showCompared();
    if (reference === null || this.#mixLufs !== null) return;
    void this.measure(this.#measuring.signal).then(() => this.#showCompared(), () => undefined);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#isWanted = false;
    clearTimeout(this.#idle);
    this.#measuring.abort();
    this.#staying.close();
    this.#reference?.sound.close();
    const output = await this.#opening?.catch(() => null);
    await output?.close();
  }

  get #files(): { sound: string; index: string }[] {
    return this.stems.map(({ sound, index }) => ({ sound, index }));
  }

  async #open(): Promise<Output> {
    const output = await openOutput(this.rateHz, this.stems, this.#files, (told) => this.#take(told), (message) => this.#hear(message));
    this.#output = output;
    const mix = new GainNode(output.context);
    output.node.connect(mix).connect(output.context.destination);
    this.#mixGain = mix;
    if (this.#mix !== null) this.#send({ kind: "mix", mix: this.#mix });
    this.setLoop(this.#heard.braces);
    this.seek(this.position);
    this.#showCompared();
    return output;
  }

  #send(order: Order): void {
    this.#serial += 1;
    this.#output?.send({ ...order, serial: this.#serial });
  }

  #take(told: Told): void {
    this.#told = told;
    this.#heard.told(told);
    // it came to its end by itself
    if (this.#isWanted && !told.isPlaying && told.serial >= this.#playSerial) {
      this.#isWanted = false;
      this.#rest();
    }
    this.#reference?.sound.follow(told.isSounding && this.#compared !== null, this.position / this.rateHz);
    this.#changed();
  }

  #hear(message: FromWorker): void {
    if (message.kind === "hindrance") this.#hindrance = message.hindrance;
    if (message.kind === "fault") {
      console.warn("a stem cannot be played", message.fault);
      this.#fault = "A stem cannot be played right now. Reload the page and try again.";
    }
    this.#changed();
  }

  /** The sound card is given back a while after it was used last. */
  #rest(): void {
    this.#staying.set(false);
    clearTimeout(this.#idle);
    this.#idle = window.setTimeout(() => void (!this.#isWanted && this.#output?.context.suspend()), IDLE_MS);
  }

  get #mixLufs(): number | null {
    return this.#measured?.mix === this.#mix ? (this.#measured?.loudness.integratedLufs ?? null) : null;
  }

  #showCompared(): void {
    const output = this.#output;
    if (output === null || this.#mixGain === null) return;
    const wanted = this.#compared;
    if (wanted !== null && this.#reference?.of !== wanted.address) {
      this.#reference?.sound.close();
      this.#reference = { of: wanted.address, sound: new ReferenceSound(output.context, wanted.address) };
    }
    rampTo(this.#mixGain.gain, wanted === null ? 1 : 0, output.context);
    const live = this.#told?.integratedLufs ?? -Infinity;
    const lufs = this.#mixLufs ?? (Number.isFinite(live) ? live : null);
    const gainDb = lufs === null || wanted?.lufs == null ? 0 : lufs - wanted.lufs;
    this.#reference?.sound.show(wanted === null ? null : gainDb);
    this.#reference?.sound.follow(this.#told?.isSounding === true && wanted !== null, this.position / this.rateHz);
  }

  /** Says `change` when one of these is another than before. */
  #changed(): void {
    const state = JSON.stringify([this.isPlaying, this.isWaiting, this.trouble, this.note]);
    if (state === this.#state) return;
    this.#state = state;
    this.dispatchEvent(new Event("change"));
  }
}

function decibels(level: number): number {
  return level > 0 ? 20 * Math.log10(level) : -Infinity;
}
