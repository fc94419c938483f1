# Turns what nbconvert rendered into a report: python page.py PAGE SETTINGS, PAGE being replaced in place. SETTINGS is
# JSON: title where the notebook has no heading, lines on where the numbers come from, and the reports beside this one.
import json
import re
import sys
from urllib.parse import unquote

from bs4 import BeautifulSoup

HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
# What the page may do is said once, for what the notebook brought too: show itself.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; media-src data:"


def contain(page):
    """What a cell brings ends where the cell does: a tag that it closes too often, or leaves open, changes nothing else."""
    mark = re.search('<meta [^>]*name="kelpie-mark"[^>]*>', page)
    number = re.search('content="([0-9]+)"', mark[0])[1]
    begin, end = f"<!--kelpie {number}-->", f"<!--/kelpie {number}-->"
    whole = lambda part: str(BeautifulSoup(part[1], "html.parser"))
    return re.sub(re.escape(begin) + "(.*?)" + re.escape(end), whole, page, flags=re.DOTALL).replace(mark[0], "", 1)


def disarm(soup):
    """Takes out what runs or fetches; a picture that is not in the notebook leaves its description."""
    for element in soup.select("plaintext, xmp, noembed, noframes, noscript, template, frameset, textarea, select"):
        element.unwrap()  # else a browser takes what follows for its text, or leaves it out
    for element in soup.select("script, iframe, object, embed, link, base, meta[http-equiv], form, audio[src], video[src]"):
        element.decompose()
    for element in soup.find_all(True):
        for name in [name for name in element.attrs if name.lower().startswith("on")]:
            del element.attrs[name]
        for name in ("href", "xlink:href", "formaction"):
            scheme = re.sub(r"[\s\x00-\x1f]", "", str(element.get(name, ""))).lower()
            if scheme.startswith(("javascript:", "vbscript:", "data:")):
                del element.attrs[name]
    for picture in soup.find_all("img"):
        if not picture.get("src", "").startswith("data:"):
            text = soup.new_tag("em")
            text.string = "[a picture that is not in the notebook: " + (picture.get("alt") or "without a description") + "]"
            picture.replace_with(text)
    policy = soup.new_tag("meta", attrs={"http-equiv": "Content-Security-Policy", "content": POLICY})
    soup.head.insert(1, policy)


def order_headings(soup, title):
    """One h1, which comes first, and no level left out below it; returns the headings."""
    for link in soup.select("a.anchor-link"):
        link.decompose()
    main = soup.main
    headings = [h for h in main.find_all(HEADINGS) if h.get_text(strip=True)]
    if not headings or headings[0].name != "h1":
        first = soup.new_tag("h1")
        first.string = title
        main.insert(0, first)
        headings.insert(0, first)
    deeper = any(h.name == "h1" for h in headings[1:])
    before = 1
    for heading in headings[1:]:
        level = int(heading.name[1]) + deeper
        before = min(level, before + 1, 6)
        heading.name = f"h{before}"
    for empty in main.find_all(HEADINGS):
        if not empty.get_text(strip=True):
            empty.name = "p"
    taken = set()
    for element in soup.find_all(id=True):
        element["id"] = unused(element["id"], taken)
    for heading in headings:
        if not heading.get("id"):
            heading["id"] = unused(re.sub(r"\s+", "-", heading.get_text(" ", strip=True)), taken)
    soup.title.string = headings[0].get_text(" ", strip=True)
    return headings


def unused(name, taken):
    """The name, with a number behind it where it is taken."""
    number, free = 2, name
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    taken.add(free)
    return free


