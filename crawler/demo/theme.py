# ruff: noqa: E501 - lines of markup and lists of words are easier to read whole
"""The constant parts of the demo's pages: style, script, icons, menus, footer. Most of a real WordPress page is this, and it costs nothing to send again."""

import math

from crawler.demo import people

THEME = "/wp-content/themes/demo"
MENU = (
    ("Analysis", "/category/analysis/"), ("Commentary", "/category/commentary/"), ("Interviews", "/category/interviews/"), ("Briefs", "/category/briefs/"),
    ("Week in Brief", "/category/week-in-brief/"), ("Special Reports", "/category/special-reports/"), ("Press Releases", "/category/press-releases/"),
    ("Events", "/category/events/"), ("Case Files", "/category/case-files/"), ("Egypt", "/areas-of-focus/egypt/"), ("Lebanon", "/areas-of-focus/lebanon/"),
    ("Iraq", "/areas-of-focus/iraq/"), ("Tunisia", "/areas-of-focus/tunisia/"), ("Syria", "/areas-of-focus/syria/"), ("Libya", "/areas-of-focus/libya/"),
    ("Archive", "/archive/"), ("About", "/about/"), ("Fellowships", "/fellowships/"), ("Join Us", "/join-us/"), ("Contact", "/contact/"),
)  # fmt: skip
STATIC_PAGES = ("about", "fellowships", "join-us", "contact", "privacy-policy")
COLOURS = (
    "black",
    "cyan-bluish-gray",
    "white",
    "pale-pink",
    "vivid-red",
    "luminous-vivid-orange",
    "luminous-vivid-amber",
    "light-green-cyan",
    "vivid-green-cyan",
)
BLOCKS = (
    "archives", "audio", "avatar", "button", "calendar", "categories", "code", "column", "comments", "cover", "details", "embed", "file", "footnotes", "gallery",
    "group", "heading", "html", "image", "latest-posts", "list", "media-text", "navigation", "paragraph", "post-author", "post-content", "post-date",
    "post-excerpt", "post-terms", "post-title", "preformatted", "pullquote", "query", "quote", "read-more", "rss", "search", "separator", "social-links",
    "spacer", "table", "tag-cloud", "template-part", "verse", "video",
)  # fmt: skip
NETWORKS = ("facebook", "twitter", "linkedin", "whatsapp")


def _inline_style() -> str:
    presets = "".join(f"--wp--preset--color--{name}:#{n * 1_118_481 % 0xFFFFFF:06x};--wp--preset--gradient--{name}-fade:linear-gradient(135deg,rgba({n * 9},{n * 21},{n * 27},1) 0%,rgb({n * 17},{n * 5},{n * 23}) 100%);" for n, name in enumerate(COLOURS))  # fmt: skip
    helpers = "".join(
        f".has-{name}-color{{color:var(--wp--preset--color--{name})!important}}.has-{name}-background-color{{background-color:var(--wp--preset--color--{name})!important}}.has-{name}-border-color{{border-color:var(--wp--preset--color--{name})!important}}"
        for name in COLOURS
    )
    blocks = "".join(
        f":where(.wp-block-{name}.has-background){{padding:1.25em 2.375em}}.wp-block-{name}{{box-sizing:border-box;margin-block-start:var(--wp--style--block-gap,1.2rem)}}.wp-block-{name} a:where(:not(.wp-element-button)){{color:inherit;text-decoration:underline}}.wp-block-{name}.alignwide{{max-width:1180px;margin-inline:auto}}.rtl .wp-block-{name}{{direction:rtl;text-align:right}}@media (max-width:781px){{.wp-block-{name}{{padding-inline:16px}}}}"
        for name in BLOCKS
    )
    return f"<style id='global-styles-inline-css'>\nbody{{{presets}}}{helpers}\n{blocks}\n</style>\n"


