/* A form is sent once. A second click within four seconds is ignored; a page that the browser fetches again on the
   way back sends the token of the form as it was first sent, so that the server recognises it (staff/form_tokens). */
(function () {
  "use strict";
  const NAME = "sent-forms";
  const FIELD = "form_token";
  const PAUSE_MS = 4000;
  const MOST = 200;
  const lately = new Map();
  if (!document.body.dataset.user) return;

  const isOurs = (form) => (form.getAttribute("method") || "").toLowerCase() === "post" && !form.matches("[hx-post]");
  function address(form, submitter) {
    const action = (submitter && submitter.getAttribute("formaction")) || form.getAttribute("action") || "";
    const url = new URL(action || location.href, document.baseURI);
    return url.pathname + url.search;
  }
  function read() {
    try {
      return JSON.parse(sessionStorage.getItem(NAME)) || [];
    } catch (_) {
      return [];
    }
  }
  function write(lines) {
    try {
      sessionStorage.setItem(NAME, JSON.stringify(lines.slice(-MOST)));
    } catch (_) {
      /* Storage is full or off: going back then gives a form of its own. */
    }
  }

  // The entry of the history is the page as it was; its state survives being fetched again.
  const forms = [...document.querySelectorAll("main form")].filter(isOurs);
  if (!forms.length) return;
  if (!history.state || !history.state.entry) {
    history.replaceState({ ...history.state, entry: crypto.getRandomValues(new Uint32Array(2)).join("-") }, "");
  }
  const entry = history.state.entry;

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !isOurs(form)) return;
    if (lately.has(form)) {
      event.preventDefault();
      return;
    }
    const again = setTimeout(() => lately.delete(form), PAUSE_MS);
    lately.set(form, again);
    const token = form.elements[FIELD] || form.elements.csrfmiddlewaretoken;
    if (token) write([...read(), [entry, address(form, event.submitter), token.value]]);
  });

  const earlier = new Map(read().map(([of, where, token]) => [of + where, token]));
  forms.forEach((form) => {
    const token = earlier.get(entry + address(form));
    if (!token) return;
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = FIELD;
    field.value = token;
    form.append(field);
  });

  // Shown again from the browser's memory: what was sent may be sent again, the token is still the same.
  window.addEventListener("pageshow", () => {
    lately.forEach(clearTimeout);
    lately.clear();
  });
})();
