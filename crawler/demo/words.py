# ruff: noqa: E501 - lines of markup and lists of words are easier to read whole
"""The vocabularies that the demo institute's texts are made of. Every sentence is invented; nothing here is quoted from anywhere."""

from collections.abc import Callable

Piece = str | tuple[str, ...]
Template = tuple[Piece, ...]

ACTORS = (
    "the interior ministry", "the cabinet", "local councils", "the bar association", "independent unions",
    "the central bank", "a parliamentary committee", "the electoral commission", "provincial governors",
    "three rights groups", "the constitutional court", "the port authority", "teachers and nurses", "the audit office",
    "displaced families", "the water directorate", "a coalition of lawyers", "the broadcasting regulator",
    "municipal engineers", "the ombudsman", "the finance committee", "small growers", "the state prosecutor",
    "opposition lists", "neighbourhood committees", "the grain board", "donor agencies", "the army command",
    "former detainees", "the statistics bureau", "the students’ union", "the health ministry", "the women’s caucus",
    "freight companies", "the anti-graft unit", "the journalists’ syndicate", "the planning agency",
    "a cross-party panel", "the railway workers", "the fishing cooperatives",
)  # fmt: skip
VERBS = (
    "postponed", "rejected", "published", "quietly amended", "challenged", "endorsed", "delayed", "withdrew",
    "reopened", "documented", "criticized", "rewrote", "suspended", "defended", "questioned", "accelerated",
    "abandoned", "funded", "audited", "leaked", "welcomed", "ignored", "negotiated", "restricted", "reviewed",
    "litigated over", "voted down", "revived",
)  # fmt: skip
OBJECTS = (
    "the draft associations law", "a plan to privatize the ferries", "the emergency decree", "the new land registry",
    "a list of missing persons", "the fuel subsidy", "the amnesty bill", "an inquiry into the silo collapse",
    "the curfew order", "the water-sharing agreement", "the provincial budget", "a settlement with creditors",
    "the media code", "the pension reform", "an independent review", "the border crossing protocol",
    "the municipal elections", "the bread quota", "the cybercrime provisions", "a reparations fund",
    "the detention register", "the dredging contract", "the wage board’s findings", "the appointment of judges",
    "the reconstruction tender", "the census", "the refugee permit scheme", "the anti-corruption strategy",
    "a moratorium on evictions", "the customs union", "the school curriculum", "the electricity tariff",
    "the witness protection rules", "the coastal zoning map",
)  # fmt: skip
TIMES = (
    "within weeks of the vote", "after three years of deadlock", "before the summer recess",
    "in the months that followed", "despite repeated promises", "without a public debate",
    "while the currency kept sliding", "on the eve of the anniversary", "as the ceasefire frayed",
    "in a late-night session", "for the second time in a decade", "behind closed doors", "at the height of the drought",
    "only after foreign pressure", "with little explanation", "by a margin of a single vote",
    "once the donors had left", "between two court hearings", "under the old statute", "in the shadow of the talks",
)  # fmt: skip
EFFECTS = (
    "leaving residents to wait", "which critics call a rehearsal", "and the costs fell on renters",
    "though the numbers tell another story", "so the dispute moved to the courts", "and trust has yet to recover",
    "but enforcement remains selective", "a pattern seen elsewhere", "with consequences for every household",
    "and the archive of complaints keeps growing", "so that no deadline was binding",
    "which the law itself never foresaw", "even where the text is clear", "and few expect a reversal",
    "while the terms stay secret",
)  # fmt: skip
VIEWS = (
    "Lawyers warn that", "Observers say that", "Residents describe how", "The record shows that",
    "Officials insist that", "A leaked memo suggests that", "Several members recalled that",
    "Field interviews indicate that", "It is easy to forget that", "Campaigners maintain that", "Economists doubt that",
    "The minutes make plain that", "Two former ministers admit that", "No one disputes that",
)  # fmt: skip
ADJECTIVES = (
    "fragile", "belated", "costly", "rough", "contested", "partial", "late", "hollow", "narrow", "stalled", "reluctant",
    "hopeful", "technical", "symbolic", "durable", "murky",
)  # fmt: skip
NOUNS = (
    "compromise", "transition", "mandate", "precedent", "remedy", "budget", "coalition", "registry", "oversight",
    "accountability", "ceasefire", "reform", "settlement", "inquiry", "charter", "moratorium", "tariff", "pipeline",
    "tribunal", "consultation",
)  # fmt: skip
LINKED = (
    "a detailed account", "earlier reporting", "the published minutes", "a court filing", "an open letter",
    "the committee’s report", "figures released last year", "a review by auditors", "this timeline of events",
    "testimony collected on site", "the text of the decree", "our previous analysis",
)  # fmt: skip
QUESTIONS = (
    "What changed on the ground", "Why did negotiations stall", "How do people cope", "Who decides in the end",
    "What would a fair outcome look like", "Where did the money go", "How independent are the courts",
    "What should donors do now", "Which promises were kept", "When will the archives open", "Is reform still possible",
    "What lessons remain",
)  # fmt: skip
HEADINGS = (
    "A {0} {1}", "The Limits of the {1}", "From {0} Talks to a {1}", "Counting the Cost", "Why the {1} Matters",
    "What Comes after the {1}?", "A Record of {0} Choices", "Who Pays for the {1}?", "The {1} in Practice",
    "Voices from the Provinces", "Between Law and Habit", "No Mandate for the {1}",
)  # fmt: skip
SUBJECTS = (
    "Ferry Strike", "Water Accord", "Port Inquiry", "Land Registry", "Media Code", "Bread Subsidy", "Municipal Vote",
    "Detention Register", "Border Crossing", "Silo Collapse", "Amnesty Debate", "Wage Dispute", "Census",
    "Reconstruction Plan", "Power Tariff", "School Reform", "Grain Contract", "Curfew", "Dredging Deal", "Pension Gap",
)  # fmt: skip
LESSONS = (
    "Public Trust", "the Rule of Law", "a Divided Council", "Local Power", "Unpaid Debts", "the Next Election",
    "a Region in Waiting", "Selective Justice", "Civic Space", "Everyday Survival", "the Price of Silence",
    "Fragile Institutions", "Rights & Remedies", "Hidden Budgets",
)  # fmt: skip
ANALYSIS_TITLES = (
    "What the {name} {subject} Says about {lesson}",
    "{name} and {lesson}: Reading the {subject}",
    "Beyond the {subject}: {name} Faces {lesson}",
    "The {subject} in {name}: A Story of {lesson}",
    "{name} Finally Has a {subject}. Now What?",
    "Why {name} Cannot Afford Another {subject}",
    "After the {subject}, {name} “Waits” for {lesson}",
)
COLLECTIVES = (
    ("Residents of {name}", "أهالي {name}"),
    ("{name} Fishers’ Union", "نقابة صيادي {name}"),
    ("Municipality of {name}", "بلدية {name}"),
    ("{name} Farmers’ Association", "جمعية مزارعي {name}"),
    ("Families of the Missing of {name}", "عائلات مفقودي {name}"),
)
COMPANIES = (
    ("Northgate Shipping Ltd.", "شركة نورث غيت للشحن"),
    ("Silverline Cement ASA", "شركة سيلفرلاين للإسمنت ASA"),
    ("the Ministry of Works", "وزارة الأشغال"),
    ("Harrow Energy PLC", "شركة هارو للطاقة"),
    ("the Grain Board", "مجلس الحبوب"),
    ("Orchid Telecom", "شركة أوركيد للاتصالات"),
    ("Bluewater Dredging B.V.", "شركة بلووتر للتجريف"),
)
COURTS = (
    ("Court of First Instance of the Harbour District", "محكمة البداية في قضاء المرفأ"),
    ("Administrative Court of the Capital", "محكمة القضاء الإداري في العاصمة"),
    ("High Court of Commerce", "المحكمة التجارية العليا"),
    ("Court of Appeal, Third Chamber", "محكمة الاستئناف، الغرفة الثالثة"),
    ("Supreme Constitutional Court", "المحكمة الدستورية العليا"),
)
CATALOGUE = ("Decree", "Description", "Legal Context", "Date")
CATALOGUE_AR = ("المرسوم", "الوصف", "السياق القانوني", "التاريخ")
STATUSES = (
    ("Pending", "قيد النظر"),
    ("Under appeal", "قيد الاستئناف"),
    ("Judgment issued", "صدر الحكم"),
    ("Settled", "انتهت بالتسوية"),
    ("Dismissed", "رُدّت الدعوى"),
)

