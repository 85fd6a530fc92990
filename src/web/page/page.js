// The page, alive. It works without this: a table with links. Here rows open in place, changes come without a reload,
// times are the reader's own, and rows can be searched.
//
// The server writes all HTML. What comes from it anew is compared with what stands here, and only what differs is
// touched: a row that is open stays open, the focus and the scroll stay where they are. No text is ever made into HTML
// here.

const SERVER_GONE_WAIT = 5000;  // ms: the stream was refused, which the browser does not try again by itself
const NEWS_STAYS = 12000;       // ms

const connection = document.getElementById("connection");
const news = document.getElementById("news");

// --- times in the reader's own zone --------------------------------------------------------------------------------

const dateAndTime = new Intl.DateTimeFormat(undefined, {dateStyle: "medium", timeStyle: "short"});
const shownTimes = new WeakMap();

function showTime(element) {
    const text = element.getAttribute("datetime");
    if (shownTimes.get(element) === text) return;
    const time = new Date(text);
    if (Number.isNaN(time.getTime())) return;
    shownTimes.set(element, text);
    element.title = text;
    element.textContent = dateAndTime.format(time);
}

function showTimes(root) {
    for (const element of root.querySelectorAll("time[datetime]")) showTime(element);
}

// --- what differs, and nothing else --------------------------------------------------------------------------------

// What the reader or this script decides, and the server does not.
const OWN_ATTRIBUTES = {
    DETAILS: ["open"],
    A: ["role", "aria-expanded", "aria-controls"],
    TR: ["hidden", "data-changed"],
    TBODY: ["hidden"],
    SECTION: ["hidden"],
};
const OWN_CONTENT = new Set(["connection", "news", "shown"]);

const isOwn = (node) => node !== null && node.nodeType === Node.ELEMENT_NODE && node.hasAttribute("data-own");
const keyOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node.getAttribute("data-key") : null);

function skipOwn(node) {
    while (isOwn(node)) node = node.nextSibling;
    return node;
}

