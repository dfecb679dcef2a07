# The pages of scripts/stacks: requirement x stack, and each deviation with its clause, ladder
# and capture; in Markdown and in HTML. Both are the same each time when the results are: no
# date, no duration, and in Markdown nothing of a capture that is not kept in stacks/.
import base64, collections, html, os, re, urllib.parse

FAMILIES = {"ipv4": "IPv4", "ipv6": "IPv6"}
SIGNS = {"new": "✗", "known": "△", "error": "!", "pass": "✓", "skip": "–", "none": "·"}
BADGES = {"new": "fail", "known": "warn", "error": "error", "pass": "pass", "skip": "skip", "none": "none"}
LEGEND = [("pass", "pass: it does what is asked, on IPv4 and IPv6 unless one is named"),
          ("known", "known: it deviates, and its baseline says why"),
          ("new", "new: it deviates, and is not in the baseline"),
          ("skip", "it can't be asked this; the word is the code of fourwave(1) that says why"),
          ("error", "error: nobody could judge"), ("none", "not asked")]
TITLE = "TCP stacks, and what they do otherwise"
INTRO = "Each suite of scenarios, played in the lab against TCPs that are not ours. A row is a " \
    "requirement: the clause, with what came of it anywhere, and below it the scenarios that have it first."
# Beside page.css, whose table has other columns and is no table on narrow screens.
STYLE = """
.grid th, .grid td { padding: 5px 10px 5px 0; border-bottom: 1px solid var(--line); }
.grid td:nth-child(n) { min-width: 0; width: 1%; white-space: nowrap; }
.grid th[scope=row] { font-weight: 400; overflow-wrap: anywhere; }
.grid tr.row th, .grid tr.row td { padding-top: 18px; }
.grid td .badge { display: block; width: fit-content; margin-bottom: 2px; }
.figures td, .figures th { padding-right: 14px; font-variant-numeric: tabular-nums; }
.legend { list-style: none; padding: 0; margin: 16px 0 24px; font-size: 14px; }
.legend li { margin: 4px 0; }
section > h2 + .dim { margin: -8px 0 24px; }
pre { margin: 0; font: 12px/1.4 var(--mono); }
@media screen and (max-width: 900px) {
 .grid { display: table; }
 .grid thead { display: table-header-group; }
 .grid tbody { display: table-row-group; }
 .grid tr, .grid tr.row { display: table-row; }
 .grid td, .grid td:empty, .grid th, .grid tr.row th { display: table-cell; padding: 5px 3px 5px 0; }
 .grid td:nth-child(n)::before { content: none; }
 .grid .word { display: none; }
 .grid .badge { padding: 1px 5px; }
 .grid thead th:not(:first-child) { writing-mode: vertical-rl; padding: 0 3px 6px 0; }
 .grid.figures td { padding-right: 6px; font-size: 12px; }
 pre { font-size: 10px; }
}
"""


# --- what both have ---

def clause_text(clause, rfc="RFC %d", between=", "):
    return rfc % clause["rfc"] + (between + clause["section"] if clause["section"] else "")


def clause_link(clause):
    anchor_of = re.fullmatch(r"[\d.]+", clause["section"] or "")
    return clause_text({"rfc": clause["rfc"], "section": clause["section"] if anchor_of else None},
                       "https://www.rfc-editor.org/rfc/rfc%d", "#section-")


def clause_order(clause):
    """RFC 9293 first."""
    return clause["rfc"] != 9293, clause["rfc"], [int(n) for n in re.findall(r"\d+", clause["section"] or "")]


def requirements(stacks):
    """[(clause, its levels, [a result of each scenario that has it first])]"""
    scenarios, levels, clauses = {}, {}, {}
    for r in (r for stack in stacks for r in stack.results):
        scenarios.setdefault(r.name, r)
        for clause in r.clauses:
            clauses.setdefault(clause_text(clause), clause)
            levels.setdefault(clause_text(clause), set()).add(clause["level"] or "named")
    first = collections.defaultdict(list)
    for _, r in sorted(scenarios.items()):
        first[clause_text(r.clauses[0]) if r.clauses else ""].append(r)
    return [(clause, ", ".join(sorted(levels[text])), first[text])
            for text, clause in sorted(clauses.items(), key=lambda item: clause_order(item[1]))]


def anchor(stack, name=""):
    return re.sub("[^A-Za-z0-9]+", "-", stack.name + " " + name).strip("-")


def first_of(stack, ds):
    """Of the deviations of a scenario: what links to it goes to the first."""
    return next(other for other in stack.deviations.values() if other[0].name == ds[0].name) is ds


