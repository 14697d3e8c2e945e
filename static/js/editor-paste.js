// Turns pasted HTML of any program into the few tags that our pages have, and keeps its meaning.
// Without this the editor would remove each tag that it does not know, and text that the tag kept
// apart would run together. The server follows the same rules in articles/rich_text/pasted/, and
// tests/articles/rich_text/pasted/clipboard.toml tests both.
import { Extension, Plugin, extensions, pm } from "django-prose-editor/editor";

const words = (text) => new Set(text.split(" "));
const TABLE = words("X-TABLE X-CAPTION X-THEAD X-TBODY X-TFOOT X-TR");
const CELLS = words("X-TD X-TH");
const HEADINGS = words("H1 H2 H3 H4 H5 H6");
const LISTS = words("UL OL MENU DIR");
const BLOCKS = new Set([
  ...TABLE,
  ...CELLS,
  ...HEADINGS,
  ...LISTS,
  ...words("ADDRESS ARTICLE ASIDE BLOCKQUOTE BODY CENTER DD DETAILS DIALOG DIV DL DT FIELDSET"),
  ...words("FIGCAPTION FIGURE FOOTER FORM HEADER HGROUP HR LEGEND LI MAIN NAV P PRE SEARCH"),
  ...words("SECTION SUMMARY"),
]);
const UNSEEN = words(
  "ANNOTATION APPLET AUDIO CANVAS COLGROUP DATALIST HEAD IFRAME MAP NOSCRIPT OBJECT RP RT SCRIPT " +
    "STYLE SVG TEMPLATE TITLE VIDEO XML",
);
const STRUCK = words("DEL S STRIKE");
const BLOCK_DISPLAYS = words("block flex grid list-item table table-row");
const APART_DISPLAYS = words("inline-block inline-flex inline-grid table-cell");
const WRITTEN_INPUTS = words("date email number search tel text time url");
const UNSEEN_CLASSES = ["msocomanchor", "msocomtxt", "katex-html"];

// Put where an element was left out. It becomes a space when a word or the end follows.
const SEAM = "\ue000";

// A bullet or number before a list item. Word marks it as one, but other programs lose that mark.
const BULLET = /^[•·◦▪●○■‣⁃]+/;
const MARK = /^(?:[•·◦▪●○■‣⁃o§➢–-]|\(?(?:\d+\.)*(?:\d+|[a-z]|[ivxl]+)[.)])/i;
const ORDINAL = /^(?:\(?(?:\d+\.)*(?:(\d+)|[a-z]|[ivxl]+)[.)]|(?:\d+\.)*(\d+))$/i;

// The functions for characters follow the same rules as clinic_site/plain_text.py and
// articles/rich_text/pasted/signs.py.

const pairs = (from, to) => {
  const signs = [...to];
  return new Map([...from].map((sign, place) => [sign, signs[place]]));
};
const translate = (text, map) => [...text].map((sign) => map.get(sign) ?? sign).join("");
const RAISED = {
  sup: pairs("0123456789+-−–=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾"),
  sub: pairs("0123456789+-−–=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎"),
};
const FONTS = {
  symbol: pairs(
    "ABCDEFGHIKLMNOPQRSTUWXYZabcdefghiklmnopqrstuwxyz£³±´¸°®¬¹»¥·",
    "ΑΒΧΔΕΦΓΗΙΚΛΜΝΟΠΘΡΣΤΥΩΞΨΖαβχδεφγηικλμνοπθρστυωξψζ≤≥±×÷°→←≠≈∞•",
  ),
  wingdings: pairs("àßáâüûþ¨ý§lnoqØJKL", "→←↑↓✓✗☑☐☒▪●■□❑➢☺😐☹"),
};

