"""The vocabulary of topics: for each tag, the words that give it away.

Patterns are matched without case. `TITLE` is asked first; `DESCRIPTION` holds
phrases that leave no doubt; `ORGANIZER` and `VENUE` say what a publisher or a
house stands for.
"""

from __future__ import annotations

_SPORT = (
    r"soccer|football|volleyball|basketball|baseball|softball|tennis|golf|lacrosse|field hockey|hockey"
    r"|water polo|swimming|cross country|track (?:and|&) field|wrestling|rugby|cycling|pickleball|dodgeball"
    r"|gymnastics|rowing|bowling|cornhole|disc golf"
)
TITLE = {
    "music": r"\bmusic(?:al performance|ians?)?\b(?! (?:and|&) movement)|\bconcerts?\b|\b(?<!rubber )bands?\b(?! saw)"
    r"|\bquartet\b|\bquintet\b|\b(?:jazz|string|piano|organ|guitar|blues|folk|bluegrass) (?:trio|duo)\b|\btrio\b"
    r"|\borchestra\b|\bsymphon(?:y|ic)\b|\bphilharmonic\b|\bchoir\b|\bchoral\b|\bchorus\b|\bchorale\b|\bjazz\b"
    r"(?! hands)|\bbluegrass\b|\bblues\b|\breggae\b|\bhip[- ]hop\b(?! (?:class|dance))|\bopera\b(?! house)"
    r"|\bkaraoke\b|\bdj\b|\brecital\b|\bsing[- ]?along\b|\bsinger|\bsongwriters?\b|\balbum\b|\bhonky tonk\b"
    r"|\bopen mic\b(?! comedy)|\bjam\b(?! making)|\bguitars?\b|\bukulele\b|\bdrum(?:s|ming| circle)?\b"
    r"|\bpiano\b|\bviolin\b|\bcello\b|\bhandpan\b|\btribute (?:to|band)\b|\bplays the\b|\brave\b|\btechno\b"
    r"|\bmariachi\b|\bmadrigal|\bhandbell|\bbell choir\b|\bmusic(?:al)? (?:class|lesson)s?\b",
    "theatre": r"\btheat(?:er|re)\b|\bplay reading\b|\bmusical\b(?! performance| instruments?)|\bbroadway\b"
    r"|\bshakespeare\b|\bimprov\b|\bcabaret\b|\bpuppets?\b|\bburlesque\b|\bsideshow\b|\bone[- ]act\b|\bdrama\b"
    r"|\bauditions?\b|\brocky horror\b",
    "film": r"\bmovies?\b|\bfilms?\b|\bcinema\b|\bdocumentary\b|\bscreening\b(?!s)|\bmatin[eé]e\b(?! performance)",
    "dance": r"\bdanc(?:e|es|ing|ers?)\b|\bsalsa\b(?! making)|\bballet\b|\btango\b|\bswing night\b|\bzumba\b"
    r"|\bhip[- ]hop (?:class|dance)|\btap\b(?= |$)(?!room| takeover)|\bbachata\b|\bcontra\b",
    "comedy": r"\bcomed(?:y|ians?)\b|\bstand[- ]?up\b(?! paddle)|\bimprov\b|\blaughs?\b|\bopen mic comedy\b",
    "art": r"\bart(?:s|ists?|walk|work)?\b(?! of)|\bthe art of\b(?= (?:acrylic|watercolor|paint|draw|collage|print))"
    r"|\bgaller(?:y|ies)\b|\bexhibit(?:ion|s)?\b|\bpaint(?:ing)?s?\b|\bdrawing\b(?! for)|\bwatercolou?rs?\b"
    r"|\bacrylics?\b|\bpastels?\b|\bsculpt(?:ure|ing)\b|\bphotograph(?:y|ers?|ic)\b|\bprint(?:making|s)\b"
    r"|\blinocut\b|\bfigure drawing\b|\bmurals?\b|\bceramics?\b|\bpottery\b|\bcollage\b|\bmokuhanga\b"
    r"|\bplein air\b|\bsketch(?:ing)?\b(?! comedy)",
    "craft": r"\bcrafts?\b(?! beer| brew| cocktail| cider)|\bcraft(?:ing|ers?|ernoon)\b|\bknit(?:ting|ters)?\b"
    r"|\bcrochet(?:ing)?\b|\bquilt(?:ing|ers)?s?\b|\bsewing\b|\bembroidery\b|\bjewelry\b|\bpottery\b|\bceramics?\b"
    r"|\bweav(?:e|ing)\b|\bstained glass\b|\bglass ?blowing\b|\bbeads?(?:ing)?\b|\bhandbuil(?:t|ding)\b|\bclay\b"
    r"|\bmakerspace\b|\bmakers? (?:meeting|space|lab)\b|\bgrab (?:and|&) create\b|\bwoodwork(?:ing)?\b|\bkeychains?\b"
    r"|\bdiy\b|\bterrariums?\b|\bpapermaking\b|\bcandle[- ]making\b|\bfiber\b|\bneedle ?(?:work|felting)\b",
    "market": r"\b(?:farmers['’]?|tailgate|flea|makers?|holiday|artisan|craft|city|harvest|vintage|night|flower"
    r"|community|certified|uncommon|river arts district|pop[- ]up) market\b|\bmarket(?:place)?\b(?!ing)|\bbazaar\b"
    r"|\brummage\b|\byard sale\b|\bbook sale\b|\bthrift\b|\bcraft fair\b|\bpop[- ]?up shop",
    "food": r"\bfood\b(?! pantry| distribution| bank| depot)|\bcook(?:ing|book|s)?\b|\bchef\b|\bbak(?:e|ing)\b"
    r"|\bdinners?\b|\bbrunch\b|\blunch(?:eon)?\b|\bbreakfast\b|\bpotluck\b|\bbbq\b|\bbarbecue\b|\bpizza\b|\btacos?\b"
    r"|\bculinary\b|\bcuisine\b|\bchili\b|\bpancakes?\b|\bpasta\b|\bsourdough\b|\bcheese\b|\bchocolate\b|\bcookies?\b"
    r"|\btasting\b|\bice cream\b|\bsupper\b|\bfeast\b|\bgrill\b|\bcoffee\b|\btea (?:party|time|tasting)\b",
    "drinks": r"\bwine(?:s|ry)?\b|\bbeers?\b|\bbrew(?:s|ery|ing|fest)?\b|\bcocktails?\b|\bwhiske?y\b|\bcider\b"
    r"|\bhappy hour\b|\bsake\b|\bmead\b|\boktoberfest\b|\bvineyards?\b|\bmocktails?\b|\btaproom\b",
    "books": r"\bbooks?\b(?!ing|keep|bag)|\bauthors?\b|\bpoe(?:try|ts?)\b|\bread(?:ing|ers?|s)\b(?! room)|\bnovels?\b"
    r"|\bliterary\b|\bliterature\b|\bwriters?\b|\bwriting\b|\bstory ?times?\b|\bstorytelling\b|\bhora del cuento\b"
    r"|\bshut up & write\b|\bzines?\b|\bshort story\b",
    "library": r"\blibrary\b|\blibrarians?\b|\bstory ?times?\b|\bbibliobus\b|\blibby\b|\bhora del cuento\b",
    "sports": rf"\b(?:{_SPORT})\b|\bvarsity\b|\bvs\.? |\bathletics\b|\b(?:5|10) ?k\b|\bmarathon\b|\bfun run\b"
    r"|\brun club\b|\brunners?\b|\btriathlon\b|\brace\b(?! (?:and|relations|equity))|\bintramural\b"
    r"|\bbi(?:ke|cycle) ride\b|\bride\b(?! share| along)|\bskat(?:e|ing)\b|\bclimbing\b|\bmartial arts\b|\bkarate\b"
    r"|\bjiu[- ]?jitsu\b|\bswim\b|\blap swim\b|\btryouts\b|\bscrimmage\b|\btailwinds\b",
    "outdoors": r"\bhik(?:e|es|ing)\b|\btrails?\b|\bnature\b|\bbird(?:s|ing|watching)?\b|\bkayak(?:ing)?\b|\bcanoe"
    r"|\bpaddle\b|\bcamp(?:ing|out|fire)\b|\bwilderness\b|\bforag(?:e|ing)\b|\boutdoors?\b(?! stage| seating)"
    r"|\bwildlife\b|\bwildflowers?\b|\bforest\b|\bcreek\b|\briver ?keeper\b|\bcleanup\b|\bguided walk\b|\bnature walk\b"
    r"|\bstargazing\b|\bstar party\b|\bbi(?:ke|cycle) ride\b|\bfishing\b|\bpark walk\b|\bcorn maze\b|\bu-pick\b"
    r"|\bred tails?\b|\bwalkers?\b|\bwalking (?:tour|group|club)\b",
    "garden": r"\bgardens?(?:ing|ers)?\b(?! room)|\bplants?\b(?!-based)|\bcompost(?:ing)?\b|\bbotanical\b|\barboretum\b"
    r"|\bbeekeep\w*\b|\borchard\b|\bseed (?:swap|library)\b|\bkokedama\b|\bfloral\b|\bbonsai\b|\bmushroom\b",
    "wellness": r"\byoga\b|\bmeditat(?:ion|e)\b|\bmindful(?:ness)?\b|\btai chi\b|\bqi ?gong\b|\bpilates\b|\bwellness\b"
    r"|\bfitness\b|\breiki\b|\bsound (?:bath|healing|meditation)\b|\bbreath ?work\b|\bhealing\b|\bzumba\b|\baerobics\b"
    r"|\bstretch\b|\bstrength training\b|\bworkout\b|\bexercise\b|\bself[- ]care\b|\bessentrics\b|\bbarre\b|\bcardio\b"
    r"|\btotal body\b|\bspa (?:day|weekend)\b|\bgroup x\b|\baqua\b",
    "health": r"\bhealth\b|\bblood (?:pressure|drive)\b|\bsupport group\b|\bclinic\b|\bimmunization|\bcpr\b|\bfirst aid\b"
    r"|\bal-?anon\b|\banonymous\b|\baa (?:meeting|living)\b|\bparkinson|\bcancer\b|\bgrief\b|\brecovery meeting\b"
    r"|\bcaregivers?\b|\bdementia\b|\bdepression\b|\bna meeting\b",
    "tech": r"\btech(?:nology)?\b|\bcod(?:ing|ers?)\b|\bcode\b|\bcomputers?\b|\bsoftware\b|\brobot(?:s|ics)\b"
    r"|\b(?:generative |gen)?ai\b|\bpython\b|\bjavascript\b|\bdata science\b|\b3d print\w*\b|\bdevelopers?\b"
    r"|\bdevops\b|\bcyber\w*\b|\bhackathon\b|\bminecraft\b|\bimovie\b|\bdigital (?:literacy|skills)\b|\bexcel\b"
    r"|\bgoogle (?:maps|docs|sheets|workspace)\b|\biphones?\b(?! photo)|\bstem\b|\bsteam\b(?= )",
    "education": r"\bclass(?:es)?\b|\bworkshops?\b|\blectures?\b|\bseminars?\b|\btutor(?:ing|ial)?s?\b|\besl\b"
    r"|\bhomework\b|\blessons?\b|\bliteracy\b|\bcitizenship\b|\benglish (?:conversation|class|learners?)\b|\bcourse\b"
    r"|\bconversation (?:group|class)\b|\bcollege (?:planning|admissions?|fair)\b|\blearn(?:ing)? to\b|\bopen house\b"
    r"|\bmath\b|\b(?:beginning|intermediate|introduction to|intro to)\b|\btraining\b(?! camp)|\beducation(?:al)?\b",
    "history": r"\bhistor(?:y|ic|ical)\b|\bgenealogy\b|\bmuseum\b|\bheritage\b|\barchaeolog",
    "science": r"\bscience\b|\bastronomy\b|\bobservatory\b|\bstar party\b|\bplanetarium\b|\bcosmos\b|\bphysics\b|\bstem\b",
    "games": r"\bgames?\b(?! day football)|\btrivia\b|\bbingo\b|\bchess\b|\bmah[- ]?jong+\b|\bbridge\b$|\bdungeons\b"
    r"|\bd&d\b|\bttrpg\b|\bpok[eé]mon\b|\bcards?\b(?= (?:games|night))|\bcanasta\b|\bpuzzles?\b|\blego\b"
    r"|\bmagic: the gathering\b|\bscrabble\b|\bvideo gam|\besports\b|\bbunco\b|\bescape room\b|\bjuegos\b",
    "holiday": r"\bhalloween\b|\bchristmas\b|\bthanksgiving\b|\bhanukkah\b|\bchanukah\b|\bkwanzaa\b|\bnew year['’]?s\b"
    r"|\beaster\b|\bvalentine|\bjuly 4|\b4th of july\b|\bst\.? patrick|\bd[ií]a de (?:los )?muertos\b|\bholidays?\b"
    r"|\bsanta(?: claus)\b|\btree lighting\b|\bdiwali\b|\blunar new year\b|\bmemorial day\b|\blabor day\b"
    r"|\bveterans day\b|\bpumpkin",
    "festival": r"\bfest(?:ival)?s?\b|\w+fest\b|\bfair\b(?! housing)|\bparade\b|\bcelebration\b(?! of life)|\bcarnival\b"
    r"|\bblock party\b|\bjubilee\b",
    "religion": r"\bchurch\b|\bworship\b|\bprayers?\b|\bbible\b|\btorah\b|\bshabbat\b|\bshabbos\b|\bminyan\b|\bmass\b$"
    r"|\beucharist\b|\brosh hashanah\b|\byom kippur\b|\bsukkot\b|\bsimchat\b|\byizkor\b|\bmaariv\b|\bhebrew\b|\bjewish\b"
    r"|\bministr(?:y|ies)\b|\bvespers\b|\bcommunion\b|\bgospel\b|\bspiritual\b|\bdaven\b|\bsunday school\b|\bvestry\b"
    r"|\bconfirmation class\b|\bfaith\b|\bchristian\b|\bbuddhis[mt]\b|\bdharma\b|\bsangha\b|\bbar mitzvah\b|\bbat mitzvah\b"
    r"|\bhigh holy\b|\bhigh holidays\b|\bbishop\b|\bchapel\b|\bsynagogue\b|\breligious\b|\bsession mtg",
    "government": r"\b(?:city|town|borough|county|township|village) council\b|\bcouncil meeting\b|\bplanning (?:commission|board)\b"
    r"|\bboard of (?:supervisors|commissioners|education|adjustment|trustees|health)\b|\bcommission(?:ers)?\b|\bzoning\b"
    r"|\bpublic hearing\b|\btown hall\b|\badvisory (?:board|committee|council|commission)\b|\belections?\b|\bearly voting\b"
    r"|\bmunicipal\b|\btask force\b|\boversight committee\b|\bgovernment\b|\bschool board\b|\bward meeting\b",
    "politics": r"\bphone ?bank\w*\b|\bcanvass\w*\b|\bdemocrat(?:s|ic)?\b|\brepublicans?\b|\bprotests?\b|\brally\b"
    r"|\bprecinct\b|\bmarxis[mt]\b|\bdsa\b|\bactivist\b|\bvote(?:rs?)?\b|\bballot\b|\bcampaign\b|\bpropositions?\b",
    "volunteering": r"\bvolunteer\w*\b|\bwork ?day\b|\bcleanup\b|\bclean[- ]up\b|\bblood drive\b|\bfood (?:drive|depot)\b"
    r"|\btrail crew\b|\bservice day\b",
    "community": r"\bcommunity (?:event|meeting|day|night|gathering|dinner|potluck|garden|engagement|cuddles|conversation)\b"
    r"|\bfood (?:pantry|distribution|bank)\b|\bsocial\b(?! (?:media|security|justice|dance))|\bmeet ?ups?\b|\brepair cafe\b"
    r"|\bneighborhood\b|\bopen house\b|\bmixer\b|\brotary\b|\bcelebration of life\b|\bcoffee (?:&|and) conversation\b"
    r"|\bget[- ]together\b|\breunion\b|\bclothing (?:swap|closet)\b|\bfriends of\b",
    "business": r"\bbusiness\b|\bchamber\b(?! music| choir| singers| orchestra)|\bnetworking\b|\bentrepreneurs?(?:hip)?\b"
    r"|\bcareer\b|\bjob (?:fair|search|seekers?)\b|\bribbon cutting\b|\bstartups?\b|\bresume\b|\bmarketing\b|\bexpo\b",
    "nightlife": r"\bkaraoke\b|\bdance (?:party|night)\b|\bdj\b|\bnight ?club\b|\bburlesque\b|\bdrag (?:show|brunch|bingo|night)\b"
    r"|\bafter[- ]party\b|\blate night\b|\brave\b|\bbar crawl\b|\bpub crawl\b|\bhappy hour\b|\bclub night\b",
    "lgbtq": r"\bpride\b|\blgbtq?\w*\b|\bqueer\b|\bdrag (?:show|brunch|bingo|queen|story)\b|\brainbow\b|\btrans(?:gender)?\b(?= )",
    "animals": r"\bdogs?\b(?! days)|\bcats?\b|\bpets?\b|\bgoats?\b|\bhorses?\b|\bzoo\b|\bwildlife\b|\bsheep\b|\badoption\b|\bpuppy\b",
    "tour": r"\b(?:guided|public|walking|cemetery|farm|garden|studio|open|house|winery|museum|estate|group) tours?\b|\btour:\b",
}
_GENRES = (
    r"electronic|bass|rock|psych rock|indie|metal|punk|hip hop/rap|hip hop|reggae|latin|funk|soul|house|techno"
    r"|folk|country|bluegrass|americana|jazz|blues|pop|jam|singer/songwriter|alternative|dubstep|r&b"
)
DESCRIPTION = {
    "music": r"\blive music (?:by|with|from|at|every|featuring|series|&|and|in the|on the|performance|happy hour)\b"
    r"|\bin concert\b|\b(?:debut|new|full[- ]length|studio|latest|second|third|solo) (?:album|record|ep|lp)\b"
    r"|\bsinger[-/ ]songwriter\b|\b(?:rock|folk|indie|punk|metal|blues|jazz|bluegrass|country|soul|funk|cover|tribute)"
    rf" (?:band|trio|quartet|duo|group|music|concert)\b|^(?:{_GENRES}) \| \$|\bsong(?:s|writing)\b.{{0,80}}\balbum\b"
    r"|\bdoors? (?:at )?\d.{0,20}\bshow (?:at )?\d|\bmusic hall presents\b|\bperform(?:s|ed|ing) (?:classic )?(?:hits|songs)\b",
    "theatre": r"\b(?:directed by|a (?:new )?(?:play|musical) by|standard ticket price|produced by .{0,60}theat(?:er|re))\b",
    "comedy": r"\bstand-?up comed(?:y|ian)\b|\bcomedy show\b",
    "art": r"\b(?:the|this|art|solo|group) exhibition\b|\bon (?:view|display)\b.{0,40}\b(?:gallery|museum)\b",
    "film": r"\bfilm screening\b|\bdocumentary film\b",
    "books": r"\bbook club\b|\bthe author of\b|\bdiscuss(?:ing)? (?:the |a different )?book\b",
    "wellness": r"\byoga (?:class|practice|session)\b|\bguided meditation\b",
    "sports": r"\bvarsity\b",
    "food": r"\bfood trucks?\b.{0,60}\b(?:menu|serving|tonight)\b",
    "drinks": r"\bwine tasting\b|\btasting of .{0,20}wines\b",
}
ORGANIZER = {
    "music": r"\bmusic\b(?! (?:&|and) arts)|\bsymphony\b|\borchestra\b|\bchoral\b",
    "sports": r"\bathletics\b|\bbike club\b",
    "comedy": r"\bcomedy\b",
    "theatre": r"\btheat(?:er|re)\b",
    "library": r"\blibrar(?:y|ies)\b|\blibcal\b",
    "religion": r"\bchurch\b|\bcongregation\b|\btemple\b|\bpresbyterian\b",
    "government": r"\b(?:county|city of|town of|township of)\b.{0,20}\bgovernment\b",
}
VENUE = {
    "music": r"\bmusic hall\b|\blistening room\b|\bsymphony hall\b|\brecords$",
    "comedy": r"\bcomedy (?:club|cellar|zone)\b",
    "library": r"\blibrary\b",
}