def skips(stack):
    codes = collections.Counter(r.code for r in stack.best.values() if r.state == "skip")
    return "Skipped: %s." % (", ".join("%d %s" % (n, code) for code, n in sorted(codes.items())) or "nothing")


def families_of(ds):
    return ", ".join(sorted({FAMILIES[d.family] for d in ds}))


def facts(ds, reason):
    """What stands beside a deviation's ladder: [(word, text)]."""
    d = ds[0]
    all_of = [("Clause", "%s (%s)" % (d.clause or "the scenario's", d.level)),
              ("Code", "" if d.result.rule else d.code), ("What came", reason),
              ("Why", "new: not looked at yet" if d.why is None else d.why)]
    return [(word, text) for word, text in all_of if text]


# --- Markdown ---

def plain(text):
    """Words that are no markup, in a table's cell either."""
    return re.sub(r"([\\`*_\[\]|#~])", r"\\\1", html.escape(" ".join(text.split()), quote=False))


def md_cell(stack, cell, name):
    words = []
    for state, word, family in cell:
        text = " ".join(filter(None, (SIGNS[state], FAMILIES.get(family), plain(word))))
        words.append("[%s](#%s)" % (text, anchor(stack, name)) if state in ("known", "new") else text)
    return "<br>".join(words)


def md_line(words):
    return "| %s |\n" % " | ".join(words)


def md_deviation(stack, ds, evidence):
    capture, kept, reason, ladder = evidence
    name = ds[0].name
    place = '<a id="%s"></a>' % anchor(stack, name) if first_of(stack, ds) else ""
    text = ["\n#### %s%s (%s)\n\n" % (place, plain(name), families_of(ds))]
    # Of what is not kept the numbers and the times would be others each time.
    text += ["- %s: %s\n" % (word, plain(words)) for word, words in facts(ds, reason if kept else "")]
    if kept:
        name = plain(os.path.basename(capture))
        text.append("- Capture: [%s](../%s)\n" % (name, urllib.parse.quote(capture)))
        text.append("\n<details><summary>Ladder</summary>\n\n<pre>\n%s\n</pre>\n\n</details>\n" %
                    html.escape(ladder, quote=False))
    return "".join(text)


def md_page(stacks, evidences):
    words = [word for word, _ in stacks[0].figures()]
    text = ["# %s\n\n<!-- written by scripts/stacks -->\n\n%s\n" % (TITLE, INTRO),
            "[stacks/](../stacks/README.md) tells how each is started, and `scripts/stacks` writes this.\n\n",
            md_line(["stack", "version"] + words), md_line(["---"] * (len(words) + 2))]
    for s in stacks:
        first = ["[%s](#%s)" % (plain(s.name), anchor(s)), plain(s.version)]
        text.append(md_line(first + [str(n) for _, n in s.figures()]))
    text += ["\n## Requirements\n\n"] + ["- %s %s\n" % (SIGNS[state], says) for state, says in LEGEND]
    text += ["\n", md_line([""] + [plain(s.name) for s in stacks]), md_line(["---"] * (len(stacks) + 1))]
    for clause, levels, scenarios in requirements(stacks):
        name = clause_text(clause)
        first = "**[%s](%s)** (%s)" % (plain(name), clause_link(clause), levels)
        text.append(md_line([first] + [md_cell(s, s.cell(s.clause_state, name), "") for s in stacks]))
        for r in scenarios:
            cells = [md_cell(s, s.cell(s.state, r.name), r.name) for s in stacks]
            text.append(md_line(["%s: %s" % (plain(r.name), plain(r.title))] + cells))
    text.append("\n## Deviations\n")
    for s in stacks:
        text.append('\n### <a id="%s"></a>%s: %s\n' % (anchor(s), plain(s.name), plain(s.version)))
        text.append("\n%s\n" % plain(skips(s)))
        text += [md_deviation(s, ds, evidences[s.name, key]) for key, ds in s.deviations.items()]
        text += ["\nGone: %s\n" % plain(" ".join(entry)) for entry in s.gone]
    return "".join(text)


# --- HTML ---

def tag(name, content, **attributes):
    words = "".join(' %s="%s"' % (key.rstrip("_"), html.escape(value)) for key, value in attributes.items())
    return "<%s%s>%s</%s>" % (name, words, content, name)


def text_of(text):
    return html.escape(text, quote=False)


def badge(state, word="", family=""):
    words = " ".join(filter(None, (FAMILIES.get(family), word)))
    shown = tag("span", " " + text_of(words), class_="word") if words else ""
    return tag("span", SIGNS[state] + shown, class_="badge " + BADGES[state], title=words or "not asked")


