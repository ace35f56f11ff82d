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

// The head of the place, where a button hides no code, or else the first line of the run.
function placeOf(row) {
  let head = row;
  while (head && !head.matches(".spot")) head = head.previousElementSibling;
  return head && !head.querySelector("button") ? head : row;
}

// A button for each run of lines that follow each other in the reader's file.
function offerRuns(piece) {
  const runs = [];
  let run = null;
  for (const row of piece.querySelectorAll(".row")) {
    if (row.matches(".same, .gap, .spot")) run = null;
    if (row.matches(".come, .gone") && !run) runs.push(run = []);
    if (row.matches(".come")) run.push(row);
  }
  const copied = runs.filter((rows) => rows.length);
  for (const rows of copied) {
    const place = copied.length > 1 ? placeOf(rows[0]) : piece.querySelector("figcaption");
    const button = tool("Copy", place);
    button.title = `Copy ${rows.length} lines, from line ${rows[0].querySelector(".no").dataset.n}`;
    const text = rows.map((row) => `${row.querySelector(".line").textContent}\n`).join("");
    button.addEventListener("click", () => copy(button, text));
  }
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

// Whoever opens one form for PowerShell sees all of them, on every page.
function offerPowerShell(fold) {
  const code = fold.querySelector("code");
  const button = tool("Copy", fold);
  button.addEventListener("click", () => copy(button, code.textContent));
  fold.open = store.get("course.powershell") === "yes";
  fold.querySelector("summary").addEventListener("click", (event) => {
    event.preventDefault();
    const open = !fold.open;
    store.set("course.powershell", open ? "yes" : "");
    const above = fold.getBoundingClientRect().top;
    document.querySelectorAll(".powershell").forEach((one) => { one.open = open; });
    scrollBy(0, fold.getBoundingClientRect().top - above);
  });
}

function offerPrediction(form) {
  const key = `course.predict.${form.dataset.predict}`;
  const choices = Array.from(form.querySelectorAll("input"));
  const why = Array.from(form.querySelectorAll(".predict-why li"));
  let byArrow = false;

  function mark(chosen) {
    form.querySelectorAll(".mark").forEach((one) => one.remove());
    for (const choice of choices) {
      const right = "right" in choice.dataset;
      choice.parentElement.classList.toggle("is-right", right);
      choice.parentElement.classList.toggle("is-wrong", choice === chosen && !right);
      if (!right && choice !== chosen) continue;
      const word = document.createElement("span");
      word.className = "mark";
      word.textContent = right ? "✓ right" : "✗ wrong";
      choice.parentElement.append(word);
    }
    form.querySelector("details").open = true;
  }

  function settle() {
    const chosen = choices.find((choice) => choice.checked);
    if (!chosen || store.get(key) === chosen.value && form.querySelector(".mark")) return;
    store.set(key, chosen.value);
    mark(chosen);
    const reason = why.find((item) => item.dataset.choice === chosen.value);
    form.querySelector(".predict-said").textContent = reason
      ? `Not this one. ${reason.querySelector("span").textContent}` : "Right.";
  }

  // The arrow keys move through the choices; Enter, Space or leaving them settles.
  form.addEventListener("keydown", (event) => {
    byArrow = event.key.startsWith("Arrow");
    if (event.key === " " || event.key === "Enter") settle();
  });
  form.addEventListener("pointerdown", () => { byArrow = false; });
  form.addEventListener("change", () => { if (!byArrow) settle(); });
  form.querySelector("fieldset").addEventListener("focusout", (event) => {
    if (!event.currentTarget.contains(event.relatedTarget)) settle();
  });
  form.addEventListener("submit", (event) => event.preventDefault());

  const before = choices.find((choice) => choice.value === store.get(key));
  if (before) {
    before.checked = true;
    mark(before);
  }
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

// `stages/04-database/`, for that page and for those below it.
function stageOf(link) {
  const found = link.pathname.match(/(stages\/[^/]+\/)([^/]+\/)?$/);
  return found && found[1];
}

function showProgress() {
  document.querySelectorAll(".done-mark").forEach((mark) => mark.remove());
  for (const link of document.querySelectorAll(".md-nav--primary a[href], .path a[href]")) {
    const stage = !link.hash && stageOf(link);
    if (stage && store.get(`course.done.${stage}`)) markDone(link);
  }
  // A stage of several pages has a label in the navigation.
  for (const label of document.querySelectorAll(".md-nav__item--nested:not(.md-nav__item--section) > label")) {
    if (label.parentElement.querySelector(".done-mark")) markDone(label.querySelector(".md-ellipsis"));
  }
}

function markDone(place) {
  const mark = document.createElement("span");
  mark.className = "done-mark";
  mark.setAttribute("role", "img");
  mark.setAttribute("aria-label", "done");
  mark.textContent = "✓";
  place.append(mark);
}

for (const box of document.querySelectorAll("input[data-done]")) {
  const key = `course.done.${box.dataset.done}`;
  box.checked = store.get(key) === "yes";
  box.addEventListener("change", () => {
    store.set(key, box.checked ? "yes" : "");
    showProgress();
  });
}

document.querySelectorAll(".piece:not(.snippet)").forEach(offerRuns);
document.querySelectorAll(".snippet").forEach((one) => offerCopy(one, "Copy", ".line"));
document.querySelectorAll(".console").forEach((one) => offerCopy(one, "Copy", ".typed"));
document.querySelectorAll(".console-start").forEach((one) => {
  if (!one.querySelector("code")) return;
  tool("Copy", one).addEventListener("click", (event) => copy(event.target, textOf(one, "code")));
});
document.querySelectorAll(".powershell").forEach(offerPowerShell);
document.querySelectorAll(".predict").forEach(offerPrediction);
wrapTables();
offerSides();
showProgress();
addEventListener("beforeprint", () => {
  document.querySelectorAll(".piece details, .predict details").forEach((fold) => { fold.open = true; });
});