function visible(text) {
  return text
    .replace(/[\x80-\x9f]/g, (sign) =>
      new TextDecoder("windows-1252").decode(Uint8Array.of(sign.charCodeAt(0))),
    )
    .replace(/\x1e/g, "-")
    .replace(/[\x1f\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, "")
    .replace(/[\x00-\x09\x0e-\x1d\x7f-\x9f\u1680\u2000-\u2006\u2008-\u200a\u205f\u3000]/g, " ")
    .replace(/[\u2007\u202f]/g, "\u00a0")
    .replace(/(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])/g, "")
    .replace(/(?<!\p{Nd})\u00a0+|\u00a0+(?!\S)|\u00a0{2,}/gu, " ");
}

const oneLine = (text) => visible(text).replace(/\s+/g, " ").trim();

function raised(text, kind) {
  const bare = text.trim();
  if (kind === "sup" && (bare === "o" || bare === "º")) {
    return "°";
  }
  if (!/\p{Nd}/u.test(bare) || /^\[.*\]$/.test(bare)) {
    return text;
  }
  if (/[.,/:;]/.test(bare)) {
    return `${kind === "sup" ? "^" : "_"}(${bare})`;
  }
  return translate(text, RAISED[kind]);
}

function asCharacters(text, font) {
  const signs = FONTS[font || "symbol"];
  const known = text.replace(/[\uf020-\uf0ff]/g, (sign) =>
    translate(String.fromCharCode(sign.charCodeAt(0) - 0xf000), signs),
  );
  return font ? translate(known, signs) : known;
}

// Styles are read as text, because the admin's Content-Security-Policy forbids inline styles: the
// browser would ignore them and report an error.

function declarations(style) {
  const found = {};
  for (const part of (style || "").toLowerCase().split(";")) {
    const [name, ...value] = part.split(":");
    if (value.join("").trim()) {
      found[name.trim()] = value.join(":").replace("!important", "").trim();
    }
  }
  return found;
}

function classRules(sheets) {
  const rules = new Map();
  for (const rule of sheets.replace(/<!--|\/\*[\s\S]*?\*\//g, "").split("}")) {
    const [selectors, style] = rule.split("{");
    for (const selector of style ? selectors.split(",") : []) {
      const match = /^(\w*)\.([\w-]+)$/.exec(selector.trim());
      if (match) {
        const said = rules.get(match[2]) ?? [];
        rules.set(match[2], [...said, [match[1].toUpperCase(), declarations(style)]]);
      }
    }
  }
  return rules;
}

function parse(html) {
  let sheets = "";
  const bare = html
    .replace(/<style\b[^>]*>([\s\S]*?)<\/style[^>]*>/gi, (_, sheet) => {
      sheets += sheet;
      return "";
    })
    // An HTML parser drops table cells that have no table around them, but keeps them as x-td.
    .replace(/<(\/?)(table|caption|thead|tbody|tfoot|tr|td|th)(?=[\s/>])/gi, "<$1x-$2")
    .replace(/<[a-z](?:"[^"]*"|'[^']*'|[^'">])*>/gi, (tag) =>
      tag.replace(/("[^"]*"|'[^']*')|(?<=[\s"'/])style(?=\s*=)/gi, (_, value) => value ?? "data-style"),
    );
  const { body } = new DOMParser().parseFromString(bare, "text/html");
  return { body, rules: classRules(sheets) };
}

function styleOf(element, rules) {
  const style = {};
  for (const name of element.classList) {
    for (const [tag, said] of rules.get(name) ?? []) {
      if (!tag || tag === element.tagName.replace("X-", "")) {
        Object.assign(style, said);
      }
    }
  }
  return Object.assign(style, declarations(element.getAttribute("data-style")));
}

const isStruck = (element, style) =>
  STRUCK.has(element.tagName) ||
  `${style["text-decoration"]} ${style["text-decoration-line"]}`.includes("line-through");

const isUnseen = (element, style) =>
  UNSEEN.has(element.tagName.toUpperCase()) ||
  style.display === "none" ||
  /^(hidden|collapse)$/.test(style.visibility) ||
  /^all/.test(style["mso-hide"]) ||
  /^comment/.test(style["mso-element"]) ||
  style["mso-special-character"] === "comment" ||
  element.hasAttribute("hidden") ||
  UNSEEN_CLASSES.some((name) => element.classList.contains(name));

