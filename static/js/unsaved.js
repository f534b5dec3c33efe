/* What was typed and not saved comes back: after signing in again, a reload, or a crash of the browser.

   While typing, and when leaving a page, every form with something typed is noted in this tab's sessionStorage. The
   next page shows what became of it: a page of a signed-in person means that the server took it or that it was left on
   purpose, after a warning, and the note goes; the sign-in page, an expired page, a fault or the same page again means
   that it was not saved, and the note waits. It belongs to the person who typed it: it goes with signing out, when
   somebody else signs in, and after half an hour. The version of what was edited comes back too, so that nothing saved
   meanwhile is overwritten. */
(function () {
  "use strict";
  const NAME = "unsaved";
  const KEEP_MS = 30 * 60 * 1000;
  const user = document.body.dataset.user || "";
  const DRAFT_MS = 1000;
  const here = location.pathname + location.search;
  const sent = new Set();
  const typedIn = new Set();
  let signingOut = false;

  function read() {
    try {
      return JSON.parse(sessionStorage.getItem(NAME)) || [];
    } catch (_) {
      return [];
    }
  }
  function write(notes) {
    try {
      if (notes.length) sessionStorage.setItem(NAME, JSON.stringify(notes));
      else sessionStorage.removeItem(NAME);
    } catch (_) {
      /* Storage is full or off: nothing is kept. */
    }
  }
  const fresh = (notes) => notes.filter((note) => Date.now() - note.at < KEEP_MS);

  // --- leaving a page -------------------------------------------------------------------------------
  const target = (form) => new URL(form.getAttribute("action") || "", document.baseURI).pathname;
  const posts = () =>
    [...document.querySelectorAll("main form")].filter(
      (form) =>
        (form.getAttribute("method") || "").toLowerCase() === "post" &&
        form.getAttribute("role") !== "search" && // asks for a list and saves nothing
        !form.querySelector("input[type=password]"),
    );
  const fields = (form) =>
    [...form.elements].filter(
      (field) =>
        field.name &&
        (field.name === "version" ||
          !["hidden", "submit", "button", "file", "password", "fieldset"].includes(field.type)),
    );
  const ticks = (field) => field.type === "checkbox" || field.type === "radio";

  function changed(field) {
    if (field.type === "select-multiple" || field.type === "select-one") {
      const stored = [...field.options].some((option) => option.defaultSelected);
      return [...field.options].some(
        (option, place) =>
          option.selected !== (stored ? option.defaultSelected : field.type === "select-one" && place === 0),
      );
    }
    return ticks(field) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
  }
  function valueOf(field) {
    if (field.type === "select-multiple") return [...field.selectedOptions].map((option) => option.value);
    return ticks(field) ? field.checked : field.value;
  }
  // Fields of one name (radios, lines of a table) are told apart by value or place.
  function keyed(form) {
    const places = new Map();
    return fields(form).map((field) => {
      const name = field.name + (ticks(field) ? "=" + field.value : "");
      const place = places.get(name) || 0;
      places.set(name, place + 1);
      return [name + "#" + place, field];
    });
  }
  function noteOf(form, place) {
    const values = keyed(form).map(([key, field]) => [key, valueOf(field)]);
    return {
      user,
      at: Date.now(),
      page: here,
      title: document.title.split(" · ")[0],
      action: target(form),
      place,
      values,
    };
  }

  // --- while typing ---------------------------------------------------------------------------------
  // The drafts of reviews are stored on the server (judge.js), which says when it could not.
  const isDraftStored = (form) => form.matches("[data-part]") && !form.closest("[data-draft-failed]");
  function typed() {
    const open = posts();
    const found = open.filter(
      (form) => fields(form).some((field) => field.type !== "hidden") && (sent.has(form) || fields(form).some(changed)),
    );
    return found.map((form) => noteOf(form, open.filter((one) => target(one) === target(form)).indexOf(form)));
  }
  function noteAll(more) {
    const others = fresh(read()).filter((note) => !note.left && !(note.draft && note.page === here));
    write([...others, ...typed().map((note) => ({ ...note, ...more }))]);
  }
  let waiting;
  function later(event) {
    const form = event.target.form;
    if (!user || !form || !posts().includes(form)) return;
    typedIn.add(form);
    clearTimeout(waiting);
    waiting = setTimeout(() => noteAll({ draft: true }), DRAFT_MS);
  }
  document.addEventListener("input", later);
  document.addEventListener("change", later);
  window.addEventListener("beforeunload", (event) => {
    const lost = (form) => !sent.has(form) && !isDraftStored(form) && fields(form).some(changed);
    if (signingOut || !user || ![...typedIn].some((form) => form.isConnected && lost(form))) return;
    event.preventDefault();
    event.returnValue = "";
  });
  document.addEventListener("qc:signing-in", () => typedIn.clear());

  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-sign-out]")) {
      signingOut = true;
      write([]);
    } else if (event.target.matches("form[data-confirms]")) {
      // It carries the fields of the form that waits: the next page tells whether that was taken.
      const waiting = target(event.target);
      write(read().map((note) => (note.action === waiting ? { ...note, left: true } : note)));
    } else sent.add(event.target);
  });
  // Saved in place: what the form shows is what is stored.
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (!detail.successful || detail.xhr.getResponseHeader("HX-Redirect") || !detail.elt.matches("form")) return;
    sent.delete(detail.elt);
    fields(detail.elt).forEach((field) => {
      if (field.options)
        [...field.options].forEach((option) => {
          option.defaultSelected = option.selected;
        });
      else if (ticks(field)) field.defaultChecked = field.checked;
      else field.defaultValue = field.value;
    });
  });
  window.addEventListener("pagehide", () => {
    clearTimeout(waiting);
    if (user && !signingOut) noteAll({ left: true });
  });

  // --- the next page --------------------------------------------------------------------------------
  let notes = fresh(read());
  if (!user || document.querySelector("[data-not-saved]")) {
    notes.forEach((note) => {
      delete note.left;
      delete note.draft;
    });
    write(notes);
    setTimeout(() => write(fresh(read())), KEEP_MS);
    return;
  }
  if (notes.some((note) => note.user !== user)) notes = [];
  // The same page again, by a reload or by going back: not left on purpose for another one.
  const [how] = performance.getEntriesByType("navigation");
  const isSamePage = how && ["reload", "back_forward"].includes(how.type);
  notes = notes.filter((note) => !note.left || (isSamePage && note.page === here));
  write(notes);
  notes.forEach(show);

  function drop(note) {
    write(read().filter((one) => one.at !== note.at || one.action !== note.action));
  }

  function isThere(form, note) {
    const now = new Map(keyed(form).map(([key, field]) => [key, JSON.stringify(valueOf(field))]));
    return note.values.every(([key, value]) => key.startsWith("version#") || now.get(key) === JSON.stringify(value));
  }

  function show(note) {
    const form = posts().filter((one) => target(one) === note.action)[note.place];
    if (form && isThere(form, note)) {
      drop(note);
      return;
    }
    const lost = form ? fill(form, note) : [];
    if (form) {
      form.closest("details:not([open])")?.setAttribute("open", "");
      drop(note);
    }
    const before = note.left || note.draft ? "上次" : "登录中断前";
    const sentence = form
      ? before + "填写、还没有保存的内容已恢复，请核对后保存。"
      : "您在“" + note.title + "”页填写的内容" + (note.draft ? "" : "，因登录中断") + "还没有保存。";
    if (form) typedIn.add(form);
    const buttons = form ? [["不要恢复", () => form.reset()]] : [["丢弃", () => drop(note)]];
    line(sentence, lost, form ? "" : note.page, buttons);
  }

  function fill(form, note) {
    const found = new Map(keyed(form));
    const lost = [];
    note.values.forEach(([key, value]) => {
      const field = found.get(key);
      if (!field) {
        if (typeof value === "string" && value.trim() && !key.startsWith("version#")) lost.push(value);
        return;
      }
      if (field.type === "select-multiple") {
        [...field.options].forEach((option) => {
          option.selected = value.includes(option.value);
        });
      } else if (ticks(field)) field.checked = value;
      else field.value = value;
      if (changed(field)) field.dispatchEvent(new Event("change", { bubbles: true }));
    });
    return lost;
  }

  function line(sentence, lost, page, buttons) {
    const box = document.createElement("div");
    box.className = "alert-box due unsaved";
    box.setAttribute("role", "status");
    const text = document.createElement("div");
    text.append(sentence);
    if (lost.length) {
      const more = document.createElement("p");
      more.className = "pre-line";
      more.textContent = "以下内容在本页没有对应的栏目，请自行填回：\n" + lost.join("\n");
      text.append(more);
    }
    if (page) {
      const link = document.createElement("a");
      link.href = page;
      link.textContent = "打开该页";
      text.append(" ", link);
    }
    buttons.forEach(([label, act]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn";
      button.textContent = label;
      button.addEventListener("click", () => {
        act();
        box.remove();
      });
      text.append(" ", button);
    });
    box.append(text);
    document.querySelector("main .content").prepend(box);
  }
})();