def _filters() -> str:
    return "".join(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 0" width="0" height="0" focusable="false" role="none" style="visibility: hidden; position: absolute; left: -9999px; overflow: hidden;"><defs><filter id="demo-tone-{n}"><feColorMatrix color-interpolation-filters="sRGB" type="matrix" values=" .299 .587 .114 0 0 .299 .587 .114 0 0 .299 .587 .114 0 0 .299 .587 .114 0 0 "/><feComponentTransfer color-interpolation-filters="sRGB"><feFuncR type="table" tableValues="0.{n}9 0.98"/><feFuncG type="table" tableValues="0 0.{n}5"/><feFuncB type="table" tableValues="0.{n}1 1"/><feFuncA type="table" tableValues="1 1"/></feComponentTransfer></filter></defs></svg>\n'
        for n in range(8)
    )


def icon(n: int) -> str:
    """A wheel of 28 points, whose cogs `n` decides: as many bytes as a real icon has."""
    wide = 1 + n % 4
    points = [(n / 9 + k * math.tau / 28, 10 if k // wide % 2 else 6 + n % 3) for k in range(28)]
    path = " ".join(f"{12 + far * math.cos(at):.1f} {12 + far * math.sin(at):.1f}" for at, far in points)
    return f'<svg width="24" height="24" viewBox="0 0 24 24" version="1.1" xmlns="http://www.w3.org/2000/svg" aria-hidden="true" focusable="false"><path d="M{path}z"></path></svg>'


def head(home: str) -> str:
    """What every page's <head> ends with: `home` has no final slash."""
    script = "".join(f'"module_{name}":{{"enabled":{"true" if n % 3 else "false"},"selector":".wp-block-{name}","lazy":true}},' for n, name in enumerate(BLOCKS))  # fmt: skip
    return (
        f'<link rel=\'dns-prefetch\' href=\'//cdn.example.org\'>\n<link rel="alternate" type="application/rss+xml" title="{people.INSTITUTE} &raquo; Feed" href="{home}/feed/">\n'
        + _inline_style()
        + f"<link rel='stylesheet' id='demo-style-css' href='{home}{THEME}/style.css?ver=3.2' media='all'>\n"
        f'<link rel="https://api.w.org/" href="{home}/wp-json/">\n<link rel="icon" href="{home}/wp-content/uploads/2014/01/icon-32x32.png" sizes="32x32">\n'
        f'<script id="demo-settings">window.demoSettings={{{script}"home":"{home}/"}};</script>\n<script src="{home}{THEME}/site.js?ver=3.2" defer></script>\n'
    )


def top(home: str) -> str:
    """Skip link, site header and the menu."""
    items = "".join(
        f'<li id="menu-item-{310 + n}" class="menu-item menu-item-type-taxonomy menu-item-object-category menu-item-{310 + n} wp-block-navigation-item open-on-hover-click"><a class="wp-block-navigation-item__content" href="{home}{path}" itemprop="url"><span class="wp-block-navigation-item__label">{label}</span></a></li>'
        for n, (label, path) in enumerate(MENU)
    )
    return (
        _filters()
        + f'<div class="wp-site-blocks">\n<header class="wp-block-template-part site-header"><div class="wp-block-group alignwide is-layout-flex"><p class="wp-block-site-title"><a href="{home}/" rel="home">{people.INSTITUTE}</a></p><nav class="wp-block-navigation is-responsive" aria-label="Main"><button aria-haspopup="true" aria-label="Open menu" class="wp-block-navigation__responsive-container-open">{icon(3)}</button><ul class="wp-block-navigation__container menu">{items}</ul></nav><form role="search" method="get" action="{home}/" class="wp-block-search"><label class="screen-reader-text" for="s">Search</label><input type="search" id="s" name="s" placeholder="Search …"><button type="submit">{icon(5)}</button></form></div></header>\n'
    )


def bottom(home: str) -> str:
    """Newsletter, footer, and the end of the page."""
    links = "".join(
        f'<li class="footer-menu__item"><a href="{home}{path}">{label}</a></li>'
        for label, path in (("Analysis", "/category/analysis/"), ("Fellowships", "/fellowships/"), ("Projects", "/areas-of-focus/egypt/"), ("Events", "/category/events/"), ("About", "/about/"), ("Join Us", "/join-us/"), ("Privacy Policy", "/privacy-policy/"),
            *((tag.name, f"/tag/{tag.slug}/") for tag in people.TAGS[:7]))
    )  # fmt: skip
    social = "".join(
        f'<li class="wp-social-link wp-block-social-link"><a href="https://{name}.example.com/demo-institute" class="wp-block-social-link-anchor" rel="noopener">{icon(n)}<span class="screen-reader-text">{name.title()}</span></a></li>'
        for n, name in enumerate(NETWORKS)
    )
    return (
        f'<section class="newsletter wp-block-group"><h2 class="newsletter__title">Stay informed</h2><p>Sign up for our newsletter and never miss a publication.</p><form class="newsletter__form" action="{home}/subscribe/" method="post"><input type="email" name="email" placeholder="Your e-mail address" required><input type="hidden" name="list" value="weekly"><button type="submit" class="wp-element-button">Subscribe</button></form></section>\n'
        f'<footer class="wp-block-template-part site-footer"><div class="site-footer__address"><p>{people.INSTITUTE}<br>12 Harbour Street, Suite 400<br>Harbour City</p></div><ul class="footer-menu">{links}</ul><ul class="wp-block-social-links">{social}</ul><p class="site-footer__copyright">© 2026 {people.INSTITUTE}. All rights reserved.</p></footer>\n</div>\n'
        f'<script type="speculationrules">{{"prefetch":[{{"source":"document","where":{{"and":[{{"href_matches":"/*"}},{{"not":{{"href_matches":["/wp-*.php","/wp-admin/*"]}}}}]}},"eagerness":"conservative"}}]}}</script>\n</body>\n</html>\n'
    )


def share(url: str, title: str, arabic: bool) -> str:
    """`url` and `title` percent-encoded."""
    links = "".join(
        f'<a class="share-bar__link share-bar__link--{name}" href="https://{name}.example.com/share?u={url}&amp;text={title}" target="_blank" rel="noopener nofollow">{_ICONS[n]}<span class="screen-reader-text">{"مشاركة" if arabic else "Share on"} {name.title()}</span></a>'
        for n, name in enumerate(NETWORKS)
    )
    return (
        f'<div class="share-bar"><span class="share-bar__label">{"شارك" if arabic else "Share"}</span>{links}</div>\n'
    )


_ICONS = [icon(n + 10) for n in range(len(NETWORKS))]

STYLE = f"""@import url("base.css");
@font-face {{ font-family: "Demo Serif"; src: url("fonts/demo-serif.woff2") format("woff2"); font-display: swap; }}
body {{ font-family: "Demo Serif", Georgia, serif; color: #222; background: #fff; }}
.site-footer {{ padding-block-start: 1rem; background: url("{THEME}/paper.png") repeat-x; }}
.single-title {{ font-size: 2.2rem; color: #123a5a; }}
.rtl .entry-content, [dir="rtl"] .entry-content {{ direction: rtl; text-align: right; }}
.share-bar {{ display: flex; gap: .5rem; }}
"""
BASE_STYLE = """* { box-sizing: border-box; }
.wp-site-blocks { max-width: 1180px; margin: 0 auto; }
.entry-content { max-width: 720px; line-height: 1.7; }
.screen-reader-text { position: absolute; left: -9999px; }
.menu { display: flex; flex-wrap: wrap; list-style: none; gap: 1rem; }
"""
SCRIPT = """(function () {
  var button = document.querySelector(".wp-block-navigation__responsive-container-open");
  if (button) button.addEventListener("click", function () { document.body.classList.toggle("menu-open"); });
})();
"""