function isBold(element, style, inherited) {
  const weight = style["font-weight"] || style.font || "";
  if (/\b(?:bold|bolder|[6-9]\d\d|1000)\b/.test(weight)) {
    return true;
  }
  if (/normal|lighter|initial|\b[1-5]\d\d\b/.test(weight)) {
    return false;
  }
  return inherited || /^(B|STRONG|X-TH)$/.test(element.tagName);
}

const raiseOf = (element, style) =>
  /^SU[BP]$/.test(element.tagName)
    ? element.tagName.toLowerCase()
    : { super: "sup", sub: "sub" }[style["vertical-align"]] || "";

function fontOfSigns(element, style) {
  const family =
    style["mso-symbol-font-family"] ||
    (style["mso-char-type"] === "symbol" && style["font-family"]) ||
    (element.getAttribute("face") || "").toLowerCase();
  const name = family.split(",")[0].replace(/^[\s"']+|[\s"']+$/g, "");
  return Object.hasOwn(FONTS, name) ? name : "";
}

// The text that a browser shows for an <img>, <input> or <select>.
function shown(element) {
  if (element.tagName === "IMG") {
    const alt = element.getAttribute("alt") || "";
    return alt.length < 9 && /[^\x00-\x7f]/.test(alt) && !/[\p{L}\p{N}]/u.test(alt) ? alt : " ";
  }
  if (element.tagName === "SELECT") {
    const chosen = element.querySelector("[selected]") ?? element.querySelector("option");
    return ` ${chosen ? chosen.textContent : ""} `;
  }
  if (/^(checkbox|radio)$/.test(element.type)) {
    return element.hasAttribute("checked") ? " ☑ " : " ☐ ";
  }
  return WRITTEN_INPUTS.has(element.type) ? ` ${element.getAttribute("value") || ""} ` : " ";
}

const wholeNumber = (text, otherwise) => (/^\d{1,4}$/.test(text || "") ? Number(text) : otherwise);

function numbering(element) {
  const isDown = element.hasAttribute("reversed");
  const count = [...element.children].filter((child) => child.tagName === "LI").length;
  const next = wholeNumber(element.getAttribute("start"), isDown ? count : 1);
  return { isOrdered: element.tagName === "OL", next, step: isDown ? -1 : 1 };
}

function itemLevel(element, depth) {
  const said = element.getAttribute("data-aria-level") || element.getAttribute("aria-level");
  return wholeNumber(said, 0) || Math.max(depth, 1);
}

function wordLevel(element, style) {
  const level = /level(\d)/.exec(style["mso-list"] || "");
  return level ? Number(level[1]) : Number(/(^|\s)msolist/i.test(element.className));
}

function wordItem(mark, level) {
  const ordinal = ORDINAL.exec(mark);
  const number = ordinal && (wholeNumber(ordinal[1] || ordinal[2], 0) || null);
  return { level, startsItem: true, isOrdered: Boolean(ordinal), number };
}

const looksAlike = (one, other) => one.isBold === other.isBold && one.href === other.href;

function stripEnd(runs, ending) {
  while (runs.length && !runs.at(-1).text.replace(ending, "")) {
    runs.pop();
  }
  if (runs.length) {
    runs.at(-1).text = runs.at(-1).text.replace(ending, "");
  }
}

// Joins neighbours that look alike and removes the spaces that a browser would not show.
function tidy(runs) {
  const joined = [];
  for (const run of runs) {
    const last = joined.at(-1);
    if (last && run.text !== "\n" && last.text !== "\n" && looksAlike(last, run)) {
      last.text += run.text;
    } else {
      joined.push({ ...run });
    }
  }
  const found = [];
  for (const run of joined) {
    if (run.text === "\n") {
      stripEnd(found, / +$/);
    } else {
      const text = run.text.replace(/\ue000+(?=[\p{L}\p{N}_]|$)/gu, " ").replaceAll(SEAM, "");
      run.text = visible(text).replace(/ +/g, " ");
    }
    if (!found.length || /[ \n]$/.test(found.at(-1).text)) {
      run.text = run.text.replace(found.length ? /^ +/ : /^[ \n]+/, "");
    }
    if (run.text) {
      found.push(run);
    }
  }
  stripEnd(found, /[ \n]+$/);
  return found;
}

// Removes and returns the mark before the first word; "" when there is no mark and space.
function take(runs, pattern) {
  const match = pattern.exec(runs[0].text);
  if (!match) {
    return "";
  }
  const left = [{ ...runs[0], text: runs[0].text.slice(match[0].length) }, ...runs.slice(1)];
  if (!`${left[0].text}${left[1]?.text ?? ""}`.startsWith(" ")) {
    return "";
  }
  runs.splice(0, runs.length, ...tidy(left));
  return match[0];
}

// The lines, with "\n" between each two.
const withBreaks = (lines) => lines.flatMap((line) => ["\n", line]).slice(1);

class Reader {
  constructor(html, target) {
    const { body, rules } = parse(html);
    const nowhere = { isBold: false, href: "", font: "", depth: 0, level: 0, wordLevel: 0 };
    Object.assign(this, { rules, target, blocks: [], leftOut: [], runs: [], mark: "" });
    Object.assign(this, { item: null, rowStart: 0, joinsCell: false, numbers: [] });
    this.read(body, nowhere);
    this.endBlock(nowhere);
    for (const block of this.blocks) {
      while ((block.startsItem || !block.level) && take(block.runs, BULLET)) {
        Object.assign(block, { level: block.level || 1, startsItem: true });
      }
    }
  }

  read(element, place) {
    for (const child of element.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) {
        this.add(child.data, place);
      } else if (child.nodeType === Node.ELEMENT_NODE) {
        this.readElement(child, place);
      }
    }
  }

  readElement(element, place) {
    const style = styleOf(element, this.rules);
    if (isUnseen(element, style) || isStruck(element, style)) {
      const text = element.textContent;
      this.add(BLOCKS.has(element.tagName) || text !== text.trim() ? SEAM : "", place);
      if (isStruck(element, style) && text.trim()) {
        this.leftOut.push(text.trim().replace(/\s+/g, " "));
      }
    } else {
      this.enter(element, style, place);
    }
  }

  enter(element, style, outside) {
    const tag = element.tagName;
    const place = this.inside(element, style, outside);
    const kind = raiseOf(element, style);
    if (BLOCKS.has(tag) || BLOCK_DISPLAYS.has(style.display)) {
      this.endBlock(outside);
      this.block(element, place);
    } else if (tag === "BR") {
      this.runs.push({ ...place, text: "\n" });
    } else if (/^(IMG|INPUT|SELECT)$/.test(tag)) {
      this.add(shown(element), place);
    } else if (/^(mfrac|msub|msup)$/.test(tag)) {
      this.formula(element, place);
    } else if (kind && !outside.isRaised) {
      const start = this.runs.length;
      this.read(element, place);
      this.raise(start, kind);
    } else {
      const isApart = /^(BUTTON|TEXTAREA)$/.test(tag) || APART_DISPLAYS.has(style.display);
      const [before, after] = tag === "Q" ? ["“", "”"] : isApart ? [" ", " "] : ["", ""];
      this.add(before, place);
      this.read(element, place);
      this.add(after, place);
    }
  }

  inside(element, style, place) {
    const tag = element.tagName;
    const isHeading = place.isHeading || HEADINGS.has(tag);
    const space = style["white-space"] || (/^(PRE|TEXTAREA)$/.test(tag) ? "pre" : "");
    const depth = place.depth + (LISTS.has(tag) ? 1 : 0);
    return {
      isHeading,
      isBold: isHeading || isBold(element, style, place.isBold),
      isRaised: place.isRaised || Boolean(raiseOf(element, style)),
      isMark: place.isMark || style["mso-list"] === "ignore",
      keepsLines: space ? space.startsWith("pre") : place.keepsLines,
      href: tag === "A" ? this.href(element) : place.href,
      font: fontOfSigns(element, style) || place.font,
      depth,
      level: tag === "LI" ? itemLevel(element, depth) : place.level,
      wordLevel: BLOCKS.has(tag) ? wordLevel(element, style) : place.wordLevel,
    };
  }

  href(element) {
    const typed = element.getAttribute("href") || "";
    return typed.startsWith("#_") ? "" : this.target(typed);
  }

  block(element, place) {
    const tag = element.tagName;
    if (TABLE.has(tag)) {
      this.rowStart = this.blocks.length;
    } else if (CELLS.has(tag)) {
      this.joinsCell = this.blocks.length > this.rowStart;
    } else if (LISTS.has(tag)) {
      this.numbers.push(numbering(element));
    } else if (tag === "LI") {
      this.beginItem(element, place);
    }
    this.read(element, place);
    this.endBlock(place);
    if (TABLE.has(tag)) {
      this.rowStart = this.blocks.length;
    } else if (CELLS.has(tag)) {
      this.joinsCell = false;
    } else if (LISTS.has(tag)) {
      this.numbers.pop();
    } else if (tag === "LI") {
      this.item = null;
    }
  }

  beginItem(element, { level }) {
    const list = this.numbers.at(-1);
    this.item = { level, startsItem: true };
    if (list?.isOrdered) {
      const number = Math.max(wholeNumber(element.getAttribute("value"), list.next), 0);
      list.next = number + list.step;
      Object.assign(this.item, { isOrdered: true, number });
    }
  }

  endBlock(place) {
    let runs = tidy(this.runs);
    const mark = this.mark || (runs.length && place.wordLevel && take(runs, MARK)) || "";
    this.runs = [];
    this.mark = "";
    if (!runs.length) {
      return;
    }
    let block = this.item ?? { level: place.level };
    if (mark && place.isHeading) {
      runs = tidy([{ text: `${oneLine(mark)} `, isBold: true, href: "" }, ...runs]);
    } else if (mark && place.wordLevel) {
      block = wordItem(oneLine(mark), place.wordLevel);
    }
    this.item = null;
    this.keep(block, runs);
  }

  keep(block, runs) {
    const last = this.blocks.at(-1);
    if (this.joinsCell && !block.startsItem && last.level === block.level) {
      last.runs = tidy([...last.runs, { text: " ", isBold: false, href: "" }, ...runs]);
    } else {
      this.blocks.push({ ...block, runs });
    }
    this.joinsCell = false;
  }

  add(text, place) {
    if (place.isMark) {
      this.mark += asCharacters(text, place.font);
      return;
    }
    const shownAs = place.keepsLines ? text : text.replace(/[ \t\r\n\f]+/g, " ");
    for (const part of withBreaks(shownAs.split(/\r\n?|[\n\v\u2028\u2029]/))) {
      this.runs.push({ ...place, text: asCharacters(part, place.font) });
    }
  }

  formula(element, place) {
    [...element.children].forEach((part, number) => {
      const start = this.runs.length;
      this.add(number && element.tagName === "mfrac" ? "/" : "", place);
      this.readElement(part, place);
      if (number && element.tagName !== "mfrac") {
        this.raise(start, element.tagName.slice(1));
      }
    });
  }

  raise(start, kind) {
    if (this.runs.length > start) {
      const text = this.runs.slice(start).map((run) => run.text).join("");
      const lines = text.split("\n").map((line) => raised(line, kind));
      const parts = withBreaks(lines).map((part) => ({ ...this.runs[start], text: part }));
      this.runs.splice(start, Infinity, ...parts);
    }
  }
}

function paragraph(runs) {
  const element = document.createElement("p");
  for (const { text, isBold: bold, href } of runs) {
    let inline = text === "\n" ? document.createElement("br") : document.createTextNode(text);
    for (const [isWrapped, tag] of [[bold, "strong"], [href, "a"]]) {
      if (isWrapped) {
        const around = document.createElement(tag);
        around.append(inline);
        inline = around;
      }
    }
    if (href) {
      inline.setAttribute("href", href);
    }
    element.append(inline);
  }
  return element;
}

function openItem(block, level, lists, root) {
  const last = lists.at(-1);
  const goesOn = last && last.isOrdered === Boolean(block.isOrdered);
  if (lists.length === level && !(goesOn && [undefined, null, last.next].includes(block.number))) {
    lists.pop();
  }
  if (lists.length < level) {
    const element = document.createElement(block.isOrdered ? "ol" : "ul");
    const start = block.number ?? 1;
    if (block.isOrdered && start !== 1) {
      element.setAttribute("start", start);
    }
    (lists.at(-1)?.element.lastChild ?? root).append(element);
    lists.push({ element, isOrdered: Boolean(block.isOrdered), next: start });
  }
  lists.at(-1).element.append(document.createElement("li"));
  lists.at(-1).next += 1;
}

function write(blocks) {
  const root = document.createElement("div");
  const lists = [];
  for (const block of blocks) {
    const level = Math.min(block.level, lists.length + (block.startsItem ? 1 : 0), 8);
    lists.length = Math.min(lists.length, level);
    if (block.startsItem) {
      openItem(block, level, lists, root);
    }
    (lists.at(-1)?.element.lastChild ?? root).append(paragraph(block.runs));
  }
  return root.innerHTML;
}

// HTML that was copied from the editor needs no change. The editor marks it with data-pm-slice.
const wasCopiedHere = (html) => {
  const { body } = new DOMParser().parseFromString(html.replace(/<style/gi, "<i"), "text/html");
  const others = ":not(p, ul, ol, li, strong, br, a)";
  return Boolean(body.querySelector("[data-pm-slice]")) && !body.querySelector(others);
};

// Returns the HTML for the editor, and the struck-out texts that it no longer holds.
export function keepMeaning(html, target) {
  if (html.includes("data-pm-slice") && !/\sstyle\s*=/i.test(html) && wasCopiedHere(html)) {
    return { html, leftOut: [] };
  }
  const { blocks, leftOut } = new Reader(html, target);
  return { html: write(blocks), leftOut };
}

function showLeftOut(editor, leftOut) {
  const box = editor.view.dom.closest(".prose-editor");
  box.querySelector(".paste-note")?.remove();
  if (leftOut.length) {
    const note = document.createElement("p");
    note.className = "paste-note";
    note.setAttribute("role", "status");
    note.textContent = `Struck-out text was left out: ${leftOut.map((text) => `“${text}”`).join(", ")}.`;
    box.append(note);
  }
}

// The editor joins the first and last pasted block with the text around the cursor, so a pasted list
// would lose its first item. Only a single paragraph is joined; anything else stays separate blocks.
function keepApart(slice, { $from, $to }) {
  const isAmongWords = $from.parentOffset > 0 || $to.parentOffset < $to.parent.content.size;
  const isParagraph = slice.content.childCount === 1 && slice.content.firstChild.isTextblock;
  return isAmongWords && slice.size && !isParagraph
    ? new pm.model.Slice(slice.content, 0, 0)
    : slice;
}

export const Paste = Extension.create({
  name: "Paste",
  addProseMirrorPlugins() {
    const { editor } = this;
    let isOurs = true;
    const transformPastedHTML = (html) => {
      const { html: kept, leftOut } = keepMeaning(html, editor.storage.link.target);
      isOurs = kept === html;
      showLeftOut(editor, leftOut);
      return kept;
    };
    const transformPasted = (slice, view, isPlain) =>
      isOurs || isPlain ? slice : keepApart(slice, view.state.selection);
    const props = { transformPastedHTML, transformPastedText: visible, transformPasted };
    return [new Plugin({ props })];
  },
  // The dialog for HTML uses this command, so HTML that is typed there is treated the same.
  addCommands() {
    const { setContent } = extensions.Commands.config.addCommands();
    return {
      setContent: (html, ...options) => (props) =>
        setContent(keepMeaning(html, props.editor.storage.link.target).html, ...options)(props),
    };
  },
});
