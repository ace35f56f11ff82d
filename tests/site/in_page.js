// What the tests ask of a page from inside it. Every answer that should be empty is a list of
// the things that are wrong, named so that a person finds them.
"use strict";

window.inPage = (() => {
  const all = (selector, parent = document) => Array.from(parent.querySelectorAll(selector));
  const visible = (element) =>
    element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;

  function called(element) {
    const piece = element.closest("figure[id], [id]");
    const name = element.tagName.toLowerCase() + [...element.classList].map((one) => `.${one}`).join("");
    const text = (element.getAttribute("aria-label") || element.textContent).trim().slice(0, 40);
    return `${name} “${text}”${piece ? ` in #${piece.id}` : ""}`;
  }

  const unfold = () => all("details").forEach((fold) => { fold.open = true; });

  // Rows of the same colours tell axe the same thing; with one of each it is many times as fast.
  function withoutTwins(work) {
    const seen = new Set();
    const gaps = [];
    for (const row of all(".piece-code .row, .console-code code > *")) {
      const looks = [row, ...all("*", row)].map((part) =>
        [row.tagName, row.className, part.tagName, part.className, !!part.closest("mark")].join());
      if (looks.every((look) => seen.has(look)) && !row.querySelector("a")) {
        const gap = new Comment();
        row.replaceWith(gap);
        gaps.push([gap, row]);
      }
      looks.forEach((look) => seen.add(look));
    }
    return work().finally(() => gaps.forEach(([gap, row]) => gap.replaceWith(row)));
  }

  async function violations(runOnly) {
    unfold();
    const options = { resultTypes: ["violations"], preload: false, runOnly };
    const found = await withoutTwins(() => axe.run(options));
    return found.violations.flatMap((rule) => rule.nodes.map((node) =>
      `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary.replace(/\s+/g, " ")}`));
  }

  function copyEverything() {
    const copied = {};
    const clipboard = navigator.clipboard;
    for (const piece of all(".piece[id]")) {
      const buttons = all("button", piece).filter((one) => one.textContent === "Copy");
      const texts = [];
      clipboard.writeText = async (text) => { texts.push(text); };
      for (const button of buttons) button.click();
      if (texts.length) copied[piece.id] = texts;
    }
    delete clipboard.writeText;
    return copied;
  }

  // Focus.
  const reached = new Map();
  const turns = [];

  const STOPS = "a[href], button, input, select, textarea, summary, iframe, [tabindex], [contenteditable]";
  const isStop = (element) =>
    visible(element) && !element.disabled && !(element.type === "radio" && !element.checked)
    && (element.tabIndex >= 0
      || (element.matches("a, button, summary") && element.checkVisibility({ opacityProperty: true })));
  const scrolls = (element) => {
    const style = getComputedStyle(element);
    return (/auto|scroll/.test(style.overflowX) && element.scrollWidth > element.clientWidth)
      || (/auto|scroll/.test(style.overflowY) && element.scrollHeight > element.clientHeight);
  };

  function outlined(element) {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0
      && colour(style.outlineColor).alpha > 0;
  }

  function shown(element) {
    const box = element.getBoundingClientRect();
    return box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  }

  function watchFocus() {
    unfold();
    addEventListener("keyup", () => {
      const element = document.activeElement;
      const beside = element.matches(".md-option") ? element.nextElementSibling : null;
      const marks = [element, beside, element.closest(".md-search__form")];
      reached.set(element, marks.some((mark) => mark && outlined(mark)) && shown(element));
      turns.push(element);
    });
    return all(STOPS).filter(isStop).length;
  }

  const unreached = () => [
    ...all(STOPS).filter((element) => isStop(element) && !reached.has(element)),
    ...all("body *").filter((element) => scrolls(element) && visible(element)
      && !reached.has(element) && !all(STOPS, element).some((inner) => reached.has(inner))),
  ].map(called);

  const unmarked = () => [...reached]
    .filter(([element, marked]) => !marked && element !== document.body)
    .map(([element]) => called(element));

  const cameRound = () => turns.indexOf(turns[0], 1) > 1;

  // A phone.
  const tooWide = () => {
    unfold();
    const wide = document.scrollingElement.scrollWidth > innerWidth
      ? [`the page is ${document.scrollingElement.scrollWidth} wide`] : [];
    const out = all(".md-content *").filter((element) => visible(element)
      && !element.closest("pre > *, .wide > *, .md-typeset__scrollwrap > *")
      && element.getBoundingClientRect().right > innerWidth + 1);
    return [...wide, ...out.map(called)];
  };

  const cutOff = () => {
    unfold();
    return all(".md-content :is(pre, figure, figcaption, .wide, .diagram)").filter((element) =>
      visible(element) && element.scrollWidth > element.clientWidth + 1
      && !/auto|scroll/.test(getComputedStyle(element).overflowX)).map(called);
  };

  function widestCode() {
    const overhang = (box) => box.scrollWidth - box.clientWidth;
    const boxes = all(".piece-code").filter(visible);
    const widest = boxes.reduce((one, other) => (overhang(other) > overhang(one) ? other : one));
    widest.dataset.widest = "";
    return widest;
  }

  // Paper.
  function colour(text) {
    const [red, green, blue, alpha = 1] = text.match(/[\d.]+/g).map(Number);
    return { red, green, blue, alpha };
  }

  // Relative luminance and contrast as WCAG 2.2 defines them.
  function light({ red, green, blue, alpha }) {
    const [r, g, b] = [red, green, blue]
      .map((part) => (part * alpha + 255 * (1 - alpha)) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }
  const contrast = (one, other) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);

  function ground(element) {
    for (let one = element; one; one = one.parentElement) {
      const found = colour(getComputedStyle(one).backgroundColor);
      if (found.alpha > 0) return light(found);
    }
    return 1;
  }

  const hasText = (element) =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());

  // What cannot be read on white paper, with the backgrounds printed or, as browsers do, not.
  const faint = () => {
    const looks = new Set();
    return all(".md-content *").filter((element) => {
      if (!hasText(element) || !visible(element)) return false;
      const ink = light(colour(getComputedStyle(element).color));
      return contrast(ink, 1) < 4.5 || contrast(ink, ground(element)) < 4.5 || ground(element) < 0.5;
    }).map(called).filter((one) => {
      const look = one.split(" ")[0];
      return !looks.has(look) && looks.add(look);
    });
  };

  const hidden = () => all(".piece .line").filter((line) =>
    !visible(line) && !line.closest(".twin")).map(called);

  return {
    violations, copyEverything, watchFocus, unreached, unmarked, cameRound, tooWide, cutOff,
    widestCode, faint, hidden,
  };
})();
