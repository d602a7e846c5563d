"""The words that name a case's facts and its timeline, in English and Arabic. A profile adds its own (`labels`)."""

import re
from functools import lru_cache

from archive.extract.case_lines import fold

MAX_LABEL = 120  # characters: the longest has 40, and marks may stand at each letter
LABELS: dict[str, tuple[str, ...]] = {
    "claimants": (
        "claimant", "claimants", "plaintiff", "plaintiffs", "applicant", "applicants", "petitioner", "petitioners",
        "complainant", "complainants", "appellant", "appellants", "claimant party", "plaintiff party", "brought by",
        "filed by", "المدعيان", "المدعيين", "المدعيتان", "صاحب الشكوى", "أصحاب الشكوى", "مقدم الشكوى",
        "مقدمو البلاغ", "المدعي", "المدعية", "المدعون", "المدعين", "المدعيات", "الجهة المدعية", "الجهات المدعية",
        "الطرف المدعي",
        "مقدم الدعوى", "مقدمو الدعوى", "مقدمة الدعوى", "مقدمو الشكوى", "الشاكي", "الشاكون", "المشتكي", "المشتكون",
        "الطاعن", "الطاعنون", "المستأنف", "المستأنفون", "رافعو الدعوى", "رافع الدعوى", "أصحاب الدعوى", "المدّعون",
    ),
    "defendants": (
        "defendant", "defendants", "respondent", "respondents", "accused", "defendant parties", "defending party",
        "المدعى عليه", "المدعى عليها", "المدعى عليهم", "المدعى عليهما", "الجهة المدعى عليها",
        "الجهات المدعى عليها", "المتهم", "المتهمة",
        "المتهمون", "المتهمين", "المتهمان", "المدعى عليهن", "المشتكى عليها", "المشتكى عليهما", "المشكو منه",
        "المشكو في حقه", "المشتكى عليه", "المشتكى عليهم", "المطعون ضده", "المطعون ضدهم", "المستأنف ضده",
        "المستأنف ضدهم", "الخصم", "الطرف المدعى عليه",
    ),
    "court": (
        "court", "court name", "tribunal", "forum", "venue", "court tribunal", "court or tribunal",
        "competent court", "trial court", "judicial body", "المحكمة الناظرة", "المحكمة الناظرة في الدعوى",
        "المحكمة الناظرة في القضية", "المحكمة", "اسم المحكمة", "الجهة القضائية", "الهيئة القضائية",
        "المحكمة المختصة", "جهة التقاضي",
    ),
    "jurisdiction": (
        "jurisdiction", "country", "state", "jurisdiction country", "country of litigation", "place of litigation",
        "النطاق القضائي", "بلد الدعوى", "بلد القضية", "مكان التقاضي", "الولاية القضائية", "الاختصاص القضائي",
        "الاختصاص", "البلد", "الدولة", "بلد التقاضي",
    ),
    "number": (
        "case number", "case no", "case num", "number", "docket", "docket number", "docket no", "case id",
        "file number", "file no", "claim number", "claim no", "case reference", "index number", "index no",
        "case reference number", "lawsuit number", "رقم الشكوى", "رقم البلاغ", "رقم الأساس", "reference",
        "reference number", "application no", "application number", "neutral citation", "citation", "رقم القضية",
        "رقم الدعوى", "رقم الملف", "رقم الطعن", "الرقم", "رقم القيد", "الرقم المرجعي", "رقم ملف القضية",
    ),
    "filed": (
        "filed", "date filed", "filing date", "date of filing", "filed on", "case filed", "date lodged", "lodged",
        "lodged on", "date initiated", "initiated", "commenced", "date commenced", "date of complaint",
        "date of initiation", "تاريخ التسجيل", "تاريخ الشكوى", "تاريخ بدء الدعوى", "تاريخ تسجيل الدعوى", "رفعت في",
        "تاريخ فتح الملف", "تاريخ رفع الدعوى", "تاريخ التقديم", "تاريخ الدعوى", "تاريخ الإيداع", "تاريخ القيد",
        "تاريخ تقديم الدعوى", "تاريخ الرفع", "تاريخ رفع القضية", "تاريخ تقديم الشكوى",
    ),
    "status": (
        "status", "current status", "case status", "procedural status", "stage", "current stage",
        "status of the case", "وضع الدعوى", "حالة الملف", "المرحلة", "المرحلة الحالية", "مرحلة التقاضي",
        "وضع الملف", "الحالة", "حالة القضية", "حالة الدعوى", "وضع القضية", "الوضع", "الوضع الحالي", "الوضع الراهن",
        "الحالة الراهنة",
    ),
    "name": (
        "case name", "case title", "name of case", "name of the case", "case", "اسم القضية", "عنوان القضية",
        "القضية", "اسم الدعوى",
    ),
}  # fmt: skip
_TIMELINE = re.compile(
    r"^(?:case\s+)?(?:proceedings|timeline|procedural (?:history|timeline)|chronology|key dates|case history|"
    r"history of the (?:case|proceedings)|history|course of the case|main events|key events|key developments|"
    r"case developments|developments|milestones|court proceedings|litigation (?:timeline|history)|"
    r"procedural background)"
    r"(?: of (?:the )?(?:case|events|proceedings))?$"
    r"|^(?:مسار|مراحل|سير|تطورات|تسلسل|مجريات|مستجدات|محطات)\s+(?:القضيه|الدعوي|الاحداث|التقاضي|الاجراءات|المحاكمه)$|^(?:التسلسل|الجدول|"
    r"الخط|المسار)\s+(?:الزمني|القضائي)(?:\s+\S+){0,2}$|^(?:ابرز|اهم)\s+(?:المحطات|التواريخ|الاحداث).*$"
    r"|^الاجراءات(?: القضائيه)?$|^المسار$|^(?:المحطات|التواريخ) (?:الرئيسيه|الاساسيه|المهمه)$"
)


@lru_cache(maxsize=64)
def labelled(extra: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, str]:
    """Folded label → the fact that it names. A profile's labels come before our own."""
    found = {fold(label): name for name, labels in extra for label in labels}
    for name, labels in LABELS.items():
        for label in labels:
            found.setdefault(fold(label), name)
    return found


@lru_cache(maxsize=4096)
def is_timeline(text: str) -> bool:
    """Whether a heading stands over dated steps: "Proceedings", «مسار القضية»."""
    return len(text) <= MAX_LABEL and bool(_TIMELINE.match(fold(text)))