ACTORS_AR = (
    "وزارة الداخلية", "الحكومة", "المجالس المحلية", "نقابة المحامين", "النقابات المستقلة", "اللجنة النيابية",
    "هيئة الانتخابات", "المحكمة الدستورية", "سلطة المرفأ", "منظمات حقوقية ثلاث", "الأسر النازحة", "مديرية المياه",
    "هيئة البث", "كتل المعارضة", "لجنة المال", "النيابة العامة", "لجان الأحياء", "الجهات المانحة", "قيادة الجيش",
    "دائرة الإحصاء", "رابطة الطلاب", "وزارة الصحة", "شركات النقل", "وحدة مكافحة الفساد", "نقابة الصحفيين",
    "هيئة التخطيط", "لجنة من أحزاب عدّة", "تعاونيات الصيد", "مجموعة مِن المحاميات", "بلديات الساحل", "الهيئة الناظمة",
    "غرفة التجارة",
)  # fmt: skip
VERBS_AR = (
    "أرجأت", "رفضت", "نشرت", "عدّلت بصمت", "طعنت في", "أيّدت", "أخّرت", "سحبت", "أعادت فتح", "وثّقت", "انتقدت",
    "أعادت صياغة", "علّقت", "دافعت عن", "شكّكت في", "سرّعت", "تخلّت عن", "موّلت", "دقّقت في", "سرّبت", "تجاهلت",
    "ناقشت", "قيّدت", "راجعت", "أسقطت", "أحيت",
)  # fmt: skip
OBJECTS_AR = (
    "مشروع قانون الجمعيات", "خطة خصخصة العبّارات", "مرسوم الطوارئ", "السجل العقاري الجديد", "قائمة المفقودين",
    "دعم الوقود", "مشروع العفو", "التحقيق في انهيار الصوامع", "قرار حظر التجوّل", "اتفاق تقاسم المياه",
    "موازنة المحافظة", "التسوية مع الدائنين", "قانون الإعلام", "إصلاح التقاعد", "المراجعة المستقلة", "بروتوكول المعبر",
    "الانتخابات البلدية", "حصة الخبز", "أحكام الجرائم الإلكترونية", "صندوق التعويضات", "سجل الموقوفين", "عقد التجريف",
    "تعيين القضاة", "مناقصة إعادة الإعمار", "التعداد السكاني", "نظام تصاريح اللاجئين", "وقف عمليات الإخلاء",
    "المناهج المدرسية", "تعرفة الكهرباء", "قواعد حماية الشهود", "خريطة الساحل",
)  # fmt: skip
TIMES_AR = (
    "في الأسابيع التي تلت التصويت", "بعد ثلاث سنوات من الجمود", "قبل العطلة الصيفية", "في الأشهر اللاحقة",
    "رغم الوعود المتكررة", "دون نقاش عام", "بينما واصلت العملة تراجعها", "عشية الذكرى", "مع تآكل وقف إطلاق النار",
    "في جلسة ليلية", "للمرة الثانية خلال عقد", "خلف أبواب مغلقة", "في ذروة الجفاف", "بعد ضغط خارجي فقط",
    "بلا شرح يُذكر", "بفارق صوت واحد", "بعد رحيل المانحين", "بين جلستي محاكمة", "في ظل القانون القديم",
    "على هامش المحادثات",
)  # fmt: skip
EFFECTS_AR = (
    "وتُرك السكان في انتظار طويل", "وهو ما يصفه منتقدون بأنه تمرين أول", "فوقعت الكلفة على المستأجرين",
    "لكن الأرقام تروي قصة أخرى", "فانتقل النزاع إلى المحاكم", "ولم تُستعد الثقة بعد", "غير أن التطبيق بقي انتقائياً",
    "وهو نمط تكرّر في أماكن أخرى", "مع تبعات على كل أسرة", "وما زال أرشيف الشكاوى يكبر", "فلم يعد أي موعد ملزماً",
    "وهو ما لم يتوقعه القانون نفسه", "حتى حيث النص واضح", "وقلّة تتوقع التراجع", "فيما تبقى الشروط سرية",
)  # fmt: skip
VIEWS_AR = (
    "يحذّر محامون من أن", "يقول مراقبون إن", "يروي السكان كيف أن", "يُظهر السجل أن", "يصرّ مسؤولون على أن",
    "توحي مذكرة مسرّبة بأن", "يتذكّر أعضاء أن", "تدل المقابلات الميدانية على أن", "من السهل نسيان أن",
    "يشكّك اقتصاديون في أن", "تبيّن المحاضر أن", "لا أحد ينكر أن",
)  # fmt: skip
NOUNS_AR = (
    "التسوية", "المرحلة الانتقالية", "التفويض", "السابقة", "الموازنة", "التحالف", "السجل", "الرقابة", "المساءلة",
    "الهدنة", "الإصلاح", "التحقيق", "الميثاق", "التعرفة", "المحكمة", "المشاورات",
)  # fmt: skip
LINKED_AR = (
    "تقرير مفصّل", "تغطية سابقة", "المحاضر المنشورة", "مذكرة قضائية", "رسالة مفتوحة", "تقرير اللجنة",
    "أرقام صدرت العام الماضي", "مراجعة المدققين", "هذا التسلسل الزمني", "شهادات جُمعت ميدانياً", "نص المرسوم",
    "تحليلنا السابق",
)  # fmt: skip
QUESTIONS_AR = (
    "ما الذي تغيّر على الأرض", "لماذا تعثّرت المفاوضات", "كيف يتدبّر الناس أمورهم", "مَن يقرّر في النهاية",
    "كيف تبدو النتيجة العادلة", "أين ذهبت الأموال", "ما مدى استقلال المحاكم", "ماذا على المانحين أن يفعلوا الآن",
    "أي الوعود تحقّقت", "متى تُفتح الأرشيفات", "هل ما زال الإصلاح ممكناً", "ما الدروس الباقية",
)  # fmt: skip
HEADINGS_AR = (
    "حدود {1}", "كلفة {1}", "لماذا تهمّ {1}", "ماذا بعد {1}؟", "{1} في التطبيق", "أصوات مِن المحافظات",
    "بين القانون والعادة", "مَن يدفع ثمن {1}؟", "سجلّ مِن الخيارات المؤجلة", "{1} بلا تفويض",
)  # fmt: skip
SUBJECTS_AR = (
    "إضراب العبّارات", "اتفاق المياه", "تحقيق المرفأ", "السجل العقاري", "قانون الإعلام", "دعم الخبز", "الاقتراع البلدي",
    "سجل الموقوفين", "المعبر الحدودي", "انهيار الصوامع", "جدل العفو", "نزاع الأجور", "التعداد", "خطة الإعمار",
    "تعرفة الكهرباء", "إصلاح المدارس", "عقد الحبوب", "حظر التجوّل",
)  # fmt: skip
LESSONS_AR = (
    "ثقة الناس", "سيادة القانون", "المجلس المنقسم", "السلطة المحلية", "الديون المؤجلة", "الانتخابات المقبلة",
    "العدالة الانتقائية", "الفضاء المدني", "ثمن الصمت", "المؤسسات الهشّة",
)  # fmt: skip
ANALYSIS_TITLES_AR = (
    "مِن {name} إلى العاصمة: {subject} وسؤال {lesson}",
    "في {name}: ماذا يقول {subject} عن {lesson}؟",
    "{name} و{lesson}: قراءة في {subject}",
    "ما بعد {name}.. {subject} بوصفه اختباراً يمسّ {lesson}",
)
TWIN_TITLES_AR = (
    "كيف غيّرت {name} مسار النقاش العام حول {subject} في الجزء الأول من ملفّنا",
    "كيف غيّرت {name} مسار النقاش العام حول {subject} في الجزء الثاني من ملفّنا",
)

