/* What was typed and not saved because the session had ended comes back after signing in again.

   Leaving a page, every form with something typed is noted in this tab's sessionStorage. The next page tells
   what became of it: a page of a signed-in person means that the server took it or that it was left on purpose,
   and the note goes; the sign-in page, an expired page or a fault means that it was not saved, and the note waits.
   It belongs to the person who typed it: it goes with signing out, when somebody else signs in, and after half an
   hour. The version of what was edited comes back too, so that nothing saved meanwhile is overwritten. */
(function () {
  "use strict";
  const NAME = "unsaved";
  const KEEP_MS = 30 * 60 * 1000;
  const user = document.body.dataset.user || "";
  const sent = new Set();
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
        (form.getAttribute("method") || "").toLowerCase() === "post" && !form.querySelector("input[type=password]"),
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
      page: location.pathname + location.search,
      title: document.title.split(" · ")[0],
      action: target(form),
      place,
      values,
    };
  }

  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-sign-out]")) {
      signingOut = true;
      write([]);
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
    if (!user || signingOut) return;
    const open = posts();
    const typed = open.filter(
      (form) => fields(form).some((field) => field.type !== "hidden") && (sent.has(form) || fields(form).some(changed)),
    );
    const left = typed.map((form) => {
      const same = open.filter((one) => target(one) === target(form));
      return { ...noteOf(form, same.indexOf(form)), left: true };
    });
    write([...fresh(read()).filter((note) => !note.left), ...left]);
  });

  // --- the next page --------------------------------------------------------------------------------
  let notes = fresh(read());
  if (!user || document.querySelector("[data-not-saved]")) {
    notes.forEach((note) => {
      delete note.left;
    });
    write(notes);
    setTimeout(() => write(fresh(read())), KEEP_MS);
    return;
  }
  if (notes.some((note) => note.user !== user)) notes = [];
  notes = notes.filter((note) => !note.left);
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
    const sentence = form
      ? "登录中断前填写、还没有保存的内容已恢复，请核对后保存。"
      : "您在“" + note.title + "”页填写的内容，因登录中断还没有保存。";
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