function updateAttributes(old, fresh) {
    const own = OWN_ATTRIBUTES[old.nodeName] ?? [];
    for (const {name} of [...old.attributes])
        if (!fresh.hasAttribute(name) && !own.includes(name)) old.removeAttribute(name);
    for (const {name, value} of fresh.attributes)
        if (!own.includes(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
}

function update(old, fresh) {
    if (old.nodeType !== Node.ELEMENT_NODE) {
        if (old.data !== fresh.data) old.data = fresh.data;
        return;
    }
    if (OWN_CONTENT.has(old.id)) return;
    if (old.nodeName === "TIME") {
        old.setAttribute("datetime", fresh.getAttribute("datetime"));
        showTime(old);
        return;
    }
    updateAttributes(old, fresh);
    updateChildren(old, fresh);
}

function counterpart(current, wanted) {
    const key = keyOf(wanted);
    if (key === null) {
        const fits = current !== null && current.nodeName === wanted.nodeName && keyOf(current) === null;
        return fits ? current : null;
    }
    for (let node = current; node !== null; node = node.nextSibling)
        if (!isOwn(node) && node.nodeName === wanted.nodeName && keyOf(node) === key) return node;
    return null;
}

function updateChildren(old, fresh) {
    const kept = new Set([...fresh.childNodes].map(keyOf));
    for (const node of [...old.childNodes])
        if (!isOwn(node) && keyOf(node) !== null && !kept.has(keyOf(node))) node.remove();
    let current = skipOwn(old.firstChild);
    for (const wanted of [...fresh.childNodes]) {
        const match = counterpart(current, wanted);
        if (match === null) {
            add(old, wanted, current);
            continue;
        }
        if (match !== current) old.insertBefore(match, current);
        update(match, wanted);
        current = skipOwn(match.nextSibling);
    }
    while (current !== null) {
        const next = skipOwn(current.nextSibling);
        current.remove();
        current = next;
    }
}

function add(parent, wanted, before) {
    const added = parent.insertBefore(document.importNode(wanted, true), before);
    if (added.nodeName === "TIME") showTime(added);
    else if (added.nodeType === Node.ELEMENT_NODE) showTimes(added);
}

// --- rows that are open --------------------------------------------------------------------------------------------

const openRows = new Map();  // by key: the line below the row

async function load(address) {
    const answer = await fetch(address, {headers: {Accept: "text/html"}, cache: "no-store"});
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    return {ok: answer.ok, fresh};
}

const linkOf = (row) => row.querySelector("a.open");

async function fill(row, inside) {
    const place = inside.querySelector("td");
    try {
        const {ok, fresh} = await load(linkOf(row).getAttribute("href"));
        const body = fresh.querySelector(".row-body");
        if (!ok || body === null) throw new Error("no such row");
        body.removeAttribute("id");
        const old = place.querySelector(".row-body");
        if (old === null) {
            place.replaceChildren(document.importNode(body, true));
            showTimes(place);
        } else {
            update(old, body);
        }
    } catch {
        if (place.querySelector(".row-body") === null) place.textContent = "This could not be read. Close it and try again.";
    }
}

let opened = 0;

function openRow(row) {
    const inside = document.createElement("tr");
    inside.className = "inside";
    inside.setAttribute("data-own", "");
    inside.setAttribute("role", "row");
    inside.id = `inside-${++opened}`;
    const cell = inside.insertCell();
    cell.colSpan = row.cells.length;
    cell.setAttribute("role", "cell");
    cell.textContent = "One moment.";
    row.after(inside);
    const link = linkOf(row);
    link.setAttribute("aria-expanded", "true");
    link.setAttribute("aria-controls", inside.id);
    openRows.set(keyOf(row), inside);
    return fill(row, inside);
}

function closeRow(row) {
    openRows.get(keyOf(row))?.remove();
    openRows.delete(keyOf(row));
    const link = linkOf(row);
    link.setAttribute("aria-expanded", "false");
    link.removeAttribute("aria-controls");
}

function toggle(row) {
    if (openRows.has(keyOf(row))) closeRow(row);
    else openRow(row);
}

/// Links that open rows say so to those who do not see it.
function prepareRows() {
    for (const link of document.querySelectorAll("tr.row a.open")) {
        link.setAttribute("role", "button");
        if (!link.hasAttribute("aria-expanded")) link.setAttribute("aria-expanded", "false");
    }
}

/// After an update: what is open stands below its row again, or goes with it.
function settleRows() {
    const rows = new Map();
    for (const row of document.querySelectorAll("tr.row")) rows.set(keyOf(row), row);
    for (const [key, inside] of openRows) {
        const row = rows.get(key);
        if (row === undefined) {
            inside.remove();
            openRows.delete(key);
        } else if (row.nextElementSibling !== inside) {
            row.after(inside);
        }
    }
}

/// The row that an element belongs to, whether in its line or in what is open below it.
function rowAround(element) {
    const line = element.closest("tr.row, tr.inside");
    if (line === null) return null;
    return line.classList.contains("row") ? line : line.previousElementSibling;
}

document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("tr.row a.open") : null;
    if (link === null || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    toggle(link.closest("tr.row"));
});

document.addEventListener("keydown", (event) => {
    if (!(event.target instanceof Element) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " && event.target.matches("tr.row a.open")) {
        event.preventDefault();
        toggle(event.target.closest("tr.row"));
    } else if (event.key === "Escape") {
        const row = rowAround(event.target);
        if (row === null || !openRows.has(keyOf(row))) return;
        closeRow(row);
        linkOf(row).focus();
    } else if (event.key === "/" && !event.target.matches("input")) {
        const search = document.getElementById("search");
        if (search === null) return;
        event.preventDefault();
        search.focus();
    }
});

// --- the filter ----------------------------------------------------------------------------------------------------

function filter() {
    const form = document.getElementById("filter");
    if (form === null) return;
    const states = new Set([...form.querySelectorAll("input[name=state]:checked")].map((input) => input.value));
    const words = document.getElementById("search").value.toLowerCase().split(/\s+/u).filter((word) => word !== "");
    let all = 0;
    let shown = 0;
    for (const section of document.querySelectorAll("section.rows")) {
        let inSection = 0;
        for (const group of section.querySelectorAll("tbody[data-key]")) {
            let inGroup = 0;
            for (const row of group.querySelectorAll("tr.row")) {
                const text = `${keyOf(group)} ${keyOf(row)} ${row.textContent}`.toLowerCase();
                const wanted = (states.size === 0 || states.has(row.dataset.state)) &&
                    words.every((word) => text.includes(word));
                row.hidden = !wanted;
                const inside = openRows.get(keyOf(row));
                if (inside !== undefined) inside.hidden = !wanted;
                ++all;
                if (wanted) ++inGroup;
            }
            group.hidden = inGroup === 0;
            inSection += inGroup;
        }
        section.hidden = inSection === 0;
        shown += inSection;
    }
    const summary = states.size === 0 && words.length === 0 ? "" : `${shown} of ${all} rows shown`;
    const place = document.getElementById("shown");
    if (place.textContent !== summary) place.textContent = summary;
}

document.addEventListener("input", filter);
document.addEventListener("submit", (event) => event.preventDefault());

// --- changes -------------------------------------------------------------------------------------------------------

let newsTimer = 0;

function tell(text) {
    news.textContent = text;
    clearTimeout(newsTimer);
    newsTimer = setTimeout(() => { news.textContent = ""; }, NEWS_STAYS);
}

let changedRows = new Set();

function markChanged() {
    for (const row of document.querySelectorAll("tr.row")) {
        if (!changedRows.has(keyOf(row))) continue;
        row.setAttribute("data-changed", "");
        setTimeout(() => row.removeAttribute("data-changed"), NEWS_STAYS);
    }
    changedRows = new Set();
}

let refreshing = false;
let refreshAgain = false;

/// The page once more, from the same address; one at a time.
async function refresh() {
    if (refreshing) {
        refreshAgain = true;
        return;
    }
    refreshing = true;
    try {
        const {ok, fresh} = await load(location.pathname);
        if (!ok) throw new Error("the server refuses");
        if (fresh.querySelector("footer p")?.textContent !== document.querySelector("footer p")?.textContent) {
            // Another version of the program: its script and style are wanted too.
            location.reload();
            return;
        }
        const focused = document.activeElement;
        document.title = fresh.title;
        for (const part of ["header.top", "main", "footer"])
            update(document.querySelector(part), fresh.querySelector(part));
        prepareRows();
        settleRows();
        filter();
        markChanged();
        // What had to change its place has lost the focus on the way.
        if (focused !== document.activeElement && focused.isConnected) focused.focus({preventScroll: true});
        await Promise.all([...openRows].map(([, inside]) => fill(inside.previousElementSibling, inside)));
    } catch {
        showConnection(false);
    } finally {
        refreshing = false;
        if (refreshAgain) {
            refreshAgain = false;
            refresh();
        }
    }
}

function showConnection(stands) {
    connection.hidden = false;
    connection.classList.toggle("lost", !stands);
    const text = stands ? "Live" : "Connection lost, trying again";
    if (connection.textContent !== text) connection.textContent = text;
}

function listen() {
    const stream = new EventSource("/api/v1/events");
    stream.addEventListener("open", () => showConnection(true));
    stream.addEventListener("report", refresh);
    stream.addEventListener("reload", refresh);
    stream.addEventListener("change", (message) => {
        const event = JSON.parse(message.data);
        for (const row of event.rows ?? []) changedRows.add(row.id);
        tell(event.summary);
    });
    stream.addEventListener("error", () => {
        showConnection(false);
        if (stream.readyState !== EventSource.CLOSED) return;
        stream.close();
        setTimeout(listen, SERVER_GONE_WAIT);
    });
}

showTimes(document);
prepareRows();
document.documentElement.classList.add("live");
filter();
if (connection !== null) listen();
