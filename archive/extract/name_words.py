"""The words of bylines, in English and Arabic: labels, titles, credentials, roles, what joins two names, and what no
name is."""

import re

LABEL = re.compile(
    r"""^\s*(?:
      (?:(?:article|story|post|words|text|analysis|report|reviewed|research(?:ed)?|photos?|guest\ post|blog)\s+)?
        (?:written|posted|published|authored|created|contributed|compiled|edited|updated|added|submitted|
        prepared)?\s*by(?:\s*[:：]|(?=\s)|(?-i:(?=[A-Z])))
      | (?:(?:the|post|about\ the|article|guest|lead|co-?)?\s*authors?(?:\(s\))?|writers?|contributors?|analysts?|
      interview(?:er|\ by)|words|text|byline|by)\s*[:：]
      | (?:about\ the\ authors?|authors?|writer)\s+(?-i:(?=[A-Z]))
      | (?:par|von|por|de\ la\ mano\ de|auteur|autor(?:in)?|rédigé\ par|geschrieben\ von|escrito\ por|
      publicado\ por)\s*[:：]?\s+
      | (?:بقلم|كتبه|كتبها|كتبت|كتب|الكاتبة?|الكُتّاب|الكتاب|المؤلفة?|المؤلفون|تأليف|إعداد|اعداد|أعدّه|أعده|أعدته|حوار|
      أجرى الحوار|تحرير|نشره|نشرها|بواسطة)\s*(?:/|[:：]|(?=\s))
    )\s*""",
    re.IGNORECASE | re.VERBOSE,
)
BEGINS_SENTENCES = re.compile(
    r"\W*(?:كتبه?ا?ت?|الكاتبة?|الكُ?تّ?اب|المؤلفة?|المؤلفون|تأليف|إعداد|اعداد|أعدّ?ه|أعدته|حوار|أجرى الحوار|تحرير|"
    r"نشرها?|نشره|بواسطة)"
    r"\s+(?![:：/])"
)
LABEL_ALONE = re.compile(
    r"\W*(?:(?:written\s+)?by|authors?(?:\s*\(s\))?|contributors?|بقلم|الكاتبة?|الكُ?تّ?اب|المؤلفة?|المؤلفون|تأليف|"
    r"إعداد|اعداد)\W*",
    re.IGNORECASE,
)
TITLE = re.compile(
    r"""^(?:(?:Dr|Prof|Professor|Mr|Mrs|Ms|Mx|Miss|Amb|Ambassador|Sen|Senator|Rep|Hon|Rev|Sir|Dame|Col|Gen|Maj|Capt|Lt|
    Judge|Justice|Sheikh|Eng)\.?(?=\s)
      | (?:Dr|Prof|Mr|Mrs|Ms)\.(?=\S)
      | (?:[أا]\s?\.\s?(?:م\s?\.\s?)?د|د|[أا]|م|أ\s?\.\s?د)\s?[./](?!\w\.)\s*
      | (?:الأستاذة?\ الدكتورة?|الدكتورة?|دكتورة?|البروفيسورة?|الأستاذة?|أستاذ|المحامية?|السفيرة?|القاضية?|المهندسة?|
      اللواء|العميد|السيدة?|الصحفية?|الباحثة?)(?=\s)
    )\s*""",
    re.VERBOSE,
)
# "Sir Nobody" is a pseudonym: of a lone word, only what is written with its dot is taken off.
PART_OF_PSEUDONYM = re.compile(r"(?:Miss|Sir|Dame|Judge|Justice|Professor|Col|Gen|Maj|Capt|Lt)(?=\s)")
CREDENTIAL = re.compile(
    r"""(?:Ph\.?\ ?D|M\.?D|D\.?O|J\.?D|R\.?D|R\.?N|D\.?D\.?S|LL\.?[MBD]|M\.?A|M\.?S(?:c|W)?|B\.?A|B\.?Sc|M\.?B\.?A|
    M\.?P\.?H|M\.?P\.?P|C\.?P\.?A|
      C\.?F\.?[AP]|CEPF|CFE|CSM|CSCS|CPT|PMP|Esq|Ed\.?D|Psy\.?D|D\.?Phil|M\.?Phil|RDN|LDN|LCSW|LMFT|LPC|NP|PA-C|OD|DVM|
      P\.?E|SHRM-S?CP|S?PHR|FCA|ACA|EA)[®™.]*""",
    re.VERBOSE,
)
SUFFIX = re.compile(r"(?:Jr|Sr|II|III|IV)\.?")
ROLE = re.compile(
    r"""\b(?:fellows?|director|analyst|editors?|researcher|manager|president|professor|lecturer|senior|chief|expert|
    specialist|consultant|advisor|adviser|
      journalist|reporter|correspondent|writer|columnist|blogger|contributor|contributing|author|lawyer|attorney|
      counsel|scholar|scientist|economist|
      founder|co-?founder|ceo|cto|cfo|coo|cmo|owner|partner|associate|assistant|intern|coordinator|officer|head\ of|
      chair|member|candidate|student|educator|
      engineer|designer|developer|strategist|therapist|coach|trainer|instructor|nutritionist|dietitian|physician|
      psychologist|clinician|photographer|
      marketer|producer|staff|spokes\w+|minister|ambassador|activist|advocate|horticulturalist|nonresident|non-resident|
      visiting|executive|
      vp|vice|team\ lead|guest|reviewer|creator|technician|mechanic|agent|broker|planner)\b
      | (?:^|\s)(?:زميلة?|باحثة?|مديرة?|محررة?|كاتبة?|صحفية?|صحافية?|محامية?|أستاذة?|رئيسة?|خبيرة?|محللة?|مستشارة?|
      ناشطة?|المدير|منسقة?|عضوة?|أكاديمية?|سفيرة?|طالبة?|زميل غير مقيم)(?=\s|$)""",
    re.IGNORECASE | re.VERBOSE,
)
AND = re.compile(
    r"\s*(?:,\s*)?(?<!\w)(?:and|with|und|et|مع)(?!\w)\s+|\s*(?:,\s*)?&\s*|\s+و\s+|\s*[،؛]\s*(?:و\s+)?", re.IGNORECASE
)
JOINS = ("and", "&", "و", "et", "und")
# A name that begins so, or has it before "for" and "of", is not a person's, and may have an "and" of its own.
INSTITUTION = re.compile(
    r"""^\W*(?:the\s+)?(?:[\w'’-]+\s+){0,4}?(?:institute|cent(?:er|re)|council|committee|foundation|association|ministry|
        department|society|office|initiative|program(?:me)?|network|forum|observatory|commission|campaign|coalition|
        union|school|university|faculty)\s+(?:for|of|on|against)\b
      | ^\W*(?:ال)?(?:مركز|معهد|مؤسسة|منظمة|هيئة|لجنة|مجلس|وزارة|جامعة|كلية|شبكة|اتحاد|نقابة|جمعية|مبادرة|برنامج|مرصد|
        مفوضية|رابطة|منتدى|منصة|تحالف|ائتلاف|حركة|حملة|مشروع)(?=\s)""",
    re.IGNORECASE | re.VERBOSE,
)
STRONG = re.compile(r"\s*[;|•·●/\n]\s*|\s{3,}|\.\s+(?=(?:last|updated|published|posted)\b)", re.IGNORECASE)
# From here on a byline speaks of others, or of something else.
OTHERS = re.compile(
    r"\s*(?:(?:medically |expert |fact[- ]?|legally |clinically |technically |peer[- ])?(?:reviewed|checked|edited|"
    r"verified|updated|researched|translated|photographed|illustrated)\b"
    r"|last\b|fact[- ]|(?:photos?|translation|illustrations?) by|filed under|share\b|read(?:ing)? time|ترجمة|مراجعة|"
    r"تصوير)",
    re.IGNORECASE,
)
ADDRESS = re.compile(
    r"(?:https?:|www\.)\S+|\S+@\S+|\[email\W+protected\]|\S+\.(?:jpe?g|png|gif|webp|svg)\b", re.IGNORECASE
)
# "10 min read", «٥ دقائق للقراءة», with the dash in front of it
READING_TIME = re.compile(
    r"[\s–—|·•-]*\b\d+\s*-?\s*(?:min(?:ute)?s?\b\.?(?:\s+read\b)?|دقيقة|دقائق)(?:\s+(?:ل?قراءة|للقراءة))?",
    re.IGNORECASE,
)
SPONSORED = re.compile(r"(?<=\w)\s+(?:sponsored|verified)\s*$", re.IGNORECASE)  # a badge behind the name
NOT_A_NAME = re.compile(
    r"https?:|www\.|@|\.(?:jpe?g|png|gif|webp|svg|php|html?)\b|\d{3,}|[{}<>=\\]|©|\[email|^\W*$|^\d|\d:\d\d"
    r"|^(?:admin|administrator|user|author|authors|by|editor|unknown|none|null|undefined|anonymous user|webmaster|"
    r"root|wordpress|guest|home|"
    r"read more|more|share|follow|contact|about(?: us| the author)?|view (?:all|profile)|view all posts?.*|"
    r"(?:more )?(?:posts|articles|stories) (?:from|by).*|more (?:from|by).*|all posts.*|follow.*|see all.*|.*\badmin|"
    r"website|twitter|facebook|linkedin|instagram|email|biography|bio|profile|posts?|comments?|leave a.*|"
    r".*\bcomments?\b.*|(?:\w+ )?by|"
    r"last updated.*|last modified.*|updated.*|published.*|posted.*|reviewed.*|categor.*|min read|"
    r".*\bmin(?:utes?)? read|table of contents|advert.*|"
    r"المزيد|كاتب|الكاتب|مدير|المحرر|بقلم|مشاركة)$",
    re.IGNORECASE,
)
SENTENCE = re.compile(
    r"\b(?:is|are|was|has|have|been|our|your|their|we|you|this|that|these|will|can|who|which|she|he|i|my|how|what|"
    r"why|about|from)\b",
    re.IGNORECASE,
)
# Given and family names that begin with waw: a «و» before anything else, glued to it, is "and".
WAW = frozenset(
    [
        "وليد",
        "وائل",
        "وفاء",
        "وسام",
        "وسيم",
        "وجدي",
        "وحيد",
        "ورد",
        "وردة",
        "وداد",
        "وديع",
        "وهيب",
        "وهبة",
        "وهبه",
        "واصف",
        "والي",
        "وطفة",
        "وطفه",
        "واثق",
        "وضاح",
        "وجيه",
        "وصفي",
        "وفيق",
        "ولاء",
        "ولي",
        "وهاب",
        "وداعة",
        "ويسا",
        "ويصا",
        "ويليام",
        "وهدان",
        "وهبي",
        "وقاد",
        "وقاص",
        "واكد",
        "واصل",
        "وافي",
        "وزير",
        "وزان",
        "وعد",
        "وعلة",
        "ونوس",
        "ونيس",
        "ولد",
        "وحش",
        "وردي",
        "وجيهة",
        "وصال",
        "ونيسة",
        "ورشان",
        "وتد",
        "وهاج",
        "وطني",
        "وحيدة",
        "وئام",
        "وسن",
        "وجدان",
    ]
)
ARABIC = re.compile("[\u0620-\u064a]")
QUIET = " \t\n,،;؛:|•·●/-–—*\u200e\u200f"
