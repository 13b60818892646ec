// Popups from data. Everything is put in as text, so a hostile ship's name stays a name.
"use strict";
const umimori = {
  /** Return a document element for {title, rows: [[name, value], …], chip?: url}. */
  popup(content) {
    const box = document.createElement("div");
    const title = document.createElement("strong");
    title.textContent = content.title;
    const list = document.createElement("dl");
    list.className = "popup";
    for (const [name, value] of content.rows) {
      const term = document.createElement("dt");
      const text = document.createElement("dd");
      term.textContent = name;
      text.textContent = value === null || value === undefined || value === "" ? "–" : String(value);
      list.append(term, text);
    }
    box.append(title, list);
    if (content.chip) {
      const image = document.createElement("img");
      image.className = "popup-chip";
      image.alt = "";
      image.src = content.chip;
      box.append(image);
    }
    return box;
  },
};
