// Small behaviours of the portal's pages. Every page is whole without this file; it only saves
// round trips: copying, switching samples and colours in place, and loading the islands' wasm once
// a reader turns to one.

const root = document.documentElement;
const { appJs, appWasm, charts } = document.querySelector("script[data-site]").dataset;
const all = (selector) => document.querySelectorAll(selector);
const remember = (name, value) => {
  document.cookie = `${name}=${value};path=/;max-age=31536000;samesite=lax${location.protocol === "https:" ? ";secure" : ""}`;
};
const press = (buttons, value) => buttons.forEach((button) => button.setAttribute("aria-pressed", button.value === value));

// Read out politely to those who do not see what changed.
const live = document.createElement("p");
live.className = "visually-hidden";
live.setAttribute("role", "status");
document.body.append(live);

async function copy(button) {
  const { copy, copyText, copied } = button.dataset;
  const text = copyText ?? document.querySelector(copy)?.textContent.trimEnd();
  if (text === undefined) return;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    return; // Refused by the browser; the text can still be selected.
  }
  const word = button.querySelector(".copy-word");
  clearTimeout(button.timer);
  button.wordBefore ??= word?.textContent;
  live.textContent = copied;
  if (word) word.textContent = copied;
  button.dataset.done = "";
  button.timer = setTimeout(() => {
    if (word) word.textContent = button.wordBefore;
    live.textContent = "";
    delete button.dataset.done;
  }, 1500);
}

function showCode(language) {
  for (const tabs of all(".code-tabs")) {
    const panels = [...tabs.querySelectorAll("[data-code]")];
    if (!panels.some((panel) => panel.dataset.code === language)) continue;
    for (const panel of panels) panel.hidden = panel.dataset.code !== language;
    press(tabs.querySelectorAll("button[name=code]"), language);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.copied !== undefined) copy(button);
  if (button?.name === "theme") {
    event.preventDefault();
    remember("theme", (root.dataset.theme = button.value));
    press(all("button[name=theme]"), button.value);
  }
  if (button?.name === "code") {
    event.preventDefault();
    // What is being read stays where it is, though blocks above it change their height.
    const top = button.getBoundingClientRect().top;
    remember("code", button.value);
    showCode(button.value);
    scrollBy({ top: button.getBoundingClientRect().top - top, behavior: "instant" });
  }
  for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  const find = (event.key === "k" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !typing);
  const search = find && document.querySelector("[data-search]");
  if (search) {
    event.preventDefault();
    search.focus();
  }
  if (event.key === "Escape") {
    const menu = document.activeElement?.closest("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    // A definition is put away without moving the pointer or the focus.
    for (const tip of all(".tip:is(:hover, :focus-within)")) tip.dataset.shut = "";
  }
});
for (const leave of ["pointerout", "focusout"]) {
  document.addEventListener(leave, (event) => delete event.target.closest?.(".tip")?.dataset.shut);
}

// A form is sent once, however often its button is pressed. Coming back to the page frees it.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !("once" in form.dataset)) return;
  if (form.ariaBusy) return event.preventDefault();
  form.ariaBusy = "true";
  if (event.submitter) event.submitter.ariaBusy = "true";
});
addEventListener("pageshow", () => all("[aria-busy]").forEach((element) => (element.ariaBusy = null)));

// Pointing at a parameter lights its lines in the samples.
document.addEventListener("pointerover", (event) => {
  const name = event.target.closest?.("[data-param]")?.dataset.param;
  for (const line of all("[data-lit]")) delete line.dataset.lit;
  if (!name) return;
  const word = new RegExp(`(^|[^\\w-])${name.replace(/[^\w-]/g, "\\$&")}([^\\w-]|$)`);
  for (const line of all(".endpoint-code code > span")) if (word.test(line.textContent)) line.dataset.lit = "";
});

