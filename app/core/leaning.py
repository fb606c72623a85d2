"""Words by which a question leans on what was said before it, by language. Pure.

Left out are words that are as often something else: articles, and pronouns of phrases such as *gibt es* and *il y a*.
"""

import re

_POINTING = {
    "en": (
        r"(?<!-)(?:he|she|it|they|him|her|them|his|hers|its|their|theirs|this|that|these|those|there|then|ones?)(?!-)"
    ),
    "de": (
        r"(?i:er|ihn|ihm|(?<!gibt )es(?! gibt)|dies(?:e[rsmn]?)?|jene[rsmn]?|dessen|deren|denen"
        r"|dafür|davon|daran|darin|daraus|darauf|darüber|dabei|damit|dagegen|danach|davor|dazu|darunter|dort|dann|seine[rsmn]?)"
        r"|sie|ihr|ihnen|ihre[rsmn]?"  # with a capital they are the person who is asked
    ),
    "fr": (
        r"elles?|ils|eux|lui|leurs?|celui|celles?|ceux|cela|ça|cet|cette|ces|sa|ses|là"
        r"|(?<!faut-)(?<!y a-t-)(?<!existe-t-)il(?! (?:y a|faut|est possible))"
        r"|(?<!-)ce(?! qu[ei’'])|l[’'](?:a|ont|avait)"
    ),
    "es": (
        r"él|ellas?|ellos|ello|les?|lo(?! (?:que|mejor|peor|menos|más))|sus?"
        r"|est[eoa]s?|es[eoa]s?|aquel(?:l[aos]+)?|allí|entonces"
    ),
    "it": r"lui|lei|loro|ess[aeio]|quest[aeio]|quell[aeio]|quel|ciò|su[aeo]|suoi|allora",
    "pt": r"[dn]?(?:el[ae]s?|ess[ae]s?|est[ae]s?|isso|isto|aquilo|aquel[ae]s?)|lhes?|seus?|suas?|então",
    "nl": r"hij|hem|haar|hun|hen|dit|deze|ervan|eraan|erin|erop|daarvan|daarin|daarvoor|daarmee|daarna|toen",
    "sv": r"han|hon|honom|henne|hans|hennes|dess|dem|deras|denna|detta|dessa|därför|därefter",
    "da": r"han|hun|ham|hende|hans|hendes|dets|dem|deres|denne|dette|disse|derefter",
    "no": r"han|hun|ham|henne|hans|hennes|dets|dem|deres|denne|dette|disse|deretter",
    "pl": r"ona?|oni|one|jego|jemu|jej|ich|im|nim|nią|niej|nich|nimi|ten|ta|te|tego|tej|tych|tym|temu|tam|wtedy",
    "ru": (
        r"он|она|оно|они|его|е[её]|их|ему|ей|им|н[её]м|ней|ним|них|нему|нею|ними"
        r"|это|этот|эта|эти|этого|этой|этому|этом|этих|этим|тот|та|те|того|той|тому|тех|там|тогда|туда"
    ),
    "uk": (
        r"він|вона|воно|вони|його|її|їх|йому|їй|їм|ньому|ній|них|ним|нею|ними"
        r"|це|цей|ця|ці|цього|цієї|цьому|цих|цим|той|ті|того|там|тоді"
    ),
    "tr": r"o|onu|ona|onun|onda|ondan|onlar\w*|bu|bunu|buna|bunun|bunlar\w*|şu|orada|oraya",
    "ar": (
        r"هذا|هذه|ذلك|تلك|هؤلاء|أولئك|عنه|عنها|عنهم|فيه|فيها|له|لها|لهم|به|بها|بهم|منه|منها|منهم|عليه|عليها|إليه|إليها|هناك"
    ),
}
_OPENING = {
    "en": r"and|but|so|or|also|then|why|what about|how about",
    "de": r"und|oder|aber|auch|also|dann|warum|wieso|weshalb|was ist mit|wie (?:steht|sieht) es mit",
    "fr": r"et|ou|mais|alors|donc|aussi|pourquoi|qu’en est-il|qu'en est-il",
    "es": r"y|e|o|pero|también|entonces|por qué|qué (?:hay|pasa) con|qué tal",
    "it": r"e|ed|o|ma|anche|allora|quindi|perché|che ne è",
    "pt": r"e|ou|mas|também|então|por ?que|porquê",
    "nl": r"en|of|maar|ook|dus|dan|waarom|hoe zit het met",
    "sv": r"och|eller|men|också|då|varför|hur är det med",
    "da": r"og|eller|men|også|så|hvorfor|hvad med",
    "no": r"og|eller|men|også|så|hvorfor|hva med",
    "pl": r"a|i|ale|lub|albo|też|więc|dlaczego|czemu|co z",
    "ru": r"а|и|но|или|также|тогда|почему|зачем|как насч[её]т",
    "uk": r"а|і|й|та|але|або|також|тоді|чому|навіщо|як щодо",
    "tr": r"ve|ama|peki|veya|ya|neden|niye|niçin",
    "ar": r"و(?:ما|من|متى|كم|كيف|هل|أين|لماذا|ماذا|أي)|ثم|لكن|أو|لماذا|ماذا عن",
    "zh": r"那|而|但|所以|还有|或者|为什么|为何|怎么会",
    "ja": r"では|じゃあ|それで|また|そして|でも|しかし|なぜ|どうして|あと",
    "ko": r"그리고|그럼|그러면|하지만|그런데|또는|왜",
}
_POINTING_CHARACTERS = {
    "zh": r"(?<!其)它|(?<!其)他(?!人)|她|这|那(?!么)|(?<!应)该",
    "ja": r"それ(?!ぞれ)|これ|あれ|その|この|あの|そこ|彼|当該",
    "ko": r"그것|이것|저것|그는|그의|그녀|그들|그건|이건|거기|(?:^|\s)[그이] ",
}
"""Of languages whose words are not parted from each other, or have endings."""

_WITH_CAPITALS = ("de",)
_UNKNOWN = "en"


def leans(question: str, language: str) -> bool:
    """Return whether a question points to what was said, or opens as what goes on does; `language` is ISO 639-1.

    In a language that is not known here, or where it is not certain, the words of English count.
    """
    return bool(_PATTERNS.get(language, _PATTERNS[_UNKNOWN]).search(question))


def _pattern(language: str) -> re.Pattern[str]:
    opening = rf"\A\W*(?i:{_OPENING[language]})"
    if language in _POINTING_CHARACTERS:
        pattern = f"{opening}|{_POINTING_CHARACTERS[language]}"
    else:
        pattern = rf"{opening}(?!\w)|(?<!\w)(?:{_POINTING[language]})(?!\w)"
    return re.compile(pattern, 0 if language in _WITH_CAPITALS else re.IGNORECASE)


_PATTERNS = {language: _pattern(language) for language in _OPENING}