ENGLISH: tuple[Template, ...] = (
    (VIEWS, " ", ACTORS, " ", VERBS, " ", OBJECTS, " ", TIMES, ", ", EFFECTS, "."),
    ("In {name}, ", ACTORS, " ", VERBS, " ", OBJECTS, " ", TIMES, "."),
    ("When ", ACTORS, " ", VERBS, " ", OBJECTS, ", ", ACTORS, " ", VERBS, " ", OBJECTS, " ", TIMES, "."),
    ("The result is a ", ADJECTIVES, " ", NOUNS, ": ", ACTORS, " ", VERBS, " ", OBJECTS, ", ", EFFECTS, "."),
    ("By one count, {n} complaints reached ", ACTORS, " ", TIMES, ", and {p} percent concerned ", OBJECTS, "."),
    (
        "“We expected a ",
        ADJECTIVES,
        " ",
        NOUNS,
        ",” one delegate said, “not a ",
        ADJECTIVES,
        " ",
        NOUNS,
        ".” ",
        VIEWS,
        " ",
        ACTORS,
        " ",
        VERBS,
        " ",
        OBJECTS,
        ".",
    ),
    ("Neither ", ACTORS, " nor ", ACTORS, " ", VERBS, " ", OBJECTS, " ", TIMES, "; ", EFFECTS, "."),
    (VIEWS, " a ", ADJECTIVES, " ", NOUNS, " is no substitute for a ", ADJECTIVES, " ", NOUNS, ", ", EFFECTS, "."),
    ("Its clear that weve seen this before: ", ACTORS, " ", VERBS, " ", OBJECTS, " ", TIMES, "."),
    (
        "Article {a} & its annex (para. {p}) cover ",
        OBJECTS,
        ", yet ",
        ACTORS,
        " ",
        VERBS,
        " ",
        OBJECTS,
        " ",
        TIMES,
        ".",
    ),
)
ARABIC: tuple[Template, ...] = (
    (VIEWS_AR, " ", ACTORS_AR, " ", VERBS_AR, " ", OBJECTS_AR, " ", TIMES_AR, "، ", EFFECTS_AR, "."),
    ("في {name}، ", ACTORS_AR, " ", VERBS_AR, " ", OBJECTS_AR, " ", TIMES_AR, "."),
    (
        "وحين ",
        ACTORS_AR,
        " ",
        VERBS_AR,
        " ",
        OBJECTS_AR,
        "، كانت ",
        ACTORS_AR,
        " قد ",
        VERBS_AR,
        " ",
        OBJECTS_AR,
        " ",
        TIMES_AR,
        ".",
    ),
    ("والنتيجة أن ", NOUNS_AR, " باتت معلّقة: ", ACTORS_AR, " ", VERBS_AR, " ", OBJECTS_AR, "، ", EFFECTS_AR, "."),
    ("وبحسب أحد التقديرات، وصلت {n} شكوى إلى ", ACTORS_AR, " ", TIMES_AR, "، و{p}٪ منها تخصّ ", OBJECTS_AR, "."),
    (
        "«كنّا ننتظر ",
        NOUNS_AR,
        "»، قال أحد المندوبين، «لا ",
        NOUNS_AR,
        " وحدها». ",
        VIEWS_AR,
        " ",
        ACTORS_AR,
        " ",
        VERBS_AR,
        " ",
        OBJECTS_AR,
        ".",
    ),
    ("فلا ", ACTORS_AR, " ولا ", ACTORS_AR, " ", VERBS_AR, " ", OBJECTS_AR, " ", TIMES_AR, "؛ ", EFFECTS_AR, "."),
    (
        "وتنصّ المادة {a}\u200f (الفقرة {p}) على ",
        OBJECTS_AR,
        "، لكن ",
        ACTORS_AR,
        " ",
        VERBS_AR,
        " ",
        OBJECTS_AR,
        " ",
        TIMES_AR,
        ".",
    ),
    ("هـــذا هو لبّ المسألة: ", ACTORS_AR, " ", VERBS_AR, " ", OBJECTS_AR, " ", TIMES_AR, "، ", EFFECTS_AR, "."),
)


def sentence(chance: Callable[[], float], name: str, language: str) -> str:
    """One invented sentence about the place `name`; `chance` gives floats in [0, 1)."""
    templates = ARABIC if language == "ar" else ENGLISH
    text = "".join(
        [
            piece if type(piece) is str else piece[int(chance() * len(piece))]
            for piece in templates[int(chance() * len(templates))]
        ]
    )
    if "{" in text:
        text = text.replace("{name}", name).replace("{n}", f"{int(chance() * 89_000) + 1_000:,}")
        text = text.replace("{p}", str(int(chance() * 95) + 3)).replace("{a}", str(int(chance() * 220) + 1))
    return text[0].upper() + text[1:]


def paragraph(chance: Callable[[], float], name: str, language: str, least: int = 2, most: int = 5) -> str:
    return " ".join([sentence(chance, name, language) for _ in range(least + int(chance() * (most - least + 1)))])
