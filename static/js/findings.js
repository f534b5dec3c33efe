/* The margin of a report: J and K go through its notes, Y, N and U rule on the one in hand, R gives a reason.
   A ruling is an ordinary form; htmx puts the note back as it then stands. Without script the buttons do. */
(function () {
  "use strict";
  const list = document.querySelector("[data-notes]");
  if (!list) return;
  const STRENGTH = ["hard", "soft", "advice"];
  const notes = () => [...list.querySelectorAll("[data-note]")];
  const noteOf = (pk) => list.querySelector('[data-note="' + pk + '"]');
  const marks = () => [...document.querySelectorAll("[data-finding]")];
  const idsOf = (mark) => mark.dataset.finding.split(" ");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  let hand = null; // the number of the note in hand
  let last = null; // the number of the note ruled on last: U takes that ruling back
  let busy = false;

  function into(element, holder) {
    if (!element) return;
    if (!holder || getComputedStyle(holder).overflowY === "visible") {
      element.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
      return;
    }
    const box = element.getBoundingClientRect();
    const frame = holder.getBoundingClientRect();
    if (box.top < frame.top || box.height > frame.height) holder.scrollTop += box.top - frame.top - 8;
    else if (box.bottom > frame.bottom) holder.scrollTop += box.bottom - frame.bottom + 8;
  }

  // `quiet`: without moving the focus; `still`: without moving the page either.
  function take(note, quiet, still) {
    if (!note) return;
    hand = note.dataset.note;
    notes().forEach((one) => one.classList.toggle("in-hand", one === note));
    let first = null;
    marks().forEach((mark) => {
      const mine = idsOf(mark).includes(hand);
      mark.classList.toggle("in-hand", mine);
      if (mine && !first) first = mark;
    });
    if (still) return;
    into(note, list);
    if (first) first.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
    if (!quiet) note.focus({ preventScroll: true });
  }

  function step(by) {
    const all = notes();
    const at = all.findIndex((one) => one.dataset.note === hand);
    take(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)]);
  }

  function press(verdict) {
    const note = hand && noteOf(hand);
    const button = note && note.querySelector('button[name="verdict"][value="' + verdict + '"]');
    if (!button || busy) return false;
    button.click();
    return true;
  }

  function undo() {
    const note = !busy && last && noteOf(last);
    if (!note) return;
    take(note);
    press("reopen");
  }

  function reason() {
    const note = hand && noteOf(hand);
    const details = note && note.querySelector(".finding-reason");
    if (!details) return;
    details.open = true;
    details.querySelector("input").focus();
  }

  const KEYS = {
    j: () => step(1),
    k: () => step(-1),
    y: () => press("confirm"),
    n: () => press("dismiss"),
    u: () => press("reopen") || undo(),
    r: reason,
  };
  document.addEventListener("keydown", (event) => {
    const note = event.target.closest("[data-note]");
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing;
    if (note && plain && (event.key === "Escape" || event.key === "Enter") && window.qc.takesKey(event)) {
      // Out of the reason with Esc or Enter, back to the note: which ruling it is for is still to be said.
      event.preventDefault();
      take(note);
    } else if (window.qc.isShortcut(event) && KEYS[event.key]) {
      event.preventDefault();
      KEYS[event.key]();
    }
  });

  // --- pointing: a mark or a flag leads to its note, a note to its words ---------------------------
  document.addEventListener("click", (event) => {
    const mark = event.target.closest("[data-finding]");
    if (mark) {
      const shown = idsOf(mark).filter((pk) => noteOf(pk));
      if (shown.length) {
        event.preventDefault();
        take(noteOf(shown[(shown.indexOf(hand) + 1) % shown.length]));
      }
      return;
    }
    const note = event.target.closest("[data-note]");
    if (note && !event.target.closest("a, button, input, summary") && !String(window.getSelection())) take(note);
  });
  list.addEventListener("focusin", (event) => {
    const note = event.target.closest("[data-note]");
    if (note && note.dataset.note !== hand) take(note, true);
  });

  // --- a ruling was made ---------------------------------------------------------------------------
  function paint() {
    marks().forEach((mark) => {
      const kinds = idsOf(mark)
        .map(noteOf)
        .filter((one) => one && one.dataset.state !== "dismissed")
        .map((one) => one.dataset.kind);
      const kind = STRENGTH.find((one) => kinds.includes(one)) || "off";
      [...STRENGTH, "off"].forEach((one) => mark.classList.toggle(one, one === kind));
    });
    const open = notes().filter((one) => one.dataset.state === "open").length;
    const badge = document.querySelector("[data-open-words]");
    if (badge) badge.textContent = open ? "待核对 " + open + " 条" : "本份已核对完";
    const next = document.querySelector("[data-queue] [data-next]");
    if (next) next.classList.toggle("go", !open);
    return open;
  }

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (list.contains(event.target)) busy = true;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const asking = event.detail.requestConfig && event.detail.requestConfig.elt; // by now out of the page
    if (!asking || !asking.matches(".finding-rule")) return;
    busy = false;
    const note = hand && noteOf(hand);
    if (!note) return;
    const open = paint();
    if (!event.detail.successful || note.dataset.problem !== undefined || note.dataset.state === "open") {
      take(note);
      return;
    }
    last = hand;
    const all = notes();
    const at = all.indexOf(note);
    const following = [...all.slice(at + 1), ...all.slice(0, at)].find((one) => one.dataset.state === "open");
    if (following) take(following);
    else if (!open) {
      take(note, true);
      const next = document.querySelector("[data-queue] [data-next]");
      if (next) next.focus();
    }
  });

  // --- arriving: at the finding asked for, else at the first that waits ----------------------------
  const asked = /^#finding-(\d+)$/.exec(window.location.hash);
  const first = (asked && noteOf(asked[1])) || notes().find((one) => one.dataset.state === "open");
  if (first) take(first, !asked, !asked);
})();