def contents(soup, headings):
    """The sections, down to the fourth level, as a list of links."""
    nav = soup.new_tag("nav", attrs={"class": "kelpie-contents", "aria-label": "Contents"})
    fold = soup.new_tag("details", attrs={"open": ""})
    summary = soup.new_tag("summary")
    summary.string = "Contents"
    fold.append(summary)
    top = soup.new_tag("ul")
    lists = {1: top}  # by the level of the heading that they are below
    for heading in headings:
        level = int(heading.name[1])
        if not 2 <= level <= 4:
            continue
        item, link = soup.new_tag("li"), soup.new_tag("a", href="#" + heading["id"])
        link.string = heading.get_text(" ", strip=True)
        item.append(link)
        if level - 1 not in lists:
            lists[level - 1] = soup.new_tag("ul")
            lists[level - 2].find_all("li", recursive=False)[-1].append(lists[level - 1])
        lists[level - 1].append(item)
        for deeper in [k for k in lists if k >= level]:
            del lists[deeper]
    fold.append(top)
    nav.append(fold)
    return nav if top.contents else None


def reports(soup, beside):
    nav = soup.new_tag("nav", attrs={"class": "kelpie-reports", "aria-label": "Reports"})
    nav.append("See also: ")
    for index, report in enumerate(beside):
        if index:
            nav.append(" · ")
        link = soup.new_tag("a", href=report["href"])
        link.string = report["name"]
        nav.append(link)
    return nav


def fold_code(soup):
    """Each cell's code can be folded; that of a cell tagged hide-cell is."""
    for number, cell in enumerate(soup.select(".jp-CodeCell"), 1):
        editor, prompt = cell.select_one(".jp-InputArea-editor"), cell.select_one(".jp-InputPrompt")
        if editor is None:
            continue
        hidden = bool({"celltag_hide-cell", "celltag_hide-input"} & set(cell.get("class", [])))
        fold = soup.new_tag("details", attrs={"class": "kelpie-code"})
        if not hidden:
            fold["open"] = ""
        summary = soup.new_tag("summary")
        label = re.sub(r"\s+", " ", prompt.get_text() if prompt else "").strip().rstrip(":")
        summary.string = (label if re.search(r"\d", label) else "Code") + (", folded" if hidden else "")
        editor.wrap(fold)
        fold.insert(0, summary)
        for code in editor.select(".highlight"):
            region(code, f"Code of cell {number}")
        for count, output in enumerate(cell.select(".jp-OutputArea-output"), 1):
            region(output, f"Output {count} of cell {number}")
    for prompt in soup.select(".jp-InputPrompt, .jp-OutputPrompt, .jp-Collapser"):
        prompt.decompose()
    for number, code in enumerate(soup.select(".jp-MarkdownOutput pre"), 1):
        region(code, f"Text in fixed width {number}")


def region(element, name):
    """What may scroll is reached by the keyboard, and has a name."""
    element.attrs.update({"tabindex": "0", "role": "region", "aria-label": name})


def main(path, settings):
    with open(path, encoding="utf-8") as file:
        soup = BeautifulSoup(contain(file.read()), "html.parser")
    disarm(soup)
    for element in soup.select("[tabindex]"):
        del element["tabindex"]
    fold_code(soup)
    headings = order_headings(soup, settings["title"])
    for link in soup.select("a[href]"):
        for report in settings["beside"] or []:
            target, mark, fragment = link["href"].partition("#")
            if unquote(target) == report["notebook"]:
                link["href"] = report["href"] + mark + fragment
    soup.main["id"] = unused("kelpie-main", {e["id"] for e in soup.find_all(id=True)})
    soup.main["tabindex"] = "-1"
    skip = soup.new_tag("a", href="#" + soup.main["id"], attrs={"class": "kelpie-skip"})
    skip.string = "Skip to the report"
    header = soup.new_tag("header", attrs={"class": "kelpie-header"})
    if settings["beside"]:
        header.append(reports(soup, settings["beside"]))
    nav = contents(soup, headings)
    if nav is not None:
        header.append(nav)
    footer = soup.new_tag("footer", attrs={"class": "kelpie-provenance"})
    for line in settings["provenance"]:
        paragraph = soup.new_tag("p")
        paragraph.string = line
        footer.append(paragraph)
    soup.body.insert(0, skip)
    skip.insert_after(header)
    soup.main.insert_after(footer)
    with open(path, "w", encoding="utf-8") as file:
        file.write(str(soup))


main(sys.argv[1], json.loads(sys.argv[2]))
