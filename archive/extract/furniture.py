"""Blocks of a page that the template or the editor put beside the text, told by their words, in English and Arabic.
Each pattern is tried on a whole short block."""

import re

_READ_ALSO = re.compile(
    r"\W*(?:(?:read|see|watch|listen|learn)\s*(?:also|more|next)|(?:also|further|more|recommended|suggested|"
    r"related)\s+(?:read(?:ing|s)?|on|from|stories|articles?|posts?|content|news|coverage|in this)|"
    r"related(?=\s*(?:[:：—–|-]|$))|you (?:may|might)(?: also)? (?:like|enjoy|be interested)|"
    r"don['’]t miss(?= (?:these|our|also)|\W*$|\s*[:：])|"
    r"(?:more|other) (?:\w+ ){0,2}(?:stories|posts|articles|reads)(?=\b.{0,30}$)|"
    r"keep reading|continue reading|must[- ]read|up next|next up|in case you missed|most read|"
    r"(?:ا|إ)?قر(?:أ|ا|أوا|ؤوا|ئي)\s*(?:ال)?(?:تالي|(?:أ|ا)يض(?:اً|ًا|ا|ا)|المزيد|كذلك)|للمزيد(?=\s*[:：]|"
    r"\s+(?:من|"
    r"حول|عن|اقر))|مواضيع (?:ذات صلة|متعلقة|مشابهة)|مقالات (?:ذات صلة|مشابهة|متعلقة)|"
    r"المزيد من (?:ال)?(?:مقالات|أخبار|مواضيع|تقارير)(?=.{0,30}$)|"
    r"ذات صلة|شاهد (?:أيضاً|أيضًا|ايضا)|قد يعجبك|طالع (?:أيضاً|أيضًا|ايضا))",
    re.IGNORECASE,
)  # fmt: skip
_FURNITURE = re.compile(
    r"\W*(?:share (?:this )?(?:on|via|with|by)\b.{0,60}|"
    r"share (?:this|the|our)(?: (?:article|post|page|story|report|news|"
    r"entry|recipe|content|event|publication|analysis|link|blog)\b.{0,60})?|"
    r"share|tweet|pin ?it|(?:like|follow) (?:us|this)\b.{0,80}|"
    r"print(?: this)?(?: page| article)?|e-?mail(?: this)?|facebook|twitter|linkedin|whatsapp|telegram|reddit|"
    r"pinterest|"
    r"(?:filed|posted|published|categorized|tagged) (?:under|in|with|as|by|on)\b(?!.*[.!?]\W*$).{0,200}|"
    r"(?:tags?|topics?|"
    r"categor(?:y|ies)|keywords)\s*[:：].{0,300}|(?:subscribe|sign up)\b.{0,200}|"
    r"leave a (?:comment|reply).{0,80}|\d* ?comments?(?: off.{0,80})?|no comments.{0,60}|"
    r"advertis(?:e?ment|ing)(?:\W+scroll.{0,40})?|"
    r"sponsored|skip to (?:content|main content)|back to top|table of contents|loading\W*|"
    r"(?:\d+ )?(?:minutes?|mins?) read(?:ing time)?|reading time.{0,30}|estimated reading.{0,30}|views?\W*\d+|"
    r"\d+ views?|click to (?:share|print|email).{0,80}|like this:?|like loading.{0,5}|"
    r"copyright(?:\W{1,3}(?:\(?c\)|\d{4}|by\b|©).{0,150})?|"
    r"©.{0,200}|all rights reserved.{0,80}|"
    r"(?:download|print) (?:this )?article|listen to (?:this )?article.{0,60}|copy link|link copied.{0,20}|"
    r"menu|"
    r"search|close|home|previous(?: (?:post|article))?.{0,4}|next(?: (?:post|article))?.{0,4}|"
    r"(?:get|download|install) (?:the|our) .{0,40}\bapp\b.{0,60}|click here to (?:get (?:the|our)|subscribe|"
    r"sign up|"
    r"join|follow)\b.{0,80}|(?:get|have) .{0,60}\b(?:in|to|into) your (?:inbox|e?-?mail)\b.{0,120}|"
    r"(?:join|get) (?:our|the|my) .{0,40}(?:newsletter|mailing list)"
    r".{0,120}|newsletters?|follow .{1,60}\bon (?:twitter|x|facebook|instagram|linkedin|youtube|telegram|"
    r"tiktok|"
    r"pinterest|whatsapp|social media|bluesky|threads|google news)\b.{0,120}|stay (?:connected|in touch|"
    r"up to date|"
    r"updated|informed)\b.{0,60}|thank(?:s| you) for (?:completing|subscribing|signing up|"
    r"registering)\b.{0,60}|"
    r"(?:this )?slideshow requires javascript|(?:article|story|content|post) continues (?:below|after).{0,40}|"
    r"read later|save for later|jump to (?:recipe|content|section|video|comments|navigation).{0,60}|"
    r"scroll (?:for|down|to|right) .{0,40}|(?:please )?rate this (?:article|post|page|recipe).{0,60}|"
    r"already (?:a (?:member|subscriber)|have an account|subscribed)\b.{0,60}|log ?in|sign ?in|"
    r"(?:was|did you (?:like|enjoy|find)|have you enjoyed|enjoyed|liked) (?:this|reading this) (?:article|page|"
    r"post|"
    r"story|content|helpful|useful)\b.{0,80}|image \d+ of.{0,3}\d+|back to gallery|view gallery|"
    r"(?:do you )?(?:like|love|enjoy(?:ing|ed)?) what you(?:['’]re| are|['’]ve| have)? (?:read|see|watch|hear)\w*\b"
    r"(?=\W*[?!]).{0,160}|"
    r"(?:did you (?:make|try)|have you (?:made|tried)|tried|made) (?:this|these|one of (?:my|our)) "
    r"(?:\w+ ){0,3}recipes?\?.{0,280}|هل (?:جرّ?بت|جرّ?بتم|أعددت) (?:هذه |إحدى )?(?:ال)?وصف(?:ة|ات\w*)[?؟].{0,280}|"
    r"this (?:story|article|journalism|reporting|work) (?:is|was) (?:funded|supported|made possible) by (?:our )?"
    r"(?:readers|members|supporters|donors) like you\b.{0,200}|"
    r"هل (?:أعجبك|أعجبكم) ما (?:قرأت|قرأتم|تقرأ|تقرؤون|شاهدت)\w*(?=\W*[?؟!]).{0,160}|"
    r"(?:هذا|هذه) (?:ال)?(?:مقال|مقالة|تقرير|قصة|تحقيق|عمل) (?:بتمويل|بدعم|مموّ?ل[ةه]?|مدعوم[ةه]?) من (?:قرّ?ائنا|قرّ?اء "
    r"مثلك[م]?|متبرعين مثلك[م]?).{0,200}|"
    r"watch (?:the )?(?:full )?video|play video|pause|mute|unmute|read (?:the )?full (?:story|article)|"
    r"شارك(?:ها|وا)?(?: (?:على|عبر|(?:هذا |هذه )?"
    r"(?:ال)?(?:مقال|مقالة|خبر|صفحة|تقرير|موضوع|رابط)).{0,60})?|انشر|غرّ?د|"
    r"(?:الوسوم|وسوم|الكلمات (?:المفتاحية|الدلالية)|"
    r"التصنيفات|تصنيفات|كلمات دلالية)\s*[:：].{0,300}|تابعنا(?: (?:على|عبر).{0,80})?|اشترك(?:ي|وا)?(?: (?:الآن|"
    r"معنا|(?:في|ب) ?(?:ال)?(?:نشر|قائم|قنا|بريد).{0,120}))?|"
    r"تابعونا(?: .{0,80})?|تابعوا? .{0,60}(?:على|عبر) (?:تويتر|إكس|فيسبوك|إنستغرام|انستغرام|يوتيوب|تلغرام|"
    r"تيليغرام|تلجرام|"
    r"واتساب|لينكد ?إن|أخبار غوغل).{0,60}|للاشتراك .{0,120}|انضمّ?(?:وا)? (?:إلى|الى|ل)\s?(?:قناتنا|نشرتنا|"
    r"قائمتنا|"
    r"مجموعتنا).{0,100}|النشرة (?:البريدية|الإخبارية).{0,40}|(?:حمّ?ل(?:وا)?|نزّ?ل(?:وا)?|تحميل|"
    r"تنزيل) (?:ال)?تطبيق"
    r".{0,60}|(?:تابع|أكمل|اكمل) القراءة.{0,40}|(?:يستمرّ?|يتبع|تتمة) .{0,20}(?:بعد الإعلان|أدناه).{0,20}|"
    r"(?:اقرأ|إقرأ) لاحق(?:اً|ًا|ا)|قيّ?م (?:هذا |هذه )?(?:ال)?(?:مقال|موضوع|خبر|مقالة|صفحة).{0,40}|"
    r"هل (?:لديك حساب|أعجب(?:ك|كم|تك|تكم) (?:(?:هذا|هذه) )?(?:ال)?(?:مقال|تقرير|"
    r"موضوع|محتوى|خبر|قصة|صفحة)|وجدت هذ|(?:كان|كانت) (?:هذا|هذه) (?:ال)?(?:مقال|صفحة|خبر|محتوى|معلوم|"
    r"موضوع)).{0,80}|سجّ?ل (?:ال)?(?:دخول|دخولك|الآن).{0,60}|"
    r"تسجيل الدخول|إنشاء حساب|صورة \d+ من \d+|نسخ الرابط|تمّ? نسخ الرابط.{0,20}|مشاركة(?: (?:المقال|الخبر|على|"
    r"عبر)"
    r".{0,60})?|القائمة|إغلاق|السابق|التالي|(?:مدة|وقت|زمن) القراءة.{0,30}|[\d٠-٩]+ (?:دقائق|دقيقة|دقيقتان)"
    r"(?: (?:ل?ل?قراءة).{0,10})?|(?:عدد )?المشاهدات.{0,20}|شكراً? (?:على|لك على) (?:ال)?(?:تسجيل|"
    r"اشتراك).{0,40}|"
    r"جدول المحتويات|محتويات (?:المقال|الموضوع)|"
    r"اترك تعليق.{0,60}|التعليقات.{0,30}|جميع الحقوق محفوظة.{0,80}|إعلان|طباعة|timep single page)\W*",
    re.IGNORECASE | re.DOTALL,
)  # fmt: skip
_TRANSLATION = re.compile(
    r"\W*(?:تمّ?ت? (?:ترجم|نشر).{0,200}(?:اضغط|انقر|هنا|الأصل|الإنجليزية|العربية)|(?:ل|هذه )?(?:قراءة|"
    r"للاطلاع على) (?:النسخة|المقال|النص).{0,100}(?:هنا|اضغط|انقر)|"
    r"(?:also )?available in\s*[:：]?.{0,60}|(?:read|view) (?:this|the)?.{0,50}\bin (?:arabic|english|french|"
    r"spanish|العربية).{0,40}|"
    r"(?:this|the) (?:article|piece|post|report|text|essay).{0,40}(?:was )?(?:originally|also|"
    r"first)? ?(?:translated|available|published in (?:arabic|english)).{0,160}|"
    r"click here (?:to|for).{0,40}(?:arabic|english|translation).{0,40}|(?:in )?(?:english|العربية|عربي|"
    r"اقرأ بالعربية|باللغة العربية|النسخة العربية|النسخة الإنجليزية|arabic|arabic version|english version|"
    r"français|türkçe|español|فارسی))\W*",
    re.IGNORECASE | re.DOTALL,
)  # fmt: skip
_ROLE_WORDS = re.compile(
    r"\b(?:fellow|director|professor|researcher|analyst|journalist|lawyer|attorney|scholar|editor|writer|"
    r"author|reporter|economist|lecturer|student|candidate|consultant|activist|expert|associate|founder|"
    r"president|"
    r"correspondent|blogger|columnist|historian|manager|specialist|ambassador|contributor|chair|officer|"
    r"advis[eo]r|coordinator|academic|freelance|ph\.?d|teaches|writes|works|covers|tweets)\b|"
    r"زميلة?|باحثة?|كاتبة?|صحاف[يية]+|صحفية?|محام(?:ي|ية|ٍ)?|أستاذة?|مديرة?|محللة?|خبيرة?|ناشطة?|رئيسة?|"
    r"مستشارة?|دكتوراه|أكاديمية?|مؤسس",
    re.IGNORECASE,
)
_IS = re.compile(
    r"^\W*(?:about (?:the )?authors?\W+)?(?:[\w.'’\-]+\s+){1,6}?(?:is|was|are|works|writes|covers|teaches|"
    r"serves|"
    r"holds|has (?:been|worked|written)|currently|served)\b|"
    r"^[^.!?؟:：]{3,60}(?:[:：]|،|,|\s[–—-])\s*(?:هو |هي )?(?:an? |the )?|"
    r"^\W*(?:[\w\u064b-\u0652.'’-]+\s+){1,5}(?:هو|هي|زميل|باحث|كاتب|صحفي|صحافي|محام|أستاذ|مدير|محلل|خبير)",
    re.IGNORECASE,
)