def html_row(stacks, first, cell_of, name=""):
    cells = [tag("th", first, scope="row")]
    for s in stacks:
        marks = ""
        for state, word, family in cell_of(s):
            mark = badge(state, word, family)
            marks += tag("a", mark, href="#" + anchor(s, name)) if state in ("known", "new") else mark
        cells.append(tag("td", marks))
    return tag("tr", "".join(cells), class_="scenario" if name else "row")


def html_table(class_, heads, rows):
    head = tag("tr", tag("th", "") + "".join(tag("th", text_of(head), scope="col") for head in heads))
    return tag("table", tag("thead", head) + tag("tbody", "\n".join(rows)), class_=class_)


def html_capture(stack, path):
    with open(path, "rb") as file:
        data = base64.b64encode(file.read()).decode()
    name = stack.name + "-" + os.path.basename(path)
    return tag("a", text_of(name), href="data:application/vnd.tcpdump.pcap;base64," + data, download=name)


def html_deviation(stack, ds, evidence):
    capture, _, reason, ladder = evidence
    state = "new" if any(d.why is None for d in ds) else "known"
    title = text_of(ds[0].name) + " " + tag("span", families_of(ds), class_="dim") + " " + badge(state, state)
    shown = [(word, text_of(words)) for word, words in facts(ds, reason)]
    shown += [("Capture", html_capture(stack, capture))] if capture else []
    parts = [tag("h3", title), tag("p", text_of(ds[0].result.title), class_="proves"),
             tag("dl", "".join(tag("dt", word) + tag("dd", words) for word, words in shown),
                 class_="outcome " + BADGES[state])]
    parts += [tag("figure", tag("pre", text_of(ladder)))] if ladder else []
    place = {"id": anchor(stack, ds[0].name)} if first_of(stack, ds) else {}
    return tag("article", "\n".join(parts), **place)


def html_requirements(stacks):
    rows = []
    for clause, levels, scenarios in requirements(stacks):
        name = clause_text(clause)
        first = tag("a", text_of(name), class_="clause", href=clause_link(clause))
        first += " " + tag("span", levels, class_="dim")
        rows.append(html_row(stacks, first, lambda s: s.cell(s.clause_state, name)))
        for r in scenarios:
            first = text_of(r.name) + tag("div", text_of(r.title), class_="dim")
            rows.append(html_row(stacks, first, lambda s: s.cell(s.state, r.name), r.name))
    legend = "".join(tag("li", badge(state) + " " + text_of(says)) for state, says in LEGEND)
    return tag("ul", legend, class_="legend") + html_table("grid", [s.name for s in stacks], rows)


def html_page(stacks, evidences, css):
    rows = []
    for s in stacks:
        name = tag("a", text_of(s.name), href="#" + anchor(s)) + tag("div", text_of(s.version), class_="dim")
        cells = [tag("th", name, scope="row")] + [tag("td", str(n)) for _, n in s.figures()]
        rows.append(tag("tr", "".join(cells)))
    figures = html_table("grid figures", [word for word, _ in stacks[0].figures()], rows)
    header = [tag("p", "fourwave", class_="program"), tag("h1", TITLE), tag("p", INTRO, class_="dim")]
    body = [tag("header", "".join(header)),
            tag("section", tag("h2", "Stacks") + figures),
            tag("section", tag("h2", "Requirements") + html_requirements(stacks))]
    for s in stacks:
        parts = [tag("h2", text_of(s.name) + " " + tag("span", text_of(s.version), class_="dim")),
                 tag("p", text_of(skips(s)), class_="dim")]
        parts += [html_deviation(s, ds, evidences[s.name, key]) for key, ds in s.deviations.items()]
        parts += [tag("p", "Gone: " + text_of(" ".join(entry))) for entry in s.gone]
        body.append(tag("section", "\n".join(parts), id=anchor(s)))
    head = ['<meta charset="utf-8"/>',
            '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
            '<meta name="color-scheme" content="light dark"/>', tag("title", "fourwave: TCP stacks"),
            tag("style", css + STYLE)]
    page = tag("head", "".join(head)) + "\n" + tag("body", "\n".join(body))
    return "<!DOCTYPE html>\n" + tag("html", page, lang="en") + "\n"


def write_pages(stacks, evidence, css_path, html_path, md_path):
    """evidence(stack, deviations): capture or None, is it kept, reason, ladder. md_path may be None."""
    if not stacks:
        return
    evidences = {(s.name, key): evidence(s, ds) for s in stacks for key, ds in s.deviations.items()}
    with open(css_path, encoding="utf-8") as file:
        texts = [(html_path, html_page(stacks, evidences, file.read()))]
    if md_path:
        texts.append((md_path, md_page(stacks, evidences)))
    for path, text in texts:
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(path + ".new", path)
