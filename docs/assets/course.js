// What the pages do in the browser: copy, side by side, progress. Nothing is sent anywhere.
"use strict";

const store = {
  get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
  set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* not kept */ } },
};

function tool(label, parent) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "tool";
  button.textContent = label;
  parent.append(button);
  return button;
}

async function copy(button, text) {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "The browser refused";
  }
  setTimeout(() => { button.textContent = label; }, 1500);
}

function textOf(parent, selector) {
  return Array.from(parent.querySelectorAll(selector), (line) => line.textContent + "\n").join("");
}

function offerCopy(block, label, selector) {
  if (!block.querySelector(selector)) return;
  let caption = block.querySelector("figcaption");
  if (!caption) {
    caption = document.createElement("figcaption");
    block.prepend(caption);
  }
  const button = tool(label, caption);
  button.addEventListener("click", () => copy(button, textOf(block, selector)));
}

// Unchanged lines stand on both sides; the second one is for the eye alone.
function makeTwins() {
  if (document.querySelector(".twin")) return;
  for (const row of document.querySelectorAll(".two-sided .row.same")) {
    const twin = row.cloneNode(true);
    twin.classList.add("twin");
    twin.setAttribute("aria-hidden", "true");
    twin.querySelectorAll("a").forEach((link) => link.remove());
    row.after(twin);
  }
}

function showSides(split) {
  if (split) makeTwins();
  document.documentElement.classList.toggle("split", split);
  for (const button of document.querySelectorAll(".tool-split")) {
    button.setAttribute("aria-pressed", String(split));
  }
}

function offerSides() {
  for (const piece of document.querySelectorAll(".two-sided")) {
    const button = tool("Side by side", piece.querySelector("figcaption"));
    button.classList.add("tool-split");
    button.addEventListener("click", () => {
      const split = !document.documentElement.classList.contains("split");
      store.set("course.split", split ? "yes" : "no");
      const above = button.getBoundingClientRect().top;
      showSides(split);
      scrollBy(0, button.getBoundingClientRect().top - above);
    });
  }
  showSides(store.get("course.split") === "yes");
}

// A table that is too wide scrolls, by the keyboard too.
function wrapTables() {
  for (const table of document.querySelectorAll(".md-content table:not([class])")) {
    const wide = document.createElement("div");
    wide.className = "wide";
    wide.tabIndex = 0;
    wide.setAttribute("role", "group");
    wide.setAttribute("aria-label", "Table");
    table.replaceWith(wide);
    table.className = "plain";
    wide.append(table);
  }
}

function stageOf(link) {
  const found = link.pathname.match(/stages\/[^/]+\/$/);
  return found && found[0];
}

function showProgress() {
  document.querySelectorAll(".done-mark").forEach((mark) => mark.remove());
  for (const link of document.querySelectorAll(".md-nav--primary a[href], .path a[href]")) {
    const stage = !link.hash && stageOf(link);
    if (!stage || !store.get(`course.done.${stage}`)) continue;
    const mark = document.createElement("span");
    mark.className = "done-mark";
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", "done");
    mark.textContent = "✓";
    link.append(mark);
  }
}

for (const box of document.querySelectorAll("input[data-done]")) {
  const key = `course.done.${box.dataset.done}`;
  box.checked = store.get(key) === "yes";
  box.addEventListener("change", () => {
    store.set(key, box.checked ? "yes" : "");
    showProgress();
  });
}

document.querySelectorAll(".piece:not(.snippet)").forEach((one) => offerCopy(one, "Copy", "ins .line"));
document.querySelectorAll(".snippet").forEach((one) => offerCopy(one, "Copy", ".line"));
document.querySelectorAll(".console").forEach((one) => offerCopy(one, "Copy", ".typed"));
wrapTables();
offerSides();
showProgress();
addEventListener("beforeprint", () => {
  document.querySelectorAll(".piece details").forEach((fold) => { fold.open = true; });
});
