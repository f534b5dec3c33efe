/* Faults of the description: a place taken from the report by mouse or sentence by sentence, a clause found
   by number or word, a row of the form filled in. Without script the rows are filled in by hand. */
(function () {
  "use strict";
  const form = document.getElementById("description-form");
  const dialog = document.getElementById("clause-search");
  if (!form || !dialog) return;
  const FIELDS = {
    findings: "影像描述",
    impression: "诊断结论",
    technique: "技术参数",
    clinical_diagnosis: "临床诊断",
  };
  const points = (text) => Array.from(text).length;
  // judge.js saves the draft of a form in which something was put.
  const touched = () => form.dispatchEvent(new Event("input", { bubbles: true }));

  // --- the place in the report ---------------------------------------------------------------------
  const hint = document.getElementById("selection-hint");
  const hintWords = hint ? [...hint.childNodes].map((node) => node.cloneNode(true)) : [];
  let place = null;

  function container(node) {
    const element = node && (node.nodeType === 1 ? node : node.parentElement);
    const found = element && element.closest(".report-side [data-field]");
    return found && FIELDS[found.dataset.field] ? found : null;
  }

  function placeOf(range) {
    const box = container(range.startContainer);
    if (!box || box !== container(range.endContainer)) return null;
    const before = document.createRange();
    before.selectNodeContents(box);
    before.setEnd(range.startContainer, range.startOffset);
    let excerpt = range.toString();
    if (!excerpt.trim()) return null;
    const lead = excerpt.length - excerpt.trimStart().length;
    const start = points(before.toString()) + points(excerpt.slice(0, lead));
    excerpt = excerpt.trim();
    return { field: box.dataset.field, start, end: start + points(excerpt), excerpt };
  }

  function remember() {
    const selection = window.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return;
    const found = placeOf(selection.getRangeAt(0));
    if (!found) return;
    place = found;
    showPlace();
  }
  document.addEventListener("selectionchange", remember);

  function showPlace() {
    if (!hint) return;
    if (place) hint.textContent = "已选取" + FIELDS[place.field] + "：“" + short(place.excerpt) + "”，按 F 选条款。";
    else hint.replaceChildren(...hintWords.map((node) => node.cloneNode(true)));
  }
  const short = (text) => (points(text) > 24 ? Array.from(text).slice(0, 24).join("") + "…" : text);

  // --- sentence by sentence ------------------------------------------------------------------------
  let sentences = [];
  let from = 0;
  let to = 0;
  let walking = false;

  function allSentences() {
    const found = [];
    ["findings", "impression", "technique"].forEach((field) => {
      const box = document.querySelector('.report-side [data-field="' + field + '"]');
      if (!box) return;
      const text = box.textContent;
      for (const hit of text.matchAll(/[^。；;\n]+[。；;]?/g)) {
        if (hit[0].trim()) found.push({ box, start: hit.index, end: hit.index + hit[0].length });
      }
    });
    return found;
  }

  function nodeAt(box, offset) {
    const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
    let left = offset;
    let node = walker.nextNode();
    while (node) {
      if (left <= node.length) return [node, left];
      left -= node.length;
      const next = walker.nextNode();
      if (!next) return [node, node.length];
      node = next;
    }
    return [box, 0];
  }

  function showSentences() {
    const first = sentences[from];
    const last = sentences[to].box === first.box ? sentences[to] : first;
    const range = document.createRange();
    range.setStart(...nodeAt(first.box, first.start));
    range.setEnd(...nodeAt(last.box, last.end));
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    remember();
    first.box.scrollIntoView({ block: "nearest" });
  }

  document.querySelector("[data-sentences]").addEventListener("click", () => {
    sentences = allSentences();
    if (!sentences.length) return;
    walking = true;
    from = to = 0;
    if (document.activeElement) document.activeElement.blur();
    showSentences();
  });

  document.addEventListener("keydown", (event) => {
    if (!walking || dialog.open || event.ctrlKey || event.metaKey || event.altKey) return;
    if (window.qc.takesKey(event)) {
      walking = false;
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const moved = Math.min(Math.max((event.shiftKey ? to : step > 0 ? to : from) + step, 0), sentences.length - 1);
      to = moved;
      if (!event.shiftKey || moved < from) from = moved;
      showSentences();
    } else if (event.key === "Enter") {
      event.preventDefault();
      walking = false;
      openSearch();
    } else if (event.key === "Escape") {
      walking = false;
      place = null;
      window.getSelection().removeAllRanges();
      showPlace();
    }
  });

  // --- clause search -------------------------------------------------------------------------------
  const query = document.getElementById("clause-query");
  const options = [...dialog.querySelectorAll("[role=option]")];
  const fold = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");
  const keys = new Map(options.map((option) => [option, fold(option.dataset.search)]));
  let chosen = 0;

  const shown = () => options.filter((option) => !option.hidden);
  function choose(index) {
    const rows = shown();
    chosen = Math.min(Math.max(index, 0), Math.max(rows.length - 1, 0));
    options.forEach((option) => option.removeAttribute("aria-selected"));
    const row = rows[chosen];
    if (row) {
      row.setAttribute("aria-selected", "true");
      query.setAttribute("aria-activedescendant", row.id);
      row.scrollIntoView({ block: "nearest" });
    } else query.removeAttribute("aria-activedescendant");
    dialog.querySelector(".none-found").hidden = rows.length > 0;
  }

  function filter() {
    const typed = fold(query.value);
    options.forEach((option) => {
      option.hidden = !keys.get(option).includes(typed);
    });
    choose(0);
  }

  function openSearch() {
    document.getElementById("clause-place").textContent = place
      ? FIELDS[place.field] + "：“" + short(place.excerpt) + "”"
      : "未选取原文：问题不标位置。";
    const details = form.closest("details");
    if (details) details.open = true;
    query.value = "";
    filter();
    dialog.showModal();
    query.focus();
  }

  document.querySelectorAll("[data-open-clauses]").forEach((button) => button.addEventListener("click", openSearch));
  query.addEventListener("input", filter);
  query.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") {
      event.preventDefault();
      choose(chosen + 1);
    } else if (event.key === "ArrowUp") {
      event.preventDefault();
      choose(chosen - 1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      take(shown()[chosen]);
    }
  });
  options.forEach((option) => option.addEventListener("click", () => take(option)));

  function take(option) {
    if (!option) return;
    dialog.close();
    addFault(option.dataset.clause, "counts" in option.dataset);
  }

  // --- fault rows ----------------------------------------------------------------------------------
  const list = form.querySelector("[data-faults]");
  const total = form.querySelector("[data-total]");
  const counting = new Set(
    options.filter((option) => "counts" in option.dataset).map((option) => option.dataset.clause),
  );
  const part = (row, name) => row.querySelector('[name$="-' + name + '"]');

  function isBlank(row) {
    return !part(row, "clause").value && !part(row, "reason").value && !part(row, "excerpt").value;
  }

  function newRow() {
    const index = Number(total.value);
    const holder = document.createElement("div");
    holder.innerHTML = document.getElementById("fault-template").innerHTML.replaceAll("__prefix__", String(index));
    total.value = String(index + 1);
    list.append(holder.firstElementChild);
    return list.lastElementChild;
  }

  function addFault(clause, counts, reason) {
    const rows = [...list.querySelectorAll("[data-fault]")];
    const row = rows.find((one) => isBlank(one)) || newRow();
    row.hidden = false;
    part(row, "clause").value = clause;
    if (place) {
      ["field", "start", "end", "excerpt"].forEach((name) => {
        part(row, name).value = place[name];
      });
    }
    if (reason) part(row, "reason").value = reason;
    place = null;
    showPlace();
    window.getSelection().removeAllRanges();
    if (counts) pick("nonconforming");
    paint(row);
    touched();
    // A hint brings its reason: the hand stays where the next one is taken.
    if (reason) return;
    part(row, "reason").focus();
    row.scrollIntoView({ block: "nearest" });
  }

  function paint(row) {
    const clause = part(row, "clause").value;
    row.classList.toggle("blank", isBlank(row));
    row.classList.toggle("advice", Boolean(clause) && !counting.has(clause));
  }

  list.addEventListener("click", (event) => {
    if (!event.target.closest("[data-remove-fault]")) return;
    const row = event.target.closest("[data-fault]");
    ["clause", "field", "start", "end", "excerpt", "reason"].forEach((name) => {
      part(row, name).value = "";
    });
    row.querySelectorAll(".field-error").forEach((error) => error.remove());
    row.hidden = true;
    touched();
  });
  list.addEventListener("change", (event) => {
    const row = event.target.closest("[data-fault]");
    if (event.target.name.endsWith("-excerpt") || event.target.name.endsWith("-field")) {
      part(row, "start").value = part(row, "end").value = ""; // typed by hand: the server looks the place up
    }
    paint(row);
  });
  list.querySelectorAll("[data-fault]").forEach((row) => {
    paint(row);
    if (isBlank(row)) row.hidden = true; // with script a row appears when a clause is chosen
  });

  // --- what the text checks offer: taken into a row, and never twice -------------------------------
  const hints = [...form.querySelectorAll("[data-hint]")];
  function isTaken(hint) {
    const at = hint.dataset;
    return [...list.querySelectorAll("[data-fault]")].some(
      (row) =>
        part(row, "clause").value === at.clause &&
        part(row, "field").value === at.field &&
        part(row, "start").value === at.start &&
        part(row, "end").value === at.end &&
        (at.start || part(row, "reason").value === at.reason),
    );
  }
  function showTaken() {
    hints.forEach((hint) => {
      const taken = isTaken(hint);
      hint.closest(".hint").classList.toggle("taken", taken);
      hint.setAttribute("aria-disabled", String(taken));
      hint.querySelector("span").textContent = taken ? "已采用" : "采用";
    });
  }
  hints.forEach((hint) =>
    hint.addEventListener("click", (event) => {
      event.preventDefault();
      if (isTaken(hint)) return;
      const at = hint.dataset;
      place = { field: at.field, start: at.start, end: at.end, excerpt: at.excerpt };
      addFault(at.clause, "counts" in at, at.reason);
    }),
  );
  form.addEventListener("input", showTaken);
  form.addEventListener("change", showTaken);
  showTaken();

  function pick(verdict) {
    if (form.closest("details:not([open])")) return; // a closed panel is not changed by a stray key
    const radio = form.querySelector('[name="verdict"][value="' + verdict + '"]');
    if (radio && !radio.checked) {
      radio.checked = true;
      touched();
    }
  }
  document.querySelectorAll("[data-pick-verdict]").forEach((button) => {
    button.addEventListener("click", () => pick(button.dataset.pickVerdict));
  });
})();