def reads_also(text: str) -> bool:
    """“Read also: …”, «اقرأ أيضاً», as a paragraph or a heading."""
    return bool(_READ_ALSO.match(text))


def is_furniture(text: str) -> bool:
    """A whole short block that is the template's: share labels, tag lists, counters, copyright lines."""
    return len(text) < 330 and bool(_FURNITURE.fullmatch(text))


def is_button(text: str) -> bool:
    """The words of a button. They are one where they are a link too: a heading may say the same."""
    return len(text) < 60 and bool(_BUTTON.fullmatch(text))


_BUTTON = re.compile(
    r"\W*(?:get started|(?:learn|read|find out|see|view|show|load|discover) (?:more|all)|(?:book|request|"
    r"schedule|get) "
    r"(?:a|an|your) (?:free )?(?:demo|quote|call|consultation|trial|estimate)[ \d().+–-]*|contact us|apply now|"
    r"(?:shop|buy|order|join|donate|register|subscribe|enroll?|try|start)(?: it| us)? (?:now|today|here|free|"
    r"for free)|"
    r"(?:try|start) .{0,20}free.{0,20}|donate|(?:click|tap) here|"
    r"(?:ا?عرض|شاهد|اقرأ|اعرف|عرض) (?:المزيد|الكل)|المزيد|(?:اتصل|تواصل|اتصلوا|تواصلوا) (?:بنا|معنا)|"
    r"(?:سجّ?ل|اشترك|تبرّ?ع|انضم|ابدأ|جرّ?ب)(?: (?:الآن|اليوم|مجان(?:اً|ًا|ا)|معنا|هنا))?|(?:اضغط|"
    r"انقر) هنا)\W*",
    re.IGNORECASE,
)


def is_translation_note(text: str) -> bool:
    """A note that says that the text is, or has, a translation."""
    return len(text) < 330 and bool(_TRANSLATION.fullmatch(text))


def is_bio(text: str, names: tuple[str, ...], marked: bool) -> bool:
    """A line about an author. `names` are the page's authors; `marked` tells that it is set apart (italics, bold
    name, behind a rule)."""
    if not 20 < len(text) < 1200:
        return False
    start = text[:90].casefold()
    named = any(name.casefold() in start for name in names if len(name) > 2)
    looks = bool(_IS.match(text)) and bool(_ROLE_WORDS.search(text[:240]))
    return looks and (named or marked)
