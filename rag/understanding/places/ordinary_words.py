"""Everyday words that are also the name of some town.

They were collected by comparing the lower-case words of real event calendars
with the names of the world's towns. Such a word is a town only where the
writing says so: with its state ("Reading, PA"), or capitalised after "in".
"""

from __future__ import annotations

_ORDINARY_WORDS_TEXT = """
a acre act advance advanced age air all along am amateur an and anger animal apple apples
aquarium arcade area arena army aromas around art arts as at athletic autumn baby bag bake
baking ball ballet band bank banks bar barbecue barn baseball basketball bass bat batch bath bay
be beach beat beautiful bed beer beers bees beg beginner bell bishop bells bend berry best bible big
bike bingo bird birds black blast blend bloom blue blues board boat bond book books boot booth
born both bountiful bourbon bowling box branch brand bread breakfast brick bridge bright
brilliant bring brunch brush bubble budget buena bug bugs bus business busy butterfly buy
cabaret cafe cage cake camp campus can candle candy canyon car card cards care cars cash cast
castle cat cats celebration center central century ceramics chair chamber champion change charge
chess child children chill chocolate choir christmas church churches cinema circle circus
citizenship citrus city civil class classes classic classical clay clean clear clever climb
clothing cloud clown club coast coats cocktails cocoa coffee college combine comedy comfort
comic comics community como concert concerts conservation converse cook cooking cool copper core
cosplay costume cottage council country countryside court courts cover coyote craft crafts cream
creative cricket crossing crow crowd crystal cup cure cut cycle cycling dad dance dances dancing
dare dark date dating day days deal dear debate desert design destiny devil diet diner dining
dinner discovery dive do dog dogs dome doom door doors downtown drag drama draw drawing dream
dreams drive drug drum drums dry dual due duet ear early earth easter eat eclectic economy edge
education effort egg electric elk else emotional end energy engine english enjoy enter
enterprise era escape eve even evening event events ever every exhibit exhibition experience
experiment eye fair fairy faith fall falls fame family fan far fare farm farms fashion fast fate
father federal feed festival few field fight film films find fine fire first fish fishing fit
fitness five flag flat flea flower flowers fly focus folk food foot football force forest form
fort fortune foster fountain four free freedom french fresh friday friend friendly friends
friendship front frozen fruit full fully fun funk fusion future gala gallery game games gaming
gap garage garden gardening gardens gas gather gem general german get ghost gift girl girls give
glass globe glow go goes gold golden golf good goods grace grand granite grant grapevine grass
grave grays great greek green grill grind groove ground group groups grove grow guide guitar gym
hair hall halloween halls hammer hand happy harbor hard harmony harvest haunted have haven
healing health heart heat heaven help hemp her here heritage hero hey high highland hiking hill
hills hillside hip his history hit hobby hockey hold holder holiday holidays home homes
homestead hometown honey hood hook hooks hope hora horse hot hotel hour house how hub human
humble hunt hunting ice idea image impact improv in indian indie industry inn instead institute
interest iron is island italian jam japanese jar jazz jewelry job jobs joy judo jump june jungle
just justice justin kayak keep key kid kids kiln kind kindness kings kitchen kite knitting know
labor lake lamp land landing landmark lane language lap large last late latin laugh laughter
lavender law lawn lead leader learn learning leather lecture led legacy legend leisure lens let
level liberty library life light lights like lime limit line lion lions list lit literacy
literature little live lively living loch lodge long look loop lose loss lost lot lotus love
lovely low loyal luck lunar lunch machine made magic main make maker makers male mall man
management manga manta many maple maps march mark market markets mask mass master match math may
maze me meadow meal mean media medical meditation meet meeting melody memory men mentor mercy
merry metal mid middle mile miles military mime mind mindfulness mine mini minor miracle miss
mission mobile model modern moment money monster month moon moose more morning moss most mother
motor mountain mountains move movie movies moving mud mum muse museum museums music musical my
mystery name nation native nature near need needles needs neighborhood neon network new news
next nice night nights nine no noise noon normal north northern not note novel nude number nut
nutrition ocean ode of off office oil old on one online only open opening opera opportunity or
orange orchard orchards orchestra organ origami original other our out outdoor outdoors outside
over own pace pack page pain paint painting palm paper para parade paradise paramount park
parking parks part parties parts party past pasta path patio pay peace peak pen people perfect
perform performance person pet pets phone photo photography piano pick picnic piece pig pilates
pin pinch pine pink pipe pit pizza place plain plan planet planning plant plants plate play
players please plenty plum plus podcast poem poetry point poker police politics pond pool pools
pop popular port post pot pottery power pray prayer presence press price pride print private
prize program progress project public pumpkin punk puppet purchase pursuit puzzle quartz quest
quick quiet quilt quiz race racing radio rail rain rainbow rally range ranger rap rare raw read
reading ready real record recovery recreation red reggae register relax religion rent repair
research reserve reservoir rest retirement retreat review rice rich ride ridge riding right ring
rise river rivers road roast robot rock rocks rodeo role roll roma romance roof room root rose
round row rowing royal rugby rule run running rural rush rustic rye safe safety sail sailing
saints sale sales salon salsa salt samba same sand sandwich satire saturday sauna save savings
saw scenic school science scissors score scottish sculpture se sea season second secret seed
seen self sells send senior sense series service set seven sew sewing shade shadow shape shaping
share sharing she shell shelter ship shop shopping shops short shorts shot show shows shut side
sight sign silence silent silly silver sin since sing singing single sister sisters site six
skate skating ski skiing skin sky sleep slough slow small smart smoke snack snow so soap sober
soccer social society sock soft solar solid solo some something song songs soon sort soul sound
south southern southside spa space spanish spark special speech speed spin spirit spoken sport
sports spot spring springs square stage stamp stand staples star stars start state station stay
steam steel stem step stick still stitch stock stone store stores stories storm story strategy
stream street strength stretch strike string strong studio study success such summer sun sunday
sunny sunrise sunset sunshine super support sure surf surprise sweet swim swimming swing sword
symphony tab table talent tales talk talks tamale tango tap tape tapes taste tasting tattoo tax
tea teach team tech technology teen tell temple ten tennis tent terrace test thank thanks
thanksgiving that the theater theatre then therapy there they thing things this thread three
thrift thrive time times to today toddler together tomorrow tonk tool tools top touch tour tours
tower town township toy toys track trade tradition traffic trail trails train training transit
transition travel tree trees trend trip trips trivia troll truck true trust truth try tuesday
tune turn tv twilight twin twist two ukulele una union unit unity university up upper us use
used valley van variety varsity vegan venice venue very victory view village vineyard vineyards
vintage violin virtual vision vocal voice volcano volunteer vote wa wagon wake walk walking wall
want war ward warm warrior wars watch water wave way ways wealth wear weaving web wednesday weed
week weekend weekly weight welcome well wellness west western wet whale what wheel when where
which whistle white who why wild wilderness wildlife will win wind window wine wines wing wings
winner winter wish with wizard wolf woman women wonder wood woodland woodlands woods wool word
words work workshop workshops world worship worth wow wreath wrestling write writing year yes
yoga you young your youth zen zero zone zoo zumba
"""
ORDINARY_WORDS = frozenset(_ORDINARY_WORDS_TEXT.split())

