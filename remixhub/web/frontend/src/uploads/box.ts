// <upload-box purpose="stem" place="/works/…/claims" into="#stems" limit-bytes="…">: files go straight to the object
// storage in parts (Uppy); then the server checks the stored bytes; then the draft claims them.
import AwsS3 from "@uppy/aws-s3";
import Uppy, { type UppyFile } from "@uppy/core";
import htmx from "htmx.org";
import { claimUpload, createUpload, discardUpload, Problem, readUpload, type Upload } from "../api";
import { sizeText } from "../clock_text";
import { askBeforeLeaving } from "../leaving";
import { newKey } from "../new_key";
import { dropped, fromFolder, loose, type Gathered } from "./gather";
import { fingerprintOf, forget, hasArrived, noteArrived, remember, rememberedFor, type Remembered } from "./memory";
import { TransferSum } from "./sum";
import { TransferRow } from "./transfer_row";

type Meta = Record<string, unknown>;
type Body = Record<string, never>;
type Chosen = UppyFile<Meta, Body>;

const FILES_AT_ONCE = 3;
const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 4000;
const PATIENCE_MS = 30_000;

export class UploadBox extends HTMLElement {
  #uppy = newUppy();
  #rows = new Map<string, TransferRow>();
  #begun = new Map<string, Remembered>();
  #list: HTMLElement = this;
  #partSizes = new Map<number, number>();
  #sum: TransferSum | null = null;
  #opening: Promise<void> = Promise.resolve();
  #claiming: Promise<void> = Promise.resolve();
  #stopAsking: () => void = () => undefined;

