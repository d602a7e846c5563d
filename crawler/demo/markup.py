# ruff: noqa: E501 - lines of markup and lists of words are easier to read whole
"""The body of a demo publication as HTML, in the markups that WordPress sites have."""

from html import escape
from itertools import count

from crawler.demo.case_layouts import FACTS, TIMELINES, Layout
from crawler.demo.outline import CYCLE, case_layouts
from crawler.demo.publication import Block, Image, Link, Mark, Publication, Strong, Text

LABELS = {
    "claimants": (("Claimants", "Plaintiffs"), ("المدّعون", "الجهة المدّعية")),
    "defendants": (("Defendants", "Respondents"), ("المدّعى عليهم", "الجهة المدّعى عليها")),
    "court": (("Court", "Court"), ("المحكمة", "المحكمة")),
    "number": (("Case number", "Docket no."), ("رقم القضية", "رقم الدعوى")),
    "filed": (("Filed", "Date filed"), ("تاريخ الدعوى", "تاريخ تقديم الدعوى")),
    "status": (("Status", "Current status"), ("الحالة", "الوضع الحالي")),
}


def inline(text: Text) -> str:
    out = []
    for run in text:
        if isinstance(run, str):
            out.append(escape(run, quote=False))
        elif isinstance(run, Link):
            out.append(f'<a href="{escape(run.url)}">{escape(run.text, quote=False)}</a>')
        elif isinstance(run, Strong):
            out.append(f"<strong>{escape(run.text, quote=False)}</strong>")
        else:
            out.append(_mark(run))
    return "".join(out)


def _mark(run: Mark) -> str:
    return f'<a href="#_ftn{run.mark}" id="_ftnref{run.mark}">[{run.mark}]</a>'


def figure(image: Image, home: str, name: str = "wp-block-image size-large", credit_class: str = "image-credit") -> str:
    base = home + image.path
    sizes = ", ".join(f"{base}-{width}x{width * 9 // 16}.png {width}w" for width in (300, 768, 1024))
    credit = f' <span class="{credit_class}">{escape(image.credit)}</span>' if image.credit else ""
    caption = (
        f'<figcaption class="wp-element-caption">{escape(image.caption, quote=False)}{credit}</figcaption>'
        if image.caption
        else ""
    )
    return (
        f'<figure class="{name}"><img decoding="async" width="1024" height="576" src="{base}-1024x576.png" alt="{escape(image.alt)}" '
        f'srcset="{sizes}" sizes="(max-width: 1024px) 100vw, 1024px">{caption}</figure>\n'
    )