# Family and given names that are towns too: "jazz nelson" is no place, "Nelson" alone may be.
_NAMES_OF_PEOPLE_TEXT = """
adams allen anderson anna anthony arnold austin bach bailey baker baldwin beethoven bell bennett
benson berlin bowie bradley brooks brown bruce burton byron campbell carlos carlson carter
charles charlotte chopin christian clark clayton cleveland clinton cohen cole collins conway
cooper craig crosby dale dallas daniel darwin davis dean denver dixon douglas drake duncan dylan
eden edison ellis emerson emily evans evelyn ferguson fleming florence foster francis franklin
fraser garcia george gilbert gilmore glenn gordon graham grant gray greene greta hamilton handel
hanson hardy harper harris harrison hart harvey hayes haydn helena hendrix henry holly houston
howard hudson hughes hunter irving jackson james jasper jefferson jenkins jennings johnson
jordan joseph judith kelly kennedy king kingston lamar lawrence lee leon leonard leslie lewis
lincoln logan london louis madison marcus maria marie marion mark marshall martin mason maxwell
melissa miller milton monroe morgan morris morrison mozart murphy murray myers nelson newman
newton nixon noel nora norman oliver olivia orlando oscar owens palmer parker paris patterson
paul perry peter phillips pierce porter presley prince quincy ray reed richmond riley robert
roberts robinson rogers roosevelt rosa ross russell ryan salem samuel sanders sandra santiago
savannah scott selma shelby sheldon sherman sidney simon simpson smith sophia spencer stanley
stella stevens stewart stuart sullivan sydney taylor thomas thompson travis trinity troy truman
turner tyler victoria vincent vivian wagner walker wallace walter warren washington watson wayne
webster wells wesley whitman whitney wilson winston woodward wright wyatt york
"""
NAMES_OF_PEOPLE = frozenset(_NAMES_OF_PEOPLE_TEXT.split())

# Ordinary words that are towns many people live in: "events in reading" means one.
OFTEN_A_TOWN = frozenset({"reading", "mobile", "bath", "cork", "nice", "derby", "eureka", "venice"})

# Several words that name no town where they are written without a state.
NOT_A_TOWN = frozenset(
    {
        "central park",
        "hot springs",
        "orange county",
        "the park",
        "the city",
        "the beach",
        "the woods",
        "the village",
        "old town",
        "new year",
        "high school",
        "the valley",
        "the hills",
        "park city hall",
        "real life",
        "bay area",
        "little italy",
        "the loop",
        "the area",
        "the bay",
        "the future",
        "the heights",
        "the morning",
        "red rocks",
        "town hall",
        "city hall",
        "union square",
        "the south",
        "the north",
        "the west",
        "the east",
        "day care",
        "downtown",
        "country club",
        "country walk",
        "garden view",
        "good hope",
        "model town",
        "new market",
        "new town",
        "park view",
        "state line",
        "town line",
        "university center",
        "north end",
        "social circle",
        "sweet home",
    }
)

# Languages and the like after "in": "story time in Spanish".
_LANGUAGES_TEXT = """
english spanish french german italian portuguese russian chinese mandarin cantonese japanese
korean arabic hebrew hindi polish dutch swedish greek latin turkish vietnamese asl yiddish
ukrainian python javascript java rust person costume concert english general total particular
advance public private
"""
LANGUAGES = frozenset(_LANGUAGES_TEXT.split())
