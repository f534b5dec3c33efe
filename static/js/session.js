/* The end of the session is announced before it happens; a button or Alt+L postpones it.

   The page says how many seconds are left (staff/sign_in/ending.py), later answers say so in a header. The tabs of one
   person tell each other: work in one of them postpones the end for all. */
(function () {
  "use strict";
  const { user, sessionLeft, sessionEnd, extendUrl } = document.body.dataset;
  if (!user || !sessionLeft) return;
  const NAME = "session-end";
  const WARN_MS = 5 * 60 * 1000;
  let ends = 0;
  let kind = "idle";
  let bar = null;

  function note(seconds, why) {
    ends = Date.now() + Number(seconds) * 1000;
    kind = why || "idle";
    try {
      localStorage.setItem(NAME, JSON.stringify({ user, ends, kind }));
    } catch (_) {
      /* Each tab then counts by itself. */
    }
    show();
  }
  function read(header) {
    const [seconds, why] = (header || "").split(" ");
    if (seconds) note(seconds, why);
  }
  window.addEventListener("storage", (event) => {
    if (event.key !== NAME || !event.newValue) return;
    const other = JSON.parse(event.newValue);
    if (other.user !== user || other.ends <= ends) return;
    ({ ends, kind } = other);
    show();
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => read(detail.xhr.getResponseHeader("X-Session-Left")));

  async function extend() {
    const headers = JSON.parse(document.body.getAttribute("hx-headers") || "{}");
    try {
      const answer = await fetch(extendUrl, { method: "POST", headers, redirect: "manual" });
      if (answer.ok) read(answer.headers.get("X-Session-Left"));
      else if (answer.type === "opaqueredirect" || answer.status === 403) note(0, kind);
    } catch (_) {
      window.qc.tell("网络中断，登录时间没有延长。请检查网络后重试。");
    }
  }
  document.addEventListener("keydown", (event) => {
    if (event.altKey && !event.ctrlKey && !event.metaKey && event.code === "KeyL" && bar && kind === "idle") {
      event.preventDefault();
      extend();
    }
  });

  function sentence(left) {
    if (left <= 0) return "登录已自动退出。本页填写的内容暂存在本浏览器标签页，重新登录后恢复。";
    const when = left > 60000 ? Math.ceil(left / 60000) + " 分钟" : "1 分钟";
    return kind === "idle"
      ? "长时间没有操作，登录将在 " + when + "内自动退出。"
      : "登录已近最长时限，将在 " + when + "内自动退出，不能延长，请先保存。";
  }
  function show() {
    const left = ends - Date.now();
    if (left > WARN_MS) {
      if (bar) bar.remove();
      bar = null;
      return;
    }
    const text = sentence(left);
    if (bar && bar.dataset.text === text) return;
    if (bar) bar.remove();
    bar = document.createElement("div");
    bar.className = "session-end" + (left <= 0 ? " ended" : "");
    bar.setAttribute("role", "alert");
    bar.dataset.text = text;
    bar.append(text);
    if (left <= 0) bar.append(again());
    else if (kind === "idle") bar.append(button());
    document.body.append(bar);
  }
  function button() {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn";
    made.textContent = "继续使用（Alt+L）";
    made.addEventListener("click", extend);
    return made;
  }
  // The page itself: the server leads to the sign-in page and back, where what was typed is put back.
  function again() {
    const link = document.createElement("a");
    link.className = "btn go";
    link.href = location.href;
    link.textContent = "重新登录";
    link.addEventListener("click", () => document.dispatchEvent(new Event("qc:signing-in")));
    return link;
  }

  note(sessionLeft, sessionEnd);
  setInterval(show, 5000);
  document.addEventListener("visibilitychange", show);
})();
