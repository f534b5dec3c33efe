/* The shell's manners: failed requests say so, keys work, the navigation folds, light and dark switch. */
(function () {
  "use strict";
  const byId = (id) => document.getElementById(id);

  const SENTENCES = {
    400: "提交的内容不完整或已过期，请刷新页面后重试。",
    403: "您没有进行这项操作的权限；若刚调整过角色，请刷新页面。",
    404: "要处理的内容不存在或不属于您的科室，请刷新页面。",
    405: "这个地址不接受这种操作，请从页面上的按钮进入。",
    409: "内容已被他人修改，请刷新后核对再保存。",
    413: "文件超过100 MB，请分次上传。",
    429: "操作过于频繁，请稍候再试。",
    500: "系统出错，刚才的操作没有保存。请重试；仍不行请告知系统管理员。",
    503: "系统繁忙，刚才的操作没有保存，请稍候重试。",
  };

  let hiding;
  function tell(sentence) {
    const line = byId("request-problem");
    if (!line) return;
    line.textContent = sentence;
    line.hidden = false;
    clearTimeout(hiding);
    hiding = setTimeout(() => {
      line.hidden = true;
    }, 12000);
  }
  // Single-letter keys can be switched off (WCAG 2.1.4).
  function stored(name) {
    try {
      return localStorage.getItem(name);
    } catch (_) {
      return null;
    }
  }
  function store(name, value) {
    try {
      localStorage.setItem(name, value);
    } catch (_) {
      /* It then lasts for this page. */
    }
  }
  const keysOn = () => stored("keys") !== "off";

  // Is this key the focused field's own? All keys are text's and a list's (a letter finds its option); a radio,
  // a box, a slider has its arrows and its blank, and leaves the letters to the page.
  const OF_CONTROLS = /^(Arrow.*|Home|End|Page.*|Enter| )$/;
  const CONTROLS = ["radio", "checkbox", "button", "submit", "reset", "image", "range", "color", "file"];
  function takesKey(event) {
    const field = event.target.closest("input, textarea, select, [contenteditable]:not([contenteditable=false])");
    if (!field) return false;
    const isText = !field.matches("input") || !CONTROLS.includes(field.type);
    return isText || OF_CONTROLS.test(event.key);
  }
  // Page scripts ask this before they act on a single key.
  function isShortcut(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !keysOn()) return false;
    const dialog = document.querySelector("dialog[open]");
    return (!dialog || (event.key === "?" && dialog.id === "keyboard-help")) && !takesKey(event);
  }
  window.qc = { tell, takesKey, isShortcut };

  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    tell(SENTENCES[status] || (status >= 500 ? SENTENCES[500] : "请求没有完成（" + status + "），请刷新页面后重试。"));
  });
  document.addEventListener("htmx:sendError", () => tell("网络中断，刚才的操作没有保存。请检查网络后重试。"));
  document.addEventListener("htmx:timeout", () => tell("等待超过30秒，请检查网络后重试。"));
  // A list without a #rows fragment is turned by an ordinary page load.
  document.addEventListener("htmx:targetError", (event) => {
    const link = event.detail.elt || event.target;
    if (link && link.href) window.location.assign(link.href);
  });
  document.addEventListener("htmx:beforeRequest", () => {
    const line = byId("request-problem");
    if (line) line.hidden = true;
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-autosubmit]")) event.target.form.requestSubmit();
    if (event.target.matches("[data-keys-switch]")) store("keys", event.target.checked ? "on" : "off");
  });

  document.addEventListener("click", (event) => {
    const toggle = event.target.closest("[data-nav-toggle]");
    if (toggle) {
      const open = byId("nav").classList.toggle("open");
      toggle.setAttribute("aria-expanded", String(open));
    } else if (event.target.closest("[data-theme-switch]")) {
      switchTheme();
    } else if (event.target.closest("[data-help]")) {
      help();
    } else if (event.target.closest("[data-print]")) {
      window.print();
    } else {
      openRow(event);
    }
  });

  function openRow(event) {
    const row = event.target.closest("tr[data-href]");
    if (!row || event.target.closest("a, button, input, select, label, summary")) return;
    if (String(window.getSelection())) return;
    if (event.ctrlKey || event.metaKey) window.open(row.dataset.href);
    else window.location.assign(row.dataset.href);
  }

  function isDark() {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
  }
  function showTheme() {
    document.querySelectorAll("[data-theme-switch] use").forEach((use) => {
      use.setAttribute("href", use.getAttribute("href").replace(/#.*/, isDark() ? "#i-sun" : "#i-moon"));
    });
  }
  function switchTheme() {
    const next = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    store("theme", next);
    showTheme();
  }
  showTheme();

  // A page lists its own keys with data-key="K" data-key-help="上一份" on the element they press.
  function help() {
    const dialog = byId("keyboard-help");
    if (!dialog) return;
    if (dialog.open) {
      dialog.close();
      return;
    }
    const list = dialog.querySelector("[data-keys]");
    list.querySelectorAll("[data-own]").forEach((line) => line.remove());
    document.querySelectorAll("[data-key-help]").forEach((element) => {
      const line = document.createElement("div");
      line.dataset.own = "";
      const key = document.createElement("dt");
      const kbd = document.createElement("kbd");
      kbd.textContent = element.dataset.keyShown || element.dataset.key || element.dataset.shortcut || "";
      key.append(kbd);
      const description = document.createElement("dd");
      description.textContent = element.dataset.keyHelp;
      line.append(key, description);
      list.append(line);
    });
    dialog.querySelector("[data-keys-switch]").checked = keysOn();
    dialog.showModal();
  }

  document.addEventListener("keydown", (event) => {
    if (!isShortcut(event)) return;
    const target = document.querySelector('[data-shortcut="' + CSS.escape(event.key) + '"]');
    if (target) {
      event.preventDefault();
      if (target.matches("input, textarea, select")) {
        target.focus();
        if (target.select) target.select();
      } else target.click();
    } else if (event.key === "?") {
      event.preventDefault();
      help();
    }
  });

  // The head of a table sticks to the window only while the table needs no scrolling of its own.
  function fit() {
    document.querySelectorAll(".table-wrap").forEach((wrap) => {
      wrap.classList.remove("fits");
      const fits = wrap.scrollWidth <= wrap.clientWidth;
      wrap.classList.toggle("fits", fits);
      if (fits) wrap.removeAttribute("tabindex");
      else wrap.setAttribute("tabindex", "0");
    });
  }
  fit();
  window.addEventListener("resize", fit);
  document.addEventListener("htmx:afterSettle", fit);

  // An aside taller than the window sticks by its foot, a shorter one by its head.
  const asides = new ResizeObserver((seen) => {
    seen.forEach(({ target }) => {
      target.style.setProperty("--aside-top", Math.min(8, window.innerHeight - target.offsetHeight - 8) + "px");
    });
  });
  document.querySelectorAll(".judge-grid > aside").forEach((aside) => asides.observe(aside));

  // After a refused form the summary is read first.
  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();
})();
