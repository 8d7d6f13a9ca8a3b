// The audio thread's own program: mixes and measures. Pieces come straight from the decoding worker.
import { type Arrival, type Command, MixPlayer, type Wish } from "./mix_player";
import type { StemShape } from "./plan";
import { ResampledPlayer } from "./resampled_player";

export interface ProcessorOptions {
  readonly stems: readonly StemShape[];
  /** Of the mix: the context has another one where the browser wants that. */
  readonly rateHz: number;
}

declare const sampleRate: number;
declare const currentFrame: number;
declare function registerProcessor(name: string, processor: new (options: AudioWorkletNodeOptions) => AudioWorkletProcessor): void;
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
}

class MixProcessor extends AudioWorkletProcessor {
  readonly #player: MixPlayer;
  readonly #source: Pick<MixPlayer, "process">;
  #isOpen = true;

  constructor(options: AudioWorkletNodeOptions) {
    super();
    const { stems, rateHz } = options.processorOptions as ProcessorOptions;
    this.#player = new MixPlayer(rateHz, stems, (told) => this.port.postMessage(told, [told.lanes.buffer]));
    this.#source = sampleRate === rateHz ? this.#player : new ResampledPlayer(this.#player, rateHz, sampleRate);
    this.port.onmessage = (event: MessageEvent<Command | "close" | MessagePort>) => {
      const message = event.data;
      if (message === "close") this.#isOpen = false;
      else if (message instanceof MessagePort) this.#supply(message);
      else this.#player.receive(message);
    };
  }

  process(_: Float32Array[][], [output]: Float32Array[][]): boolean {
    const [left, right] = output!;
    this.#source.process(left!, right!, currentFrame);
    return this.#isOpen;
  }

  #supply(port: MessagePort): void {
    this.#player.supply((wish: Wish) => port.postMessage(wish, wish.spares.map((samples) => samples.buffer)));
    port.onmessage = (event: MessageEvent<Arrival>) => this.#player.arrived(event.data);
  }
}

registerProcessor("mix-player", MixProcessor);
