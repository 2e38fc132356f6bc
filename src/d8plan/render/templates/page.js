(() => {
  "use strict";
  const words = document.body.dataset;
  const collator = new Intl.Collator("vi", { numeric: true });
  const PREFIX = "#unit=";

  // What a cell is sorted by; nothing where it is empty, which stays last either way.
  const known = (row, column) => {
    const cell = row.cells[column];
    if (cell.dataset.sort) return Number(cell.dataset.sort);
    const text = cell.textContent.trim();
    return text === "–" ? null : text;
  };

  const compare = (one, other) => {
    if (typeof one === "number" && typeof other === "number") return one - other;
    return collator.compare(String(one), String(other));
  };

  const sort = (table, column, direction) => {
    const body = table.tBodies[0];
    const rows = [...body.rows].sort((one, other) => Number(one.dataset.place) - Number(other.dataset.place));
    if (direction) {
      const way = direction === "ascending" ? 1 : -1;
      rows.sort((one, other) => {
        const first = known(one, column);
        const second = known(other, column);
        if (first === null || second === null) return (first === null) - (second === null);
        return way * compare(first, second);
      });
    }
    body.append(...rows);
  };

  for (const table of document.querySelectorAll("table")) {
    const headings = [...table.tHead.rows[0].cells];
    const rows = [...table.tBodies[0].rows];
    rows.forEach((row, place) => { row.dataset.place = String(place); });
    if (rows.length < 2) continue;
    headings.forEach((heading, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.title = words.sort;
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => {
        const next = { ascending: "descending", descending: "" };
        const now = heading.getAttribute("aria-sort");
        const direction = now === null ? "ascending" : next[now];
        for (const other of headings) other.removeAttribute("aria-sort");
        if (direction) heading.setAttribute("aria-sort", direction);
        sort(table, column, direction);
      });
    });
  }

  const form = document.getElementById("filter");
  if (!form) return;
  const select = document.getElementById("unit");
  const [told, link] = document.getElementById("shown").children;

  const show = (unit) => {
    for (const element of document.querySelectorAll("[data-unit]")) {
      element.hidden = unit !== "" && element.dataset.unit !== unit;
    }
    select.value = unit;
    const name = select.options[select.selectedIndex].text;
    told.textContent = unit ? words.only.replace("{name}", () => name) : "";
    link.hidden = !unit;
    link.href = unit ? `#unit-${unit}` : "#content";
  };

  const follow = () => {
    const { hash } = location;
    if (hash.startsWith(PREFIX)) {
      const unit = hash.slice(PREFIX.length);
      show([...select.options].some((option) => option.value === unit) ? unit : "");
      return;
    }
    // A link to a part that the filter hides shows everything again.
    const target = document.getElementById(hash.slice(1));
    if (target && target.closest("[hidden]")) {
      show("");
      target.scrollIntoView();
    }
  };

  // On a narrow screen the list of units would stand in the way of the page.
  document.querySelector("nav details").open = matchMedia("(min-width: 62rem)").matches;
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  select.addEventListener("change", () => { location.hash = PREFIX + select.value; });
  addEventListener("hashchange", follow);
  follow();
})();
