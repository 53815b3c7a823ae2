/* Turns clicks on our own buttons into Gradio events, and does what only a browser can: focus, Escape, scrolling, the clipboard.
   Nothing here makes HTML out of text. */
(() => {
  "use strict";

  /* Gradio takes its own words, and the lang of the page, from the language of the browser; this page has a language of its own. */
  const language = document.documentElement.lang;
  Object.defineProperty(navigator, "language", { get: () => language });
  Object.defineProperty(navigator, "languages", { get: () => [language] });

  const narrow = window.matchMedia("(max-width: 900px)");
  const touch = window.matchMedia("(pointer: coarse)");
  let opener = null;

  const byId = (id) => document.getElementById(id);
  const box = () => document.querySelector("#question textarea");

  function say(words) {
    const place = document.querySelector("#announcer [role=status]");
    if (place) place.textContent = words;
  }

  /* The panel lies over the page on a phone: what is under it cannot be reached while it is open. */
  function cover() {
    const open = Boolean(document.querySelector("#source .reader"));
    document.body.classList.toggle("panel-open", open);
    for (const id of ["talk", "app-header"]) {
      const part = byId(id);
      if (part) part.inert = open && narrow.matches;
    }
  }
  narrow.addEventListener("change", cover);

  function opened() {
    cover();
    const heading = document.querySelector("#source [data-panel-focus]");
    if (!heading) return;
    heading.focus({ preventScroll: true });
    const body = document.querySelector("#source .reader-body");
    const mark = body && body.querySelector("mark");
    if (!body) return;
    body.scrollTop = 0;
    const hidden = mark && mark.getBoundingClientRect().bottom > body.getBoundingClientRect().bottom;
    if (hidden) mark.scrollIntoView({ block: "center" });
  }

  function remember(button) {
    if (opener) delete opener.dataset.open;
    opener = button;
    if (opener) opener.dataset.open = "";
  }

  function close(props) {
    if (!document.querySelector("#source .reader")) return;
    props.value = "";
    queueMicrotask(() => setTimeout(() => {
      cover();
      const back = opener && opener.isConnected ? opener : box();
      remember(null);
      if (back) back.focus();
    }));
  }

  async function copy(button) {
    const words = button.dataset.text;
    let done = true;
    try {
      await navigator.clipboard.writeText(words);
    } catch {
      done = copyOldWay(words);
      button.focus();
    }
    button.dataset.told = done ? button.dataset.done : button.dataset.failed;
    say(`${button.textContent}: ${button.dataset.told}`);
    setTimeout(() => delete button.dataset.told, 4000);
  }

  /* Browsers give no clipboard to a page on plain http from another machine. */
  function copyOldWay(words) {
    const area = document.createElement("textarea");
    area.value = words;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }

  /* A new question goes to the top of the window, so that its answer is read from its beginning. */
  let lastTurn = "";
  const offered = new Set();
  function follow(element) {
    const turns = element.querySelectorAll(".turn");
    const last = turns[turns.length - 1];
    if (last && last.id !== lastTurn) {
      last.scrollIntoView({ block: "start", behavior: "auto" });
    }
    lastTurn = last ? last.id : "";
    for (const field of element.querySelectorAll("[data-focus]")) {
      if (offered.has(field.id)) continue;
      offered.add(field.id);
      field.focus({ preventScroll: true });
      field.closest(".report").scrollIntoView({ block: "nearest" });
    }
  }

  /* The conversation is replaced as an answer grows: what was opened in it stays open, and what had the focus has it again. */
  const unfolded = new Set();
  let held = "";
  function findable(node) {
    if (node.id) return `#${CSS.escape(node.id)}`;
    if (node.matches("summary")) return `${findable(node.parentElement)} > summary`;
    const told = ["act", "turn", "number", "statement", "mode", "question"].filter((name) => name in node.dataset);
    const turn = node.closest(".turn");
    if (!turn || !told.length) return "";
    return `#${turn.id} ${told.map((name) => `[data-${name}="${CSS.escape(node.dataset[name])}"]`).join("")}`;
  }
  function keep(element) {
    element.addEventListener("toggle", ({ target }) => unfolded[target.open ? "add" : "delete"](target.id), true);
    document.addEventListener("pointerdown", () => (held = ""));
    document.addEventListener("focusin", ({ target }) => (held = element.contains(target) ? findable(target) : ""));
  }
  function restore(element) {
    for (const id of unfolded) element.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
    if (held && document.activeElement === document.body) element.querySelector(held)?.focus({ preventScroll: true });
  }

  /* Gradio gives the two halves of the switch no group: neither its name nor the arrow keys. */
  function group() {
    const field = byId("mode");
    field?.setAttribute("aria-label", field.querySelector("[data-testid=block-info]").textContent);
  }
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest?.("#mode");
    if (!field || !event.key.startsWith("Arrow")) return;
    event.preventDefault();
    const other = [...field.querySelectorAll("input")].find((each) => each !== event.target);
    other.click();
    other.focus();
  });

  /* Gradio has no placeholder for a field that takes several values: an empty one would not tell that it excludes nothing. */
  function fillEmpty(words) {
    for (const [name, text] of Object.entries(words)) {
      const field = document.querySelector(`#${name} input`);
      if (field) field.placeholder = text;
    }
  }

  function attach(element, trigger, props, watch, events) {
    element.addEventListener("click", (event) => {
      if (event.target.closest(".skip")) {
        event.preventDefault();
        return box()?.focus();
      }
      const button = event.target.closest("[data-act]");
      if (!button || !element.contains(button)) return;
      const act = button.dataset.act;
      const told = { ...button.dataset };
      if (act === "copy") return copy(button);
      if (act === "close") return close(props);
      if (!events.includes(act)) return;
      if (act === "read" && element.closest("#conversation")) remember(button);
      if (act === "remark") told.remark = button.closest(".report").querySelector("textarea").value;
      trigger(act, told);
      if (act === "unreport" || act === "remark") offered.delete(button.closest(".report").querySelector("textarea").id);
      // The button may be gone after this: the next thing to do is to type. On a touch screen that would raise the keyboard.
      if (act !== "read" && act !== "report" && !touch.matches) box()?.focus();
    });
    if (events.includes("remark")) {
      keep(element);
      watch("value", () => {
        restore(element);
        follow(element);
      });
    }
    // The status is filled once everything is there.
    if (element.closest("#status")) watch("value", group);
    const help = element.closest("#filter-help")?.querySelector("p");
    if (help) requestAnimationFrame(() => fillEmpty(help.dataset));
    if (element.closest("#source")) {
      watch("value", opened);
      document.addEventListener("keydown", (event) => {
        const choosing = event.target.getAttribute?.("aria-expanded") === "true";
        if (event.key === "Escape" && !choosing) close(props);
      });
    }
  }

  window.assistantUI = { attach };
})();
