// Links and forms swap the page's part (`#page`) instead of loading anew, so that whatever plays goes on. htmx's boost does
// it; the server knows nothing of it: the whole document is asked for and `#page` taken from it. This module adds what
// browsers do by themselves on a load: questions before leaving, focus, scroll, errors as pages, one way at a time.

import { here, keepPlaces, notePlace, returnToPlace, settle, shownPath } from "./places";

const PAGE = "page";
const SLOW_MS = 150; // earlier than this nobody wonders
/** Answers of these paths are no pages: files, programs' answers, what sends on to the object storage. */
const NO_PAGES = /^\/(api|media|static|companion)\/|\/original$|\.(csv|json|zip|ics|atom|xml|txt)$/;

/** What htmx keeps of a request, as far as it is used here. */
interface Context {
  sourceElement: Element;
  target?: Element;
  text?: string;
  hx?: { reswap?: string };
  request: {
    action: string;
    anchor?: string;
    method: string;
    headers: Record<string, string>;
    signal?: AbortSignal;
    timeout?: number;
    form?: HTMLFormElement | null;
    submitter?: HTMLElement | null;
  };
  response?: { raw: Response };
}

interface Walk {
  context: Context;
  abort: AbortController;
  /** By the back or forward button: the address has changed already. */
  isReturn: boolean;
  leftPath: string;
  leftControl: string | null;
}

/** The Navigation API, as far as it is used here; TypeScript's library does not know it yet. */
interface Navigating extends Event {
  navigationType: "push" | "replace" | "reload" | "traverse";
  canIntercept: boolean;
  hashChange: boolean;
}

let current: Walk | null = null;
let slow = 0;

export function walkThroughPages(): void {
  keepHistory();
  on("htmx:before:init", (event) => {
    const element = event.target as Element;
    if (element instanceof HTMLAnchorElement && NO_PAGES.test(element.pathname)) event.preventDefault();
  });
  onContext("htmx:config:request", prepare);
  onContext("htmx:before:request", (_, context) => {
    if (!isWalk(context)) return;
    current?.abort.abort();
    const abort = new AbortController();
    const signals = [abort.signal, ...(context.request.signal ? [context.request.signal] : [])];
    context.request.signal = AbortSignal.any(signals);
    current = { context, abort, isReturn: isReturn(context), leftPath: shownPath(), leftControl: describe(context.request.submitter) };
    window.clearTimeout(slow);
    slow = window.setTimeout(() => document.documentElement.toggleAttribute("data-walking", true), SLOW_MS);
  });
  onContext("htmx:before:response", (event, context) => {
    if (walkOf(context) === null || isHtml(context)) return;
    if (goThere(context)) event.preventDefault();
  });
  onContext("htmx:after:request", (event, context) => {
    if (walkOf(context) === null) {
      if ((context.response?.raw.status ?? 0) >= 400 && context.hx) context.hx.reswap = "none"; // pieces: what is there stays
    } else if (!isOfThisProgram(context.text ?? "") && goThere(context)) event.preventDefault();
  });
  on("htmx:before:history:update", (event) => {
    const { history: step, response } = (event as CustomEvent<{ history: { type: string; path: string }; response?: { raw: Response } }>).detail;
    if (current === null || response?.raw !== current.context.response?.raw) return;
    notePlace();
    const isForm = current.context.request.method !== "GET";
    if (isForm && !response?.raw.redirected) event.preventDefault(); // the address of a form's answer cannot be asked for
    else if (step.path === here() + location.hash) step.type = "replace";
  });
  onContext("htmx:after:swap", (_, context) => {
    const walk = walkOf(context);
    if (walk !== null) arrive(walk);
  });
  onContext("htmx:error", (_, context) => {
    const walk = walkOf(context);
    if (walk !== null && !walk.abort.signal.aborted) stumble(context);
  });
  onContext("htmx:finally:request", (_, context) => {
    delete context.request.form?.dataset["sent"];
    if (walkOf(context) === null) return;
    current = null;
    window.clearTimeout(slow);
    document.documentElement.removeAttribute("data-walking");
  });
}

/** May the page be left? Whatever holds an unloading (`beforeunload`) holds a walk as well. */
function mayLeave(): boolean {
  const asked = new CustomEvent("beforeunload", { cancelable: true, detail: { question: "" } });
  if (window.dispatchEvent(asked)) return true;
  return window.confirm(asked.detail.question || "Leave this page? What is not saved or sent yet is lost.");
}

function prepare(event: Event, context: Context): void {
  if (!isWalk(context)) return;
  const { request } = context;
  request.timeout = 0; // browsers wait as long as it takes
  request.headers["Accept"] = "text/html";
  if (isReturn(context)) return;
  const to = new URL(request.action || location.href, location.href);
  if (request.anchor !== undefined && request.method === "GET" && to.pathname + to.search === here()) {
    event.preventDefault();
    location.hash = request.anchor;
    return;
  }
  if (!mayLeave()) {
    event.preventDefault();
    delete request.form?.dataset["sent"];
    return;
  }
  // a form by GET puts its fields in the place of the address's own
  if (request.form && request.method === "GET") request.action = to.pathname;
}

