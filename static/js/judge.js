/* Judging: places taken from the report by mouse or sentence by sentence, clause search, autosave, keys.
   The rulings themselves are plain forms and need nothing of this. */
(function () {
  "use strict";
  const root = document.querySelector("[data-judge]");
  if (!root) return;
  const form = document.getElementById("description-form");
  const saved = document.getElementById("saved");
  const dialog = document.getElementById("clause-search");
  const FIELDS = { findings: "影像描述", impression: "诊断结论", technique: "技术参数", clinical_diagnosis: "临床诊断" };
  const points = (text) => Array.from(text).length;

  // --- autosave ------------------------------------------------------------------------------------
  let version = Number(root.dataset.draftVersion);
  let waiting = null;
  let stopped = false;
  let submitting = false;
  let queue = Promise.resolve();

  function tell(state, words) {
    if (!saved) return;
    saved.className = "saved " + state;
    saved.textContent = words;
  }

  function body(part) {
    const data = new FormData(part);
    data.set("part", part.dataset.part);
    data.set("draft_version", String(version));
    return data;
  }

  function save(part) {
    if (stopped || submitting) return;
    queue = queue.then(async () => {
      if (stopped || submitting) return;
      tell("saving", "正在保存草稿…");
      try {
        const answer = await fetch(root.dataset.draftUrl, { method: "POST", body: body(part), redirect: "error" });
        const told = await answer.json();
        if (answer.ok) {
          version = told.draft_version;
          tell("", "草稿已保存 " + told.saved_at);
        } else {
          stopped = answer.status === 409;
          tell("failed", told.message);
        }
      } catch (_) {
        tell("failed", "草稿未能保存：网络中断或已退出登录，请先复制已填内容");
      }
    });
  }

  let touched = null;
  function later(part) {
    touched = part;
    clearTimeout(waiting);
    waiting = setTimeout(() => { touched = null; save(part); }, 1200);
    if (!stopped) tell("saving", "有未保存的输入…");
  }

  document.querySelectorAll("form[data-part]").forEach((part) => {
    part.addEventListener("input", () => later(part));
    part.addEventListener("change", () => later(part));
    part.addEventListener("submit", () => { submitting = true; clearTimeout(waiting); touched = null; });
  });
  // Leaving with something typed: sent as the page goes, so that J and K lose nothing.
  window.addEventListener("pagehide", () => {
    if (touched && !stopped && !submitting) navigator.sendBeacon(root.dataset.draftUrl, body(touched));
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });

  // --- saving by keyboard --------------------------------------------------------------------------
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key !== "Enter" || (dialog && dialog.open)) return;
    const inside = event.target.closest("form[data-part]");
    const forms = [...document.querySelectorAll("form[data-part]")];
    const open = forms.filter((one) => !one.closest("details:not([open])"));
    const chosen = inside || open[open.length - 1];
    const button = chosen && chosen.querySelector("[data-save]");
    if (button) { event.preventDefault(); chosen.requestSubmit(button); }
  });

  // --- ready-made judgements -----------------------------------------------------------------------
  document.querySelectorAll("[data-preset]").forEach((button) => button.addEventListener("click", () => {
    const [localisation, characterisation, errorKind, judgement] = button.dataset.preset.split(" ");
    const part = document.getElementById("conclusion-form");
    part.elements.localisation.value = localisation;
    part.elements.characterisation.value = characterisation;
    part.elements.error_kind.value = errorKind;
    part.elements.judgement.value = judgement;
    later(part);
    if (judgement === "discordant" || judgement === "undecidable") part.elements.conclusion_reason.focus();
  }));

  if (!form) return;

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
    if (event.target.closest("input, textarea, select")) { walking = false; return; }
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
    const words = fold(query.value);
    options.forEach((option) => { option.hidden = !keys.get(option).includes(words); });
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
    if (event.key === "ArrowDown") { event.preventDefault(); choose(chosen + 1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); choose(chosen - 1); }
    else if (event.key === "Enter") { event.preventDefault(); take(shown()[chosen]); }
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
  const counting = new Set(options.filter((option) => "counts" in option.dataset).map((option) => option.dataset.clause));
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

  function addFault(clause, counts) {
    const rows = [...list.querySelectorAll("[data-fault]")];
    const row = rows.find((one) => isBlank(one)) || newRow();
    row.hidden = false;
    part(row, "clause").value = clause;
    if (place) {
      ["field", "start", "end", "excerpt"].forEach((name) => { part(row, name).value = place[name]; });
    }
    place = null;
    showPlace();
    window.getSelection().removeAllRanges();
    if (counts) pick("nonconforming");
    paint(row);
    later(form);
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
    ["clause", "field", "start", "end", "excerpt", "reason"].forEach((name) => { part(row, name).value = ""; });
    row.querySelectorAll(".field-error").forEach((error) => error.remove());
    row.hidden = true;
    later(form);
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

  function pick(verdict) {
    const radio = form.querySelector('[name="verdict"][value="' + verdict + '"]');
    if (radio && !radio.checked) { radio.checked = true; later(form); }
  }
  document.querySelectorAll("[data-pick-verdict]").forEach((button) => {
    button.addEventListener("click", () => pick(button.dataset.pickVerdict));
  });
})();
