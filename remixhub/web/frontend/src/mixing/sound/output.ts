// The way from the player to the loudspeaker: a context at the mix' rate where the browser gives one, and in it a worklet,
// or on pages that have none (plain http) a script processor, which the page's own work can make stutter.
import type { StemFile } from "./chunks";
import { type Command, MixPlayer, MOST_FRAMES, type Told } from "./mix_player";
import type { StemShape } from "./plan";
import { ResampledPlayer } from "./resampled_player";
import { type FromWorker, startWorker } from "./workers";
import type { ProcessorOptions } from "./worklet";
import address from "./worklet.ts?address";

export interface Output {
  readonly context: AudioContext;
  readonly node: AudioNode;
  /** What is to be said of it: it resamples, it has no thread of its own. */
  readonly note: string;
  send(command: Command): void;
  close(): Promise<void>;
}

const RAMPED_SECONDS = 0.02;

export async function openOutput(
  rateHz: number,
  stems: readonly StemShape[],
  files: readonly StemFile[],
  told: (told: Told) => void,
  heard: (message: FromWorker) => void,
): Promise<Output> {
  const context = contextAt(rateHz);
  const { port1: supply, port2: port } = new MessageChannel();
  const worker = startWorker({ kind: "supply", files, port }, [port], heard);
  const notes = context.sampleRate === rateHz ? [] : [`Your browser plays this at ${kilohertz(context.sampleRate)} instead of ${kilohertz(rateHz)}: what you hear is resampled, what is rendered is not.`];
  try {
    const hasThread = "audioWorklet" in context && typeof AudioWorkletNode !== "undefined";
    if (!hasThread) notes.push(`${isSecureContext ? "This browser" : "This address is not https, so the browser"} gives the sound no thread of its own: it may stutter while the page is busy.`);
    const { node, send, end } = hasThread ? await worklet(context, rateHz, stems, supply, told) : processor(context, rateHz, stems, supply, told);
    const close = async (): Promise<void> => {
      end();
      node.disconnect();
      worker.terminate();
      await context.close();
    };
    return { context, node, send, note: notes.join(" "), close };
  } catch (fault) {
    worker.terminate();
    await context.close();
    throw fault;
  }
}

/** Without a click, whatever it was at. */
export function rampTo(param: AudioParam, value: number, context: BaseAudioContext): void {
  const now = context.currentTime;
  param.cancelScheduledValues(now);
  param.setValueAtTime(param.value, now);
  param.linearRampToValueAtTime(value, now + RAMPED_SECONDS);
}

interface Running {
  readonly node: AudioNode;
  send(command: Command): void;
  end(): void;
}

async function worklet(
  context: AudioContext, rateHz: number, stems: readonly StemShape[], supply: MessagePort, told: (told: Told) => void,
): Promise<Running> {
  await context.audioWorklet.addModule(address);
  const processorOptions: ProcessorOptions = { rateHz, stems: shapes(stems) };
  const node = new AudioWorkletNode(context, "mix-player", { numberOfInputs: 0, outputChannelCount: [2], processorOptions });
  node.port.onmessage = (event: MessageEvent<Told>) => told(event.data);
  node.port.postMessage(supply, [supply]);
  return { node, send: (command) => node.port.postMessage(command), end: () => node.port.postMessage("close") };
}

function processor(
  context: AudioContext, rateHz: number, stems: readonly StemShape[], supply: MessagePort, told: (told: Told) => void,
): Running {
  const player = new MixPlayer(rateHz, stems, told);
  player.supply((wish) => supply.postMessage(wish, wish.spares.map((samples) => samples.buffer)));
  supply.onmessage = (event: MessageEvent<Parameters<MixPlayer["arrived"]>[0]>) => player.arrived(event.data);
  const source = context.sampleRate === rateHz ? player : new ResampledPlayer(player, rateHz, context.sampleRate);
  const node = context.createScriptProcessor(MOST_FRAMES, 0, 2);
  node.onaudioprocess = ({ outputBuffer, playbackTime }) => {
    source.process(outputBuffer.getChannelData(0), outputBuffer.getChannelData(1), Math.round(playbackTime * context.sampleRate));
  };
  return { node, send: (command) => player.receive(command), end: () => (node.onaudioprocess = null) };
}

function contextAt(rateHz: number): AudioContext {
  try {
    return new AudioContext({ sampleRate: rateHz, latencyHint: "balanced" });
  } catch {
    return new AudioContext({ latencyHint: "balanced" });
  }
}

function shapes(stems: readonly StemShape[]): StemShape[] {
  return stems.map(({ id, frames, channels }) => ({ id, frames, channels }));
}

function kilohertz(rateHz: number): string {
  return `${rateHz / 1000} kHz`;
}