  connectedCallback(): void {
    this.#list = this.querySelector(".transfers") ?? this;
    for (const input of this.querySelectorAll<HTMLInputElement>('input[type="file"]')) this.#listenTo(input);
    this.#acceptDrops();
    this.#startUppy();
    this.#sum = new TransferSum(this.querySelector(".transfers-sum") ?? document.createElement("div"), {
      pause: () => this.#uppy.pauseAll(),
      resume: () => this.#uppy.resumeAll(),
      retry: () => this.#retryFailed(),
    });
    this.#stopAsking = askBeforeLeaving(() => {
      if (this.#sum?.isRunning !== true) return null;
      return "Files are still being sent. What has arrived is kept, but the rest has to be chosen again. Leave all the same?";
    });
    for (const one of rememberedFor(this.#place, this.#purpose)) void this.#pickUp(one);
  }

  disconnectedCallback(): void {
    this.#stopAsking();
    this.#uppy.pauseAll(); // ending it would have the storage drop what has arrived
    this.#uppy = newUppy();
  }

  #listenTo(input: HTMLInputElement): void {
    const isFolder = input.webkitdirectory;
    input.disabled = false;
    input.closest<HTMLElement>("label[hidden]")?.removeAttribute("hidden");
    input.addEventListener("change", () => {
      if (input.files) this.#take(isFolder ? fromFolder(input.files) : loose(input.files));
      input.value = "";
    });
  }

  get #place(): string {
    return this.getAttribute("place") ?? "";
  }

  get #purpose(): string {
    return this.getAttribute("purpose") ?? "stem";
  }

  #startUppy(): void {
    this.#uppy.use(AwsS3, {
      companionEndpoint: `${location.origin}/companion`,
      limit: FILES_AT_ONCE,
      shouldUseMultipart: true,
      getChunkSize: ({ size }) => this.#partSizes.get(size) ?? size,
    });
    this.#uppy.on("upload-progress", (file, progress) => {
      const total = progress.bytesTotal ?? file?.size ?? 0;
      const percent = total > 0 ? (100 * progress.bytesUploaded) / total : 0;
      this.#row(file)?.show("sending", `${sizeText(progress.bytesUploaded)} of ${sizeText(total)} sent`, percent);
      if (file) this.#sum?.note(file.id, { sentBytes: progress.bytesUploaded, sizeBytes: total });
    });
    this.#uppy.on("upload-success", (file) => {
      const begun = file && this.#begun.get(file.id);
      const row = this.#row(file);
      if (!file || !begun || !row) return;
      this.#uppy.removeFile(file.id);
      this.#sum?.note(file.id, { isSent: true });
      void this.#awaitCheck(begun, row);
    });
    this.#uppy.on("upload-error", (file, error) => {
      const row = this.#row(file);
      if (!file || !row) return;
      console.warn("transfer failed", error);
      this.#sum?.note(file.id, { hasFailed: true });
      row.show("failed", `The connection broke off. ${kept(this.#begun.get(file.id))}`);
      row.offer({ "Try again": () => void this.#retry(file, row), Discard: () => void this.#discard(file.id) });
    });
  }

  #retryFailed(): void {
    for (const file of this.#uppy.getFiles()) {
      const row = this.#rows.get(file.id);
      if (file.error && row) void this.#retry(file, row);
    }
  }

  async #retry(file: Chosen, row: TransferRow): Promise<void> {
    this.#sum?.note(file.id, { hasFailed: false });
    row.offer({ Cancel: () => void this.#discard(file.id) });
    row.show("sending", "Going on");
    await this.#uppy.retryUpload(file.id);
  }

  #acceptDrops(): void {
    const zone = this.querySelector<HTMLElement>(".drop") ?? this;
    for (const name of ["dragenter", "dragover"]) {
      zone.addEventListener(name, (event) => {
        event.preventDefault();
        zone.classList.add("over");
      });
    }
    for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer) void dropped(event.dataTransfer).then((found) => this.#take(found));
    });
  }

  /** Uploads are opened one after the other: their order is that in which stems will lie. */
  #take({ files, leftOut }: Gathered): void {
    const here = files.filter((file) => this.#isHere(file));
    const meant = this.#purpose === "stem" ? files.filter((file) => !here.includes(file)) : files.slice(0, 1);
    if (leftOut.length > 0) this.#say(`Left out, as it is no sound: ${named(leftOut)}.`);
    if (here.length > 0) this.#say(`In the draft already: ${named(here.map((file) => file.name))}.`);
    for (const file of meant) {
      const row = this.#rowFor(file);
      this.#opening = this.#opening.then(() => this.#begin(file, row));
    }
  }

  #isHere(file: File): boolean {
    if (!hasArrived(this.#place, fingerprintOf(file))) return false;
    return document.querySelector(`[data-filename="${CSS.escape(file.name)}"]`) !== null;
  }

  #say(text: string): void {
    const row = new TransferRow(this.#list, text);
    row.show("said", "");
    row.offer({ Dismiss: () => row.remove() });
  }

  #old(file: File): Remembered | undefined {
    const isBegun = (one: Remembered) => [...this.#begun.values()].some((other) => other.uploadId === one.uploadId);
    const print = fingerprintOf(file);
    return rememberedFor(this.#place, this.#purpose).find((one) => one.fingerprint === print && !isBegun(one));
  }

  #rowFor(file: File): TransferRow {
    const old = this.#old(file);
    const row = (old && this.#rows.get(old.uploadId)) ?? new TransferRow(this.#list, file.name);
    row.show("sending", "Waiting its turn");
    row.offer({});
    return row;
  }

  /** A file that was begun before goes on in its old upload; S3 says which parts are missing. */
  async #begin(file: File, row: TransferRow): Promise<void> {
    row.show("sending", "Getting ready");
    const limitBytes = Number(this.getAttribute("limit-bytes") ?? Infinity);
    if (file.size > limitBytes) {
      row.show("failed", `Files may be ${sizeText(limitBytes)} at most; this one has ${sizeText(file.size)}.`);
      row.offer({ Dismiss: () => row.remove() });
      return;
    }
    try {
      const begun = this.#old(file) ?? (await this.#create(file));
      remember(begun);
      this.#partSizes.set(file.size, begun.partSizeBytes);
      const meta = { uploadId: begun.uploadId, relativePath: begun.uploadId }; // two files may be alike but for their folder
      const id = this.#uppy.addFile({ name: file.name, type: file.type, data: file, meta });
      this.#uppy.setFileState(id, { s3Multipart: { uploadId: begun.uploadId, key: begun.uploadId } });
      this.#rows.set(id, row);
      this.#begun.set(id, begun);
      this.#sum?.note(id, { sizeBytes: file.size });
      row.offer({ Cancel: () => void this.#discard(id) });
    } catch (fault) {
      row.show("failed", fault instanceof Error ? fault.message : "This file could not be taken.");
      row.offer({ Dismiss: () => row.remove() });
    }
  }

  async #create(file: File): Promise<Remembered> {
    const upload = await createUpload(file.name, file.size, this.#purpose);
    return this.#note(upload, file.name, fingerprintOf(file));
  }

  #note(upload: Upload, filename: string, fingerprint: string): Remembered {
    return {
      uploadId: upload.id,
      fingerprint,
      place: this.#place,
      purpose: this.#purpose,
      filename,
      sizeBytes: upload.size_bytes,
      partSizeBytes: upload.part_size_bytes,
    };
  }

  /** After a reload: an unfinished transfer asks for its file, a finished one is followed to its end. */
  async #pickUp(one: Remembered): Promise<void> {
    const row = new TransferRow(this.#list, one.filename);
    this.#rows.set(one.uploadId, row);
    row.show("checking", "Looking how far it came");
    try {
      const upload = await readUpload(one.uploadId);
      if (upload.state !== "open") {
        await this.#awaitCheck(one, row);
        return;
      }
      const sentBytes = (upload.parts ?? []).reduce((sum, part) => sum + part.size_bytes, 0);
      const sent = `${sizeText(sentBytes)} of ${sizeText(one.sizeBytes)} sent`;
      const how = isWhole(one)
        ? "Interrupted. Choose the same file again: one as small as this is sent anew."
        : `Interrupted: ${sent}. Choose the same file again to go on.`;
      row.show("interrupted", how, (100 * sentBytes) / one.sizeBytes);
      row.offer({
        "Choose file": () => this.querySelector<HTMLInputElement>('input[type="file"]')?.click(),
        Discard: () => void this.#drop(one.uploadId, row),
      });
    } catch (fault) {
      this.#giveUpOn(one, row, fault);
    }
  }

  /** Waits until a worker has checked the stored bytes, then hands them to the draft. */
  async #awaitCheck(one: Remembered, row: TransferRow): Promise<void> {
    row.offer({});
    row.show("checking", "Sent. Checking the file");
    const since = Date.now();
    try {
      for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 1.4, LONGEST_WAIT_MS)) {
        const upload = await readUpload(one.uploadId);
        if (!this.isConnected) return; // the box of the page that took this one's place goes on
        if (upload.state === "ready") break;
        if (upload.state === "rejected") throw new Problem(422, "rejected", upload.rejection?.detail ?? "It was refused.");
        if (upload.state === "claimed" || upload.state === "aborted") {
          forget(one.uploadId);
          row.remove();
          return;
        }
        if (upload.waiting) row.show("checking", `Sent. Checking waits: ${upload.waiting.detail}`);
        else if (Date.now() - since > PATIENCE_MS) row.show("checking", "Sent. Checking is delayed; it goes on by itself.");
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
      await this.#claimInTurn(one.uploadId);
      forget(one.uploadId);
      noteArrived(this.#place, one.fingerprint);
      row.remove();
    } catch (fault) {
      this.#giveUpOn(one, row, fault);
    }
  }

  /** One after the other: a new row says behind which it lies, and has to find that one. */
  async #claimInTurn(uploadId: string): Promise<void> {
    const turn = this.#claiming.then(async () => this.#place_in(await claimUpload(this.#place, uploadId)));
    this.#claiming = turn.catch(() => undefined);
    await turn;
  }

  /** `into` names a list to append to, or, with `replaces`, a piece of the page to put in place of the old one. Rows of
   * the list that are there already take the place of the old ones, but for the one in which somebody writes. */
  #place_in(html: string): void {
    const target = document.querySelector<HTMLElement>(this.getAttribute("into") ?? "");
    if (target === null) return;
    const template = document.createElement("template");
    template.innerHTML = html;
    const fresh = [...template.content.children];
    if (this.hasAttribute("replaces")) target.replaceWith(template.content);
    else for (const row of fresh) this.#put_row(row, target);
    for (const element of fresh) htmx.process(element);
    document.dispatchEvent(new CustomEvent("remixhub:claimed"));
  }

  /** A new row says after which it lies. */
  #put_row(row: Element, list: HTMLElement): void {
    const old = row.id ? document.getElementById(row.id) : null;
    const after = row.getAttribute("data-after");
    if (old !== null) {
      if (!old.contains(document.activeElement)) old.replaceWith(row);
    } else if (after === "") list.prepend(row);
    else {
      const before = after === null ? null : document.getElementById(`stem-${after}`);
      if (before === null) list.append(row);
      else before.after(row);
    }
  }

  #giveUpOn(one: Remembered, row: TransferRow, fault: unknown): void {
    const isFinal = fault instanceof Problem && fault.status < 500;
    if (isFinal) forget(one.uploadId);
    const text = fault instanceof Problem ? fault.message : "The server cannot be reached.";
    row.show(isFinal ? "rejected" : "failed", text);
    const again: Record<string, () => void> = isFinal ? {} : { "Try again": () => void this.#again(one, row) };
    row.offer({ ...again, Dismiss: () => row.remove() });
  }

  async #again(one: Remembered, row: TransferRow): Promise<void> {
    row.remove();
    await this.#pickUp(one);
  }

  async #discard(fileId: string): Promise<void> {
    const begun = this.#begun.get(fileId);
    const row = this.#rows.get(fileId);
    this.#uppy.removeFile(fileId); // tells the storage to drop the parts as well
    this.#sum?.drop(fileId);
    if (begun && row) await this.#drop(begun.uploadId, row);
  }

  async #drop(uploadId: string, row: TransferRow): Promise<void> {
    forget(uploadId);
    row.remove();
    try {
      await discardUpload(uploadId);
    } catch (fault) {
      console.warn("the upload will be swept later", fault); // gone already, or swept after a day
    }
  }

  #row(file: Chosen | undefined): TransferRow | undefined {
    return file && this.#rows.get(file.id);
  }
}

function newUppy(): Uppy<Meta, Body> {
  return new Uppy<Meta, Body>({ id: newKey(), autoProceed: true, allowMultipleUploadBatches: true });
}

/** Sent in one part: there is nothing to go on from. */
function isWhole(one: Remembered): boolean {
  return one.sizeBytes <= one.partSizeBytes;
}

function kept(one: Remembered | undefined): string {
  return one && isWhole(one) ? "A file as small as this is sent anew." : "What has arrived is kept.";
}

function named(names: string[]): string {
  const shown = names.slice(0, 5).join(", ");
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