// A list that grows while it is looked at: the server tells that there is more, and its rows are
// taken from the page itself, asked for again. Held still, nothing changes under the reader.
for (const list of all("[data-live]")) {
  const [line, state, hold] = ["p[hidden]", "[data-live-state]", "[data-live-hold]"].map((part) => list.querySelector(part));
  let source, timer;
  const renew = async () => {
    timer = undefined;
    const answer = await fetch(location.href).catch(() => null);
    const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    const rows = page && page.querySelector("[data-live] tbody");
    if (rows && source) list.querySelector("tbody").replaceWith(document.adoptNode(rows));
  };
  const turn = (on) => {
    source?.close();
    source = on ? new EventSource(list.dataset.live) : undefined;
    if (source) source.onmessage = () => (timer ??= setTimeout(renew, 1000));
    for (const element of [state, hold]) element.textContent = element.dataset[on ? "on" : "off"];
  };
  hold.addEventListener("click", () => turn(!source));
  line.hidden = false;
  turn(true);
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => event.persisted && source && turn(true));
}

// The map is zoomed about what is being looked at: by buttons, Ctrl and wheel, or + - 0. It scrolls by
// itself.
const map = document.querySelector("[data-map]");
if (map) {
  const view = map.querySelector(".map-scroll");
  let zoom = 1;
  const to = (wanted, x = view.clientWidth / 2, y = view.clientHeight / 2) => {
    const next = Math.min(4, Math.max(1, wanted));
    const grown = next / zoom;
    const [left, top] = [(view.scrollLeft + x) * grown - x, (view.scrollTop + y) * grown - y];
    zoom = next;
    view.style.setProperty("--zoom", zoom);
    view.scrollTo({ left, top, behavior: "instant" });
    for (const button of map.querySelectorAll("[name=zoom]")) {
      button.ariaDisabled = (button.value === "in" ? zoom === 4 : zoom === 1) || null;
    }
  };
  const steps = { in: 1.5, out: 1 / 1.5, "+": 1.5, "=": 1.5, "-": 1 / 1.5, whole: 0, 0: 0 };
  map.addEventListener("click", (event) => {
    const step = steps[event.target.closest("[name=zoom]")?.value];
    if (step !== undefined) to(zoom * step);
  });
  view.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in steps)) return;
    event.preventDefault();
    to(zoom * steps[event.key]);
  });
  view.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const box = view.getBoundingClientRect();
    to(zoom * Math.exp(-event.deltaY / 300), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });
  to(1);
  // On a phone the middle of the network is what comes first.
  view.scrollLeft = (view.scrollWidth - view.clientWidth) / 2;
}

// The islands' wasm: on the first turn to an island, else once the page has long been idle; at once
// where the island is what people came for: a chart, a code that lives a minute.
let app;
function hydrate() {
  app ??= import(appJs).then(async (module) => {
    await module.default({ module_or_path: appWasm });
    module.hydrate();
    await walk(document.body, module, []);
    root.dataset.hydrated = "";
  });
}

// As the island script of leptos 0.8: islands from the outside in; children of an island that were
// rendered by the server are handed to it before the islands among them.
async function walk(node, module, handed) {
  const tag = node.localName;
  if (tag === "leptos-island") {
    handed.at(-1)?.();
    const island = module[node.dataset.component];
    if (island) await island(node);
    else console.warn(`No function for the island ${node.dataset.component}`);
  }
  const children = tag === "leptos-children" ? [...handed, node.$$on_hydrate] : handed;
  for (const child of [...node.children]) await walk(child, module, children);
}

if (document.querySelector("leptos-island")) {
  for (const turn of ["pointerover", "focusin", "touchstart"]) {
    document.addEventListener(turn, (event) => event.target.closest?.("leptos-island") && hydrate(), { passive: true });
  }
  const wait = document.querySelector("leptos-island :is(.chart, #pkce-returned)") ? 0 : 2000;
  const later = () => setTimeout(() => (window.requestIdleCallback ?? setTimeout)(hydrate), wait);
  if (document.readyState === "complete") later();
  else addEventListener("load", later);
}

window.nfcg = {
  chart: async (element, options) => (await import(charts)).render(element, JSON.parse(options)),
};
