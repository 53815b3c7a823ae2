/* The library: shows its tab, sends files, carries what fields hold along with clicks, and puts the focus where the eye is.
   Nothing here makes HTML out of text. */
(() => {
  "use strict";

  const root = document.documentElement;
  const HASH = "#library";
  const SEARCH_MS = 300;
  const byId = (id) => document.getElementById(id);
  const adding = () => document.querySelector("#library .adding");

  function show(tab) {
    root.dataset.tab = tab;
    for (const button of document.querySelectorAll("[data-tab][role=tab]")) {
      const chosen = button.dataset.tab === tab;
      button.setAttribute("aria-selected", String(chosen));
      button.tabIndex = chosen ? 0 : -1;
      const panel = byId(button.dataset.tab);
      if (!panel) continue;
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", button.id);
    }
    const hash = tab === "library" ? HASH : "";
    if (location.hash !== hash) history.replaceState(null, "", location.pathname + location.search + hash);
  }
  root.dataset.tab = location.hash === HASH ? "library" : "desk";
  window.addEventListener("hashchange", () => show(location.hash === HASH ? "library" : "desk"));

  document.addEventListener("click", (event) => {
    const tab = event.target.closest?.("[role=tab][data-tab]");
    if (tab) {
      show(tab.dataset.tab);
      window.scrollTo(0, 0);
    }
    // The other language opens on the same tab.
    const language = event.target.closest?.("a.language");
    if (language) language.hash = root.dataset.tab === "library" ? HASH : "";
  });
  document.addEventListener("keydown", (event) => {
    const tab = event.target.closest?.("[role=tab][data-tab]");
    if (!tab || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const other = [...tab.parentElement.children].find((each) => each !== tab);
    show(other.dataset.tab);
    other.focus();
  });

  /* ---- Sending files: one after another, each as it is */
  function post(file, place, batch, told) {
    const { address, header, key, limit } = place.dataset;
    const query = new URLSearchParams({ batch, name: file.name, size: file.size });
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      request.open("POST", `${address}?${query}`);
      request.setRequestHeader(header, key);
      request.setRequestHeader("content-type", "application/octet-stream");
      request.upload.onprogress = (event) => told(event.lengthComputable ? event.loaded / event.total : 0);
      request.onload = () => done(request.status === 204);
      request.onerror = request.onabort = () => done(false);
      // A file that is too large is only named: the server refuses it, and the report says so.
      request.send(file.size > Number(limit) ? "" : file);
    });
  }

  let sending = false;
  async function send(files, trigger) {
    const place = adding();
    if (!files.length || !place || sending) return;
    sending = true;
    const batch = [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");
    const line = place.querySelector(".sending");
    const words = document.createElement("span");
    const bar = document.createElement("progress");
    bar.max = files.length;
    line.replaceChildren(words, bar);
    const lost = [];
    for (const [place_, file] of files.entries()) {
      words.textContent = place.dataset.sending.replace("{done}", place_ + 1).replace("{total}", files.length);
      bar.setAttribute("aria-label", words.textContent);
      const arrived = await post(file, place, batch, (part) => (bar.value = place_ + part));
      if (!arrived) lost.push(file.name);
    }
    line.replaceChildren();
    sending = false;
    trigger("sent", { batch, lost: lost.join("\n"), key: place.dataset.key });
  }

  const hasFiles = (event) => root.dataset.tab === "library" && [...(event.dataTransfer?.types ?? [])].includes("Files");
  function receive(trigger) {
    document.addEventListener("dragover", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      root.dataset.dropping = "";
    });
    document.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) delete root.dataset.dropping;
    });
    document.addEventListener("drop", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      delete root.dataset.dropping;
      send([...event.dataTransfer.files], trigger);
    });
  }

  /* ---- Fields */
  function fields(element) {
    const told = {};
    for (const field of element.querySelectorAll("[name]")) {
      const box = field.type === "checkbox";
      if (box && !(field.name in told)) told[field.name] = "";
      if (box && !field.checked) continue;
      told[field.name] = box && told[field.name] ? `${told[field.name]}\n${field.value}` : field.value;
    }
    return told;
  }

  /* ---- One document: the focus goes into it, and back to where it was opened */
  let opener = "";
  function turned(element) {
    const target = element.querySelector("[data-take-focus]");
    if (target) {
      (target.matches("fieldset") ? target.querySelector("input") : target).focus({ preventScroll: true });
      if (target.matches("h2")) window.scrollTo(0, 0);
      else target.scrollIntoView({ block: "center" });
    } else if (!element.querySelector(".detail")) {
      const row = opener && document.querySelector(`#library-list [data-id="${CSS.escape(opener)}"]`);
      const back = row || document.querySelector("#library .library-title");
      if (back && root.dataset.tab === "library") back.focus();
    }
  }

  function attach(element, trigger, props, watch, events) {
    const part = element.closest("#library > *")?.id ?? "";
    const tell = (act, told) => trigger(act, { ...told, key: adding()?.dataset.key ?? "" });
    element.addEventListener("click", (event) => {
      const button = event.target.closest("[data-act]");
      if (!button || !events.includes(button.dataset.act)) return;
      const act = button.dataset.act;
      if (act === "look") opener = button.dataset.id;
      const told = { ...button.dataset };
      if (act === "store") Object.assign(told, fields(button.closest(".metadata")));
      tell(act, told);
      if (act === "leaf") document.querySelector("#documents-title")?.scrollIntoView({ block: "start" });
    });
    if (events.includes("sent")) {
      element.addEventListener("change", (event) => {
        if (event.target.type !== "file") return;
        const files = [...event.target.files];
        event.target.value = "";
        send(files, trigger);
      });
      receive(trigger);
      show(root.dataset.tab);
    }
    if (events.includes("seek")) {
      let waiting = 0;
      const seek = () => {
        clearTimeout(waiting);
        tell("seek", fields(element));
      };
      element.addEventListener("input", (event) => {
        clearTimeout(waiting);
        if (event.target.type === "search") waiting = setTimeout(seek, SEARCH_MS);
        else seek();
      });
    }
    if (events.includes("store")) watch("value", () => turned(element));
  }

  window.libraryUI = { attach };
})();
