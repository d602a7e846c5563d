"""What the replay's own pages say, in the two languages of the archives."""

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "dir": "ltr",
        "archived": "Archived",
        "of": "of",
        "earlier": "Earlier capture",
        "later": "Later capture",
        "none_earlier": "No earlier capture",
        "none_later": "No later capture",
        "captures": "Captures",
        "all": "All captures of this address",
        "list": "Captures of this page",
        "shown": "shown here",
        "same": "same as before",
        "page": "Archived page",
        "skip": "Skip to the archived page",
        "address": "Address",
        "show": "Show",
        "start": "Type the address of a page to see it as it was captured. Nothing here comes from the live web.",
        "missing": "The archive has no capture of this address.",
        "blocked": "This page is withheld. Its capture is kept, and not shown.",
        "refused": "This cannot be shown.",
        "leads": "Go on to the archived page",
        "more": "nearest are shown; all of them:",
    },
    "ar": {
        "dir": "rtl",
        "archived": "نسخة محفوظة",
        "of": "من",
        "earlier": "النسخة السابقة",
        "later": "النسخة اللاحقة",
        "none_earlier": "لا نسخة أقدم",
        "none_later": "لا نسخة أحدث",
        "captures": "النسخ",
        "all": "كل نسخ هذا العنوان",
        "list": "نسخ هذه الصفحة",
        "shown": "المعروضة هنا",
        "same": "بلا تغيير",
        "page": "الصفحة المحفوظة",
        "skip": "إلى الصفحة المحفوظة",
        "address": "العنوان",
        "show": "اعرض",
        "start": "اكتب عنوان صفحة لترى كيف كانت حين حُفظت. لا شيء هنا يأتي من الشبكة الحية.",
        "missing": "ليس في الأرشيف نسخة من هذا العنوان.",
        "blocked": "هذه الصفحة محجوبة. نسختها محفوظة ولا تُعرض.",
        "refused": "لا يمكن عرض هذا.",
        "leads": "إلى الصفحة المحفوظة",
        "more": "الأقرب معروضة هنا، وكلها:",
    },
}


def preferred(accepted: str) -> str:
    """The first language of an Accept-Language header that there are words for; English where there is none."""
    weighed = []
    for place, part in enumerate(accepted.split(",")[:20]):
        name, _, weight = part.strip().partition(";q=")
        try:
            weighed.append((-float(weight or 1), place, name.partition("-")[0].lower()))
        except ValueError:
            continue
    return next((name for *_, name in sorted(weighed) if name in WORDS), "en")