function arrive(walk: Walk): void {
  settle();
  const page = document.getElementById(PAGE);
  const heading = page?.querySelector<HTMLElement>("main h1") ?? page?.querySelector<HTMLElement>("main") ?? null;
  const anchor = walk.context.request.anchor;
  // where a form's answer leads to is marked by the page: a redirection's fragment is not told
  const named = anchor ? document.getElementById(decodeURIComponent(anchor)) : (page?.querySelector<HTMLElement>("[data-linked]") ?? null);
  if (walk.isReturn) {
    focusOn(heading);
    returnToPlace();
  } else if (named !== null) {
    focusOn(named);
    named.scrollIntoView({ block: "start", behavior: "instant" });
  } else if (page?.querySelector("[autofocus]") != null) {
    window.scrollTo({ top: 0, behavior: "instant" }); // htmx has given it the focus
  } else {
    const fault = page?.querySelector<HTMLElement>("main [aria-invalid='true']") ?? null;
    const told = page?.querySelector("main .flashes") ?? null;
    // what was pressed is still there, and nothing is told: people go on where they were
    const same = told === null && walk.leftPath === here() ? controlOf(walk.leftControl) : null;
    if (fault !== null || same !== null) (fault ?? same)?.focus();
    else {
      focusOn(heading);
      window.scrollTo({ top: 0, behavior: "instant" });
    }
  }
}

function focusOn(element: HTMLElement | null): void {
  if (element === null) return;
  if (!element.hasAttribute("tabindex")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
}

/** How to find a form's button again on the next page; null for links. */
function describe(submitter: HTMLElement | null | undefined): string | null {
  const form = (submitter as HTMLButtonElement | null | undefined)?.form;
  if (!submitter || !form) return null;
  const at = [...form.querySelectorAll("button, input[type=submit]")].indexOf(submitter);
  return JSON.stringify([form.getAttribute("action"), at]);
}

function controlOf(description: string | null): HTMLElement | null {
  if (description === null) return null;
  const [action, at] = JSON.parse(description) as [string | null, number];
  const form = [...document.querySelectorAll<HTMLFormElement>("main form")].find((one) => one.getAttribute("action") === action);
  return form?.querySelectorAll<HTMLElement>("button, input[type=submit]")[at] ?? null;
}

/** The connection broke, or the answer is not ours to read (a file on another origin). */
function stumble(context: Context): void {
  const { method, action } = context.request;
  if (method === "GET" && navigator.onLine) {
    location.assign(action);
    return;
  }
  document.querySelector(".walk-fault")?.remove();
  const fault = document.createElement("p");
  fault.className = "note bad walk-fault";
  fault.setAttribute("role", "alert");
  fault.textContent =
    method === "GET"
      ? "The page could not be fetched. Check the connection and try again."
      : "This could not be sent. Check the connection and try again; what you typed is still here.";
  document.querySelector("main")?.prepend(fault);
  fault.scrollIntoView({ block: "nearest" });
}

/** Lets the browser go where the answer came from; false where that would send a form a second time. */
function goThere(context: Context): boolean {
  const { method, action, anchor } = context.request;
  const raw = context.response?.raw;
  if (method !== "GET" && !raw?.redirected) return false;
  current?.abort.abort();
  location.assign((raw?.url || action) + (anchor ? `#${anchor}` : ""));
  return true;
}

function isHtml(context: Context): boolean {
  const raw = context.response?.raw;
  return raw?.status === 204 || (raw?.headers.get("Content-Type") ?? "").startsWith("text/html");
}

/** A page of another build, or of another layout, is loaded as a whole. */
function isOfThisProgram(text: string): boolean {
  const script = document.querySelector('script[type="module"][src*="/build/app.js"]')?.getAttribute("src") ?? "";
  return text === "" || (text.includes(`src="${script}"`) && text.includes(`id="${PAGE}"`));
}

function keepHistory(): void {
  keepPlaces();
  window.addEventListener("hashchange", settle);
  const navigation = (window as { navigation?: EventTarget }).navigation;
  let isAsked = false;
  navigation?.addEventListener("navigate", (fired) => {
    const event = fired as Navigating;
    if (event.navigationType === "push" && event.hashChange) notePlace();
    if (event.navigationType !== "traverse" || !event.canIntercept || event.hashChange || !event.cancelable) return;
    isAsked = mayLeave();
    if (isAsked) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  });
  // where the way back could not be stopped, the address is put back
  on("htmx:before:history:restore", (event) => {
    const left = shownPath();
    if (here() === left) event.preventDefault(); // another place of the page that is seen
    else if (!isAsked && !mayLeave()) {
      event.preventDefault();
      history.pushState({ htmx: true }, "", left);
      settle();
    }
    isAsked = false;
  });
}

function isWalk(context: Context): boolean {
  return context.target?.id === PAGE;
}

function isReturn(context: Context): boolean {
  return "HX-History-Restore-Request" in context.request.headers;
}

function walkOf(context: Context | undefined): Walk | null {
  return current !== null && current.context === context ? current : null;
}

function on(name: string, listener: (event: Event) => void): void {
  document.addEventListener(name, listener);
}

function onContext(name: string, listener: (event: Event, context: Context) => void): void {
  on(name, (event) => {
    const context = (event as CustomEvent<{ ctx?: Context }>).detail.ctx;
    if (context !== undefined) listener(event, context);
  });
}