class Markup:
    """One publication's body. `home` has no final slash."""

    def __init__(self, publication: Publication, home: str) -> None:
        self.publication, self.home = publication, home
        self.arabic = publication.outline.language == "ar"
        self.anchors = count(1)

    def html(self) -> str:
        return "".join(getattr(self, f"_{block.type}")(block) for block in self.publication.shown) + self._pager()

    def _pager(self) -> str:
        """WordPress' links between the pages of one post."""
        about, home = self.publication.outline, self.home
        if about.pages == 1:
            return ""
        links = [
            f'<span class="post-page-numbers current" aria-current="page">{number}</span>'
            if number == self.publication.page
            else f'<a href="{home}{about.path}{f"{number}/" if number > 1 else ""}" class="post-page-numbers">{number}</a>'
            for number in range(1, about.pages + 1)
        ]
        return f'<div class="page-links">{"صفحات:" if self.arabic else "Pages:"} {" ".join(links)}</div>\n'

    def _paragraph(self, block: Block) -> str:
        return f"<p>{inline(block.text)}</p>\n\n"

    def _heading(self, block: Block) -> str:
        return f'<h{block.level} class="wp-block-heading" id="h-{next(self.anchors)}">{inline(block.text)}</h{block.level}>\n\n'

    def _question(self, block: Block) -> str:
        text = inline(block.text)
        if block.as_heading and block.label is None:
            return f'<h{block.level} class="wp-block-heading">{text}</h{block.level}>\n\n'
        if block.label:
            return f"<p><strong>{escape(block.label)}:</strong> {text}</p>\n\n"
        return f"<p><strong>{text}</strong></p>\n\n"

    def _answer(self, block: Block) -> str:
        label = f"<strong>{escape(block.label)}:</strong> " if block.label else ""
        return f"<p>{label}{inline(block.text)}</p>\n\n"

    def _list(self, block: Block) -> str:
        return f'<ul class="wp-block-list">{"".join(f"<li>{inline(item)}</li>" for item in block.items)}</ul>\n\n'

    def _quote(self, block: Block) -> str:
        return f'<blockquote class="wp-block-quote"><p>{inline(block.text)}</p><cite>{escape(block.cite or "")}</cite></blockquote>\n\n'

    def _pullquote(self, block: Block) -> str:
        return f'<figure class="wp-block-pullquote"><blockquote><p>{inline(block.text)}</p></blockquote></figure>\n\n'

    def _image(self, block: Block) -> str:
        return figure(self.publication.images[-1], self.home)

    def _also(self, block: Block) -> str:
        return f'<p class="read-also"><strong>{inline(block.text)}</strong></p>\n\n'

    def _details(self, block: Block) -> str:
        return f'<div class="event-details">{"".join(f"<p>{inline(item)}</p>" for item in block.items)}</div>\n\n'

    def _notes(self, block: Block) -> str:
        notes = "".join(
            f'<p class="footnote"><a href="#_ftnref{mark}" id="_ftn{mark}">[{mark}]</a> {inline(text)}</p>\n'
            for mark, text in self.publication.footnotes
        )
        return f'<hr class="wp-block-separator">\n<div class="footnotes">\n{notes}</div>\n'

    def _documents(self, block: Block) -> str:
        documents = self.publication.documents
        if self.publication.outline.kind == "legal_case":
            return f'<ul class="case-documents">{"".join(f"<li>{self._pdf(document.path, document.title)}</li>" for document in documents)}</ul>\n\n'
        return "".join(
            f'<div class="wp-block-file">{self._pdf(document.path, document.title)}</div>\n\n' for document in documents
        )

    def _pdf(self, path: str, title: str) -> str:
        return f'<a class="wp-block-file__button" href="{self.home}{escape(path)}">{escape(title)}</a>'

    def _facts(self, block: Block) -> str:
        return facts_layout(self.publication).html(facts(self.publication))

    def _timeline(self, block: Block) -> str:
        return timeline_layout(self.publication).html(events(self.publication))

    def _table(self, block: Block) -> str:
        head, *rows = (
            "".join(f"<{tag}>{escape(cell, quote=False)}</{tag}>" for cell in row)
            for tag, row in zip(["th"] + ["td"] * (len(block.rows) - 1), block.rows, strict=True)
        )
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        return f'<figure class="wp-block-table"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></figure>\n\n'


def facts_layout(publication: Publication) -> Layout:
    return FACTS[case_layouts(publication.outline.number)[0]]


def timeline_layout(publication: Publication) -> Layout:
    return TIMELINES[case_layouts(publication.outline.number)[1]]


def events(publication: Publication) -> list[tuple[str, str]]:
    """The days of the case's timeline as the page writes them, and what happened."""
    assert publication.case is not None
    return [(event.date_raw, event.event) for event in publication.case.timeline]


def facts(publication: Publication) -> list[tuple[str, str]]:
    """The case's labels and values, as the page writes them."""
    case, arabic = publication.case, publication.outline.language == "ar"
    assert case is not None
    others = (" وآخرون" if arabic else " et al.") if case.claimants_others else ""
    joined = "، " if arabic else ", "
    values = {
        "claimants": joined.join(case.claimants) + others, "defendants": joined.join(case.defendants), "court": case.court,
        "number": case.number, "filed": case.filed_raw, "status": case.status,
    }  # fmt: skip
    spelling = publication.outline.number // CYCLE % 2
    return [(LABELS[key][arabic][spelling], value) for key, value in values.items()]
